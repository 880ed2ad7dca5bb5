import type { DatabaseSync } from "node:sqlite";
import type { Analyzer } from "../../text/analyzer.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import type { Visible } from "./visibility.ts";

export interface Repaired {
  readonly words: readonly string[];
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
}

export interface SpellerOptions {
  readonly langs: readonly string[];
  readonly visible: Visible;
  readonly thesauri: ReadonlyMap<string, Thesaurus>;
}

/** Repairs words that the base does not hold from those it does; words that are merely absent stay. */
export interface Speller {
  repair(words: readonly string[], options: SpellerOptions): Repaired;
}

const minLength = 4;
/** A word that also begins alike is preferred over any number of others. */
const sameInitial = 5;

export function createSpeller(database: DatabaseSync, analyzer: Analyzer): Speller {
  const inLabels = "label IN (SELECT value FROM json_each(?)) AND chunks > 0";
  const knownWord = database.prepare(`SELECT 1 FROM words WHERE word = ? AND ${inLabels}`);
  const knownTerm = database.prepare(`SELECT 1 FROM terms WHERE term = ? AND ${inLabels}`);
  const alike = database.prepare(
    `SELECT word, chunks FROM words WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ? AND ${inLabels}`,
  );
  const any = database.prepare(`SELECT word, chunks FROM words WHERE length(word) BETWEEN ? AND ? AND ${inLabels}`);

  const isKnown = (word: string, { langs, visible, thesauri }: SpellerOptions): boolean =>
    word.length < minLength ||
    /\p{N}/u.test(word) ||
    langs.some((lang) => analyzer.isStopWord(word, { lang }) || thesauri.get(lang)?.knows(word)) ||
    knownWord.get(word, visible.labels) !== undefined ||
    langs.some((lang) => knownTerm.get(analyzer.stem(word, lang), visible.labels) !== undefined);

  const repairOne = (word: string, options: SpellerOptions): string | undefined => {
    if (isKnown(word, options)) return undefined;
    const { labels } = options.visible;
    const initial = word[0]!;
    const near = alike.all(initial, `${initial}\u{10ffff}`, word.length - 1, word.length + 1, labels);
    return best(word, near) ?? best(word, any.all(word.length - 1, word.length + 1, labels));
  };

  return {
    repair(words, options) {
      const corrections: { from: string; to: string }[] = [];
      const repaired = words.map((word) => {
        const to = repairOne(word, options);
        if (to === undefined) return word;
        corrections.push({ from: word, to });
        return to;
      });
      return { words: repaired, corrections };
    },
  };
}

function best(word: string, rows: readonly Record<string, unknown>[]): string | undefined {
  let found: { word: string; score: number } | undefined;
  for (const row of rows) {
    const candidate = String(row.word);
    if (!withinOneEdit(word, candidate)) continue;
    const score = Math.log(1 + Number(row.chunks)) + (candidate[0] === word[0] ? sameInitial : 0);
    if (!found || score > found.score) found = { word: candidate, score };
  }
  return found?.word;
}

/** One letter inserted, dropped, replaced, or two neighbours swapped. */
export function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length - 1;
  let endB = b.length - 1;
  while (endA >= start && endB >= start && a[endA] === b[endB]) {
    endA--;
    endB--;
  }
  const left = endA - start + 1;
  const right = endB - start + 1;
  if (left <= 1 && right <= 1) return true;
  return left === 2 && right === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}
