import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createLectern, type Lectern, type RunEvent } from "../../src/index.ts";
import { dataFolder } from "./handbook.ts";

interface Place {
  readonly path: string;
}

/** What is read here of a line of data/questions.jsonl. */
interface Asked {
  readonly question: string;
  /** Where it is answered; none where the handbook does not answer it. */
  readonly gold: readonly (Place & { readonly alternatives?: readonly Place[] })[];
}

export interface Score {
  /** Questions for which the first search brings a passage of a right page. */
  found: number;
  /** Those answered with a verified citation from a right page. */
  answered: number;
  answerable: number;
  /** Questions without an answer that were given none. */
  declined: number;
  unanswerable: number;
}

/** A question that came out wrong. */
interface Miss {
  readonly question: string;
  readonly found: boolean;
  readonly outcome: string;
  readonly answer: string;
}

/** Of the 30 answerable and 10 unanswerable questions in data/questions.jsonl, how many must come out right. */
export const bar = { answered: 27, declined: 9 };

export const readAsked = (file: string): Asked[] =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Asked);

/** The assistant over the sample handbook, on the emulator, whatever the environment holds. */
export const openHandbook = (): Promise<Lectern> =>
  createLectern({ emulator: true, env: {}, cwd: dataFolder, sources: [join(dataFolder, "handbook")] });

type Done = Extract<RunEvent, { type: "done" }>;

async function doneWith(lectern: Lectern, question: string): Promise<Done> {
  for await (const event of lectern.ask(question)) if (event.type === "done") return event;
  throw new Error(`no end: ${question}`);
}

const isOn = (pages: readonly string[], path: string | null): boolean => path !== null && pages.includes(path);

async function isFound(lectern: Lectern, question: string, pages: readonly string[]): Promise<boolean> {
  const name = lectern.tools().find(({ tool }) => tool === "search_knowledge_base")?.name ?? "";
  const { passages = [] } = await lectern.toolbox.call({ id: "q", name, arguments: JSON.stringify({ query: question }) });
  return passages.some(({ path }) => isOn(pages, path));
}

/** Asks every question, each by itself. */
export async function scoreOf(lectern: Lectern, asked: readonly Asked[]): Promise<{ score: Score; misses: Miss[] }> {
  const score = { found: 0, answered: 0, answerable: 0, declined: 0, unanswerable: 0 };
  const misses: Miss[] = [];
  for (const { question, gold } of asked) {
    const pages = gold.flatMap(({ path, alternatives = [] }) => [path, ...alternatives.map((other) => other.path)]);
    const { outcome, citations, answer } = await doneWith(lectern, question);
    const given = outcome === "answered" || outcome === "partial";
    const isAnswerable = pages.length > 0;
    const found = isAnswerable && (await isFound(lectern, question, pages));
    const right = isAnswerable ? given && citations.some(({ path, verified }) => verified && isOn(pages, path)) : !given;
    score[isAnswerable ? "answerable" : "unanswerable"]++;
    if (found) score.found++;
    if (right) score[isAnswerable ? "answered" : "declined"]++;
    else misses.push({ question, found, outcome, answer });
  }
  return { score, misses };
}
