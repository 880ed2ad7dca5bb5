// npm run bench:check: fails when Lectern costs 30 % more against the floor than bench/baseline.json says. Ratios of CPU time in one run.
// `--write` measures and writes the baseline. Needs `npm run build`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { measureAll } from "./measure.mjs";

const baselineFile = fileURLToPath(new URL("baseline.json", import.meta.url));
const allowed = 1.3;
const ratios = Object.fromEntries(
  (await measureAll({ rounds: 5, suites: ["cold", "turn", "conversations"] }))
    .filter((row) => row.figure === "cpuMs")
    .map((row) => [row.title, Number((row.lectern / row.floor).toFixed(2))]),
);
if (process.argv.includes("--write")) {
  writeFileSync(baselineFile, `${JSON.stringify(ratios, null, 2)}\n`);
  process.exit(0);
}
const baseline = JSON.parse(readFileSync(baselineFile, "utf8"));
let failed = false;
for (const [title, ratio] of Object.entries(ratios)) {
  const worse = ratio > baseline[title] * allowed;
  failed ||= worse;
  process.stdout.write(`${worse ? "WORSE" : "ok   "} ${title}: ${ratio} x floor, baseline ${baseline[title]}\n`);
}
process.exit(failed ? 1 : 0);
