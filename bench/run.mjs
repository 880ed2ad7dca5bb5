// npm run bench [-- --rounds N]: the knowledge engine against its bars, then what Lectern costs against its own floor, on this machine.
// Needs `npm run build`. Ratios of interleaved rounds.
import { cpus } from "node:os";
import { knowledgeRow, measureKnowledge } from "./knowledge.mjs";
import { measureAll } from "./measure.mjs";

const at = process.argv.indexOf("--rounds");
const rounds = at < 0 ? 5 : Number(process.argv[at + 1]);

process.stdout.write(`${cpus().length} x ${cpus()[0].model}, Node ${process.version}, ${rounds} rounds, medians\n`);
for (const row of await measureKnowledge()) process.stdout.write(knowledgeRow(row));
const show = ({ title, figure, floor, lectern }) =>
  process.stdout.write(
    `${title.padEnd(28)} ${figure.padEnd(10)} floor ${floor.toFixed(2).padStart(8)}   lectern ${lectern.toFixed(2).padStart(8)}   ratio ${(lectern / floor).toFixed(2)}\n`,
  );
await measureAll({ rounds, onRow: show });
