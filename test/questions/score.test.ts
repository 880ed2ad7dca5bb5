import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataFolder } from "./handbook.ts";
import { bar, openHandbook, readAsked, type Score, scoreOf } from "./score.ts";

/** What docs/evidence.md says that `node bench/questions.mjs` prints. */
function claimed(): Pick<Score, "found" | "answered" | "declined"> {
  const evidence = readFileSync(join(dataFolder, "../docs/evidence.md"), "utf8");
  const row = /`node bench\/questions\.mjs` \| (\d+) of 30; (\d+) of 30; (\d+) of 10 \|/.exec(evidence);
  const [, found, answered, declined] = row ?? [];
  return { found: Number(found), answered: Number(answered), declined: Number(declined) };
}

test("of the project's own 40 questions at least 27 are answered from the right page and 9 declined, and no more is claimed", async () => {
  await using lectern = await openHandbook();
  const { score, misses } = await scoreOf(lectern, readAsked(join(dataFolder, "questions.jsonl")));
  const missed = misses.map(({ question, outcome }) => `${question}: ${outcome}`).join("\n");
  expect(score.answered, missed).toBeGreaterThanOrEqual(bar.answered);
  expect(score.declined, missed).toBeGreaterThanOrEqual(bar.declined);
  const { found, answered, declined } = claimed();
  expect(score.found, "docs/evidence.md").toBeGreaterThanOrEqual(found);
  expect(score.answered, "docs/evidence.md").toBeGreaterThanOrEqual(answered);
  expect(score.declined, "docs/evidence.md").toBeGreaterThanOrEqual(declined);
});
