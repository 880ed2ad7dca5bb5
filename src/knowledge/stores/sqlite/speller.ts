import type { DatabaseSync } from "node:sqlite";
import type { QueryWord } from "../../search/query.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { editDistance } from "../../text/edit-distance.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import { isIdeographic } from "../../text/words.ts";
import type { Visible } from "./visibility.ts";

interface Repaired {
  readonly words: readonly QueryWord[];
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
}

interface SpellerOptions {
  readonly langs: readonly string[];
  readonly visible: Visible;
  readonly thesauri: ReadonlyMap<string, Thesaurus>;
}

/** Repairs words that the base does not hold from those it does; words that are merely absent stay. */
export interface Speller {
  repair(words: readonly string[], options: SpellerOptions): Repaired;
}

const minLength = 4;
/** A word that lost a letter may be this short; it is then only looked for among words that are one letter longer and begin alike. */
const shortLength = 3;
/** Longer words may have two letters wrong. */
const twoEditsFrom = 8;
const maxCandidates = 3;

export function createSpeller(database: DatabaseSync, analyzer: Analyzer): Speller {
  const inLabels = "label IN (SELECT value FROM json_each(?)) AND chunks > 0";
  const knownWord = database.prepare(
    `SELECT word, sum(chunks) AS chunks FROM words WHERE word = ? AND ${inLabels} GROUP BY word`,
  );
  const knownTerm = database.prepare(
    `SELECT 1 FROM terms WHERE term = (SELECT id FROM vocabulary WHERE term = ?) AND ${inLabels}`,
  );
  const alike = database.prepare(
    `SELECT word, chunks FROM words WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ? AND ${inLabels}`,
  );
  const isKnown = (word: string, { langs, visible, thesauri }: SpellerOptions): boolean =>
    word.length < shortLength ||
    /\p{N}/u.test(word) ||
    isIdeographic(word) ||
    langs.some((lang) => analyzer.isStopWord(word, { lang }) || thesauri.get(lang)?.knows(word)) ||
    knownWord.get(word, visible.labels) !== undefined ||
    langs.some(
      (lang) => isForm(word, analyzer.stem(word, lang)) && knownTerm.get(analyzer.stem(word, lang), visible.labels) !== undefined,
    );

  const candidatesFor = (word: string, options: SpellerOptions): string[] => {
    if (isKnown(word, options)) return [];
    const { labels } = options.visible;
    const initial = word[0]!;
    const speakable = [...options.thesauri.values()].flatMap((thesaurus) => thesaurus.wordsFrom(initial));
    const within = (edits: 1 | 2): string[] => {
      const rows = alike.all(initial, `${initial}\u{10ffff}`, word.length - edits, word.length + edits, labels);
      return closest(word, [...speakable.map((known) => ({ word: known, chunks: 0 })), ...rows], edits);
    };
    const one = within(1);
    if (one.length > 0) return one;
    const begun = closest(
      word,
      otherBeginnings(word).flatMap((form) => knownWord.all(form, labels)),
      1,
    );
    return begun.length > 0 || word.length < twoEditsFrom ? begun : within(2);
  };

  /** Words that a short one may be without one of its letters, the first one excepted. */
  const fullForms = (word: string, options: SpellerOptions): string[] => {
    if (isKnown(word, options)) return [];
    const length = word.length + 1;
    const rows = alike.all(word[0]!, `${word[0]!}\u{10ffff}`, length, length, options.visible.labels);
    return closest(word, rows, 1);
  };

  return {
    repair(words, options) {
      const corrections: { from: string; to: string }[] = [];
      const repaired = words.map((word): QueryWord => {
        const [to, ...also] = word.length < minLength ? fullForms(word, options) : candidatesFor(word, options);
        if (to === undefined) return { text: word, also };
        corrections.push({ from: word, to });
        return { text: to, also };
      });
      return { words: repaired, corrections };
    },
  };
}

/** What the word may be when its first letter is wrong: looked up one by one, where a search by sound would read all words. */
function otherBeginnings(word: string): string[] {
  const rest = word.slice(1);
  return [rest, word[1]! + word[0]! + word.slice(2), ...letters.flatMap((letter) => [letter + word, letter + rest])];
}
const letters = [..."abcdefghijklmnopqrstuvwxyz"];

/** A stem that is the word itself says nothing: "hous" is the stem of "house", and no word. */
const isForm = (word: string, stem: string): boolean => stem !== word;

/** Letters are dropped, doubled and swapped far more often than replaced by others; in logarithms of frequency. */
const replacementCost = 2;
const isReplacement = (a: string, b: string): boolean =>
  a.length === b.length && [...a].sort().join("") !== [...b].sort().join("");

/** Words within so many edits, the commonest first, each once. */
function closest(word: string, rows: readonly Record<string, unknown>[], edits: 1 | 2): string[] {
  return rows
    .map((row) => ({ text: String(row.word), chunks: Number(row.chunks) }))
    .filter(({ text }) => editDistance(word, text, edits) <= edits)
    .map(({ text, chunks }) => ({ text, score: Math.log(1 + chunks) - (isReplacement(word, text) ? replacementCost : 0) }))
    .sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text)
    .filter((text, i, all) => all.indexOf(text) === i)
    .slice(0, maxCandidates);
}
