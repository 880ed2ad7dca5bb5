// The project's own 40 questions on its sample handbook, through the whole chain on the emulator: node bench/questions.mjs [--misses]
// Found: the first search brings a passage of a right page. Answered: an answer is given with a verified citation from a right page.
// Exits 1 below 27 of 30 answered or 9 of 10 declined, as test/questions/score.test.ts fails. The hard ones (test/questions/hard.jsonl)
// share hardly a word with their page, which takes a language model; their figures stand in a line of their own and have no bar.
import { fileURLToPath } from "node:url";
import { bar, openHandbook, readAsked, scoreOf } from "../test/questions/score.ts";

const fileOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
await using lectern = await openHandbook();

async function measured(path) {
  const { score, misses } = await scoreOf(lectern, readAsked(fileOf(path)));
  if (!process.argv.includes("--misses")) return score;
  for (const { question, found, outcome, answer } of misses)
    process.stdout.write(`${question}\n  ${found ? "found" : "not found"}, ${outcome}: ${answer.slice(0, 160)}\n`);
  return score;
}

const found = (score) =>
  `found ${score.found} of ${score.answerable}, answered from the right page ${score.answered} of ${score.answerable}`;
const own = await measured("data/questions.jsonl");
const hard = await measured("test/questions/hard.jsonl");
process.stdout.write(`${found(own)}, declined ${own.declined} of ${own.unanswerable}\n`);
process.stdout.write(`hard ones, no bar: ${found(hard)}\n`);
process.exitCode = own.answered >= bar.answered && own.declined >= bar.declined ? 0 : 1;
