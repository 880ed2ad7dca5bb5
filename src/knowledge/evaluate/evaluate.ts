import type { KnowledgeStore, Reader, SearchHit } from "../store.ts";
import type { EvaluationQuestion, Gold } from "./questions.ts";

/** Shares of what was needed that stood among the first 1, 5 and 10; mean reciprocal rank of the first that was found. */
export interface RankFigures {
  readonly at1: number;
  readonly at5: number;
  readonly at10: number;
  readonly mrr: number;
}

export interface KindReport {
  readonly questions: number;
  /** By document. */
  readonly file: RankFigures;
  /** By passage: the first 1,200 characters hold four fifths of the quote's words. */
  readonly passage: RankFigures;
}

export interface EvaluationReport {
  /** Over all questions that the base answers. */
  readonly all: KindReport;
  readonly kinds: Readonly<Record<string, KindReport>>;
  /** Questions of which a needed passage is not among the first five. */
  readonly misses: readonly {
    readonly id: string;
    readonly kind: string;
    readonly question: string;
    readonly found: readonly string[];
  }[];
  /** Questions without gold: nothing to find, so they are not measured. */
  readonly unanswerable: number;
}

export interface EvaluateOptions {
  /** Default: a reader in no group. */
  readonly reader?: Reader;
}

const depth = 10;
const passageChars = 1200;
const quoteShare = 0.8;

interface Measured {
  readonly question: EvaluationQuestion;
  readonly file: readonly number[];
  readonly passage: readonly number[];
  readonly found: readonly string[];
}

/** Asks the store every question and tells how well it found what it should have. */
export async function evaluateKnowledge(
  store: Pick<KnowledgeStore, "search">,
  questions: readonly EvaluationQuestion[],
  { reader }: EvaluateOptions = {},
): Promise<EvaluationReport> {
  const measured: Measured[] = [];
  for (const question of questions.filter(({ gold }) => gold.length > 0)) {
    const { hits } = await store.search(question.question, { limit: depth, ...(reader && { reader }) });
    measured.push(measure(question, hits));
  }
  const kinds = [...new Set(measured.map(({ question }) => question.kind))].sort();
  return {
    all: summary(measured),
    kinds: Object.fromEntries(kinds.map((kind) => [kind, summary(measured.filter(({ question }) => question.kind === kind))])),
    misses: measured
      .filter(({ passage }) => passage.some((rank) => rank > 5))
      .map(({ question, found }) => ({ id: question.id, kind: question.kind, question: question.question, found })),
    unanswerable: questions.length - measured.length,
  };
}

function measure(question: EvaluationQuestion, hits: readonly SearchHit[]): Measured {
  const paths = [...new Set(hits.map((hit) => hit.path))];
  const passage = question.gold.map((needed) => rankOf(hits, (hit) => needed.some((gold) => shows(hit, gold))));
  const file = question.gold.map((needed, i) =>
    needed.some((gold) => "question" in gold)
      ? passage[i]!
      : rankOf(paths, (path) => needed.some((gold) => "path" in gold && gold.path === path)),
  );
  return {
    question,
    file,
    passage,
    found: hits.slice(0, 3).map((hit) => (hit.heading ? `${hit.path} > ${hit.heading}` : hit.path)),
  };
}

function rankOf<Item>(items: readonly Item[], test: (item: Item) => boolean): number {
  const index = items.findIndex(test);
  return index < 0 ? Number.POSITIVE_INFINITY : index + 1;
}

function shows(hit: SearchHit, gold: Gold): boolean {
  if ("question" in gold) return sameWords(hit.heading, gold.question) || sameWords(hit.title, gold.question);
  return hit.path === gold.path && holds(hit.text.slice(0, passageChars), gold.quote);
}

const wordsIn = (text: string): string[] =>
  text
    .replace(/<[^>]*>/g, " ")
    .replace(/\]\([^)]*\)/g, " ")
    .toLowerCase()
    .normalize("NFKC")
    .match(/[\p{L}\p{N}]+/gu) ?? [];

const sameWords = (a: string, b: string): boolean => wordsIn(a).join(" ") === wordsIn(b).join(" ") && wordsIn(a).length > 0;

function holds(text: string, quote: string): boolean {
  const left = new Map<string, number>();
  for (const word of wordsIn(text)) left.set(word, (left.get(word) ?? 0) + 1);
  const wanted = wordsIn(quote);
  let found = 0;
  for (const word of wanted) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    found++;
    left.set(word, count - 1);
  }
  return wanted.length > 0 && found / wanted.length >= quoteShare;
}

function summary(measured: readonly Measured[]): KindReport {
  const figures = (ranksOf: (row: Measured) => readonly number[]): RankFigures => {
    const mean = (value: (ranks: readonly number[]) => number): number => {
      const sum = measured.reduce((total, row) => total + value(ranksOf(row)), 0);
      return Math.round((sum / (measured.length || 1)) * 1000) / 1000;
    };
    const within = (limit: number) => mean((ranks) => ranks.filter((rank) => rank <= limit).length / ranks.length);
    return { at1: within(1), at5: within(5), at10: within(10), mrr: mean((ranks) => 1 / Math.min(...ranks)) };
  };
  return { questions: measured.length, file: figures((row) => row.file), passage: figures((row) => row.passage) };
}
