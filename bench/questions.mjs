// The project's own 40 questions on its sample handbook, through the whole chain on the emulator: node bench/questions.mjs [--misses]
// Found: the first search brings a passage of a right page. Answered: an answer is given with a verified citation from a right page.
// Exits 1 below 27 of 30 answered or 9 of 10 declined.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLectern } from "../src/index.ts";

const data = fileURLToPath(new URL("../data/", import.meta.url));
const questions = readFileSync(`${data}questions.jsonl`, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
await using lectern = await createLectern({ emulator: true, sources: [`${data}handbook`] });
const search = lectern.tools().find((tool) => tool.tool === "search_knowledge_base").name;

async function outcomeOf(question) {
  for await (const event of lectern.ask(question)) if (event.type === "done") return event;
}

async function isFound(question, pages) {
  const call = { id: "q", name: search, arguments: JSON.stringify({ query: question }) };
  return ((await lectern.toolbox.call(call)).passages ?? []).some(({ path }) => pages.includes(path));
}

const score = { found: 0, answered: 0, answerable: 0, declined: 0, unanswerable: 0 };
for (const { question, gold } of questions) {
  const { outcome, citations, answer } = await outcomeOf(question);
  const given = outcome === "answered" || outcome === "partial";
  const pages = gold.flatMap(({ path, alternatives = [] }) => [path, ...alternatives.map((other) => other.path)]);
  const found = pages.length > 0 && (await isFound(question, pages));
  const right = pages.length === 0 ? !given : given && citations.some(({ path, verified }) => verified && pages.includes(path));
  score[pages.length === 0 ? "unanswerable" : "answerable"]++;
  if (found) score.found++;
  if (right) score[pages.length === 0 ? "declined" : "answered"]++;
  else if (process.argv.includes("--misses")) {
    process.stdout.write(`${question}\n  ${found ? "found" : "not found"}, ${outcome}: ${answer.slice(0, 160)}\n`);
  }
}
const { found, answered, answerable, declined, unanswerable } = score;
process.stdout.write(
  `found ${found} of ${answerable}, answered from the right page ${answered} of ${answerable}, declined ${declined} of ${unanswerable}\n`,
);
process.exitCode = answered >= 27 && declined >= 9 ? 0 : 1;
