/**
 * Search quality on the development sets beside the checkout: `node test/knowledge/quality.run.ts`.
 * Not part of the ordinary tests: it indexes four handbooks.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateCollection, evaluateKnowledge, openKnowledge, readQuestions } from "../../src/knowledge/index.ts";
import { shared } from "../support/shared.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "lectern-quality-"));
const rows: string[] = [];
const sums = { file: 0, passage: 0 };
const names = ["clef", "faq-smartpay", "gsa-tts", "sourcegraph"].filter((name) => shared(`data/questions/${name}.dev.jsonl`));
for (const name of names) {
  const folder = shared(`data/corpora/${name}`)!;
  const path = existsSync(join(folder, "kb.json")) ? join(folder, "kb.json") : folder;
  await using store = await openKnowledge({ sources: [{ path }], cacheDir, watch: false });
  const questions = readQuestions(shared(`data/questions/${name}.dev.jsonl`)!).filter(({ kind }) => kind !== "crosslingual");
  const { all } = await evaluateKnowledge(store, questions);
  sums.file += all.file.at5 / names.length;
  sums.passage += all.passage.at5 / names.length;
  rows.push(
    `${name.padEnd(14)} n ${all.questions}  file@5 ${all.file.at5.toFixed(3)}  passage@5 ${all.passage.at5.toFixed(3)}  MRR ${all.passage.mrr.toFixed(3)}`,
  );
}
rows.push(`${"macro".padEnd(14)}       file@5 ${sums.file.toFixed(3)}  passage@5 ${sums.passage.toFixed(3)}`);
for (const name of ["covidfaq", "xquad"]) {
  const folder = shared(`data/retrieval/${name}`);
  if (folder !== undefined) rows.push(`${name.padEnd(14)} nDCG@10 ${(await evaluateCollection(folder)).ndcg10.toFixed(3)}`);
}
rmSync(cacheDir, { recursive: true, force: true });
process.stdout.write(`${rows.join("\n")}\n`);
