import type { Analyzer } from "./analyzer.ts";
import { wordsOf } from "./words.ts";
import { workplaceEnglish } from "./workplace-english.ts";

/** Other terms for the words and phrases of a question. */
export interface Thesaurus {
  /** Entries whose words stand at this place of the sequence of stems: how many words they take, and the terms they stand for. */
  at(stems: readonly string[], place: number): readonly { readonly length: number; readonly terms: readonly string[] }[];
  /** True for a word the thesaurus speaks of, which therefore is no misspelling. */
  knows(word: string): boolean;
}

interface Entry {
  readonly key: readonly string[];
  readonly terms: readonly string[];
}

/** The thesaurus of a language; undefined where there is none. */
export function createThesaurus(lang: string, analyzer: Analyzer): Thesaurus | undefined {
  if (lang !== "en") return undefined;
  const known = new Set<string>();
  const byFirst = new Map<string, Entry[]>();
  const stems = (phrase: string): string[] => wordsOf(phrase.replaceAll("_", " ")).map((word) => analyzer.stem(word, lang));
  for (const line of workplaceEnglish.split(/[|\n]/)) {
    const [asked, meant] = line.split(":");
    if (asked === undefined || meant === undefined) continue;
    for (const word of wordsOf(line.replaceAll("_", " "))) known.add(word);
    const key = stems(asked);
    // A phrase among the meanings would need all its words together; single words find it as well.
    const terms = meant
      .trim()
      .split(/\s+/)
      .map(stems)
      .flatMap((term) => (term.length === 1 ? term : []));
    const entries = byFirst.get(key[0]!) ?? [];
    entries.push({ key, terms });
    byFirst.set(key[0]!, entries);
  }
  return {
    knows: (word) => known.has(word),
    at: (sequence, place) =>
      (byFirst.get(sequence[place] ?? "") ?? [])
        .filter((entry) => entry.key.every((stem, i) => sequence[place + i] === stem))
        .map((entry) => ({ length: entry.key.length, terms: entry.terms })),
  };
}
