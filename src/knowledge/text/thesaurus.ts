import type { Analyzer } from "./analyzer.ts";
import { wordsOf } from "./words.ts";
import { workplaceEnglish } from "./workplace-english.ts";

/** Other terms for the words and phrases of a question. */
export interface Thesaurus {
  /** Entries whose words stand at this place of the sequence of stems: how many words they take, and the terms they stand for. */
  at(stems: readonly string[], place: number): readonly { readonly length: number; readonly terms: readonly string[] }[];
  /** True for a word the thesaurus speaks of, which therefore is no misspelling. */
  knows(word: string): boolean;
  /** The words it speaks of that begin so: what a misspelled word may have meant. */
  wordsFrom(initial: string): readonly string[];
}

interface Entry {
  readonly key: readonly string[];
  readonly terms: readonly string[];
}

/** A word named by more entries than this is too general to lead back to them. */
const maxNamedBy = 3;

/** The thesaurus of a language; undefined where there is none. */
export function createThesaurus(lang: string, analyzer: Analyzer): Thesaurus | undefined {
  if (lang !== "en") return undefined;
  const known = new Set<string>();
  const entries = new Map<string, { readonly key: readonly string[]; readonly terms: Set<string> }>();
  const stems = (phrase: string): string[] => wordsOf(phrase.replaceAll("_", " ")).map((word) => analyzer.stem(word, lang));
  // A phrase as a meaning would need all its words together; single words find it as well.
  const link = (asked: string, meant: string): void => {
    const [term, ...more] = stems(meant);
    if (term === undefined || more.length > 0) return;
    const key = stems(asked);
    const entry = entries.get(key.join(" ")) ?? { key, terms: new Set() };
    entries.set(key.join(" "), entry);
    entry.terms.add(term);
  };
  const lines = readEntries();
  const namedBy = new Map<string, number>();
  for (const { asked, meant } of lines) {
    for (const word of wordsOf([asked, ...meant].join(" ").replaceAll("_", " "))) known.add(word);
    for (const word of meant) namedBy.set(word, (namedBy.get(word) ?? 0) + 1);
  }
  for (const { asked, meant } of lines) {
    for (const word of meant) {
      link(asked, word);
      if (namedBy.get(word)! <= maxNamedBy) link(word, asked);
    }
  }
  return {
    knows: (word) => known.has(word),
    wordsFrom: (initial) => [...known].filter((word) => word.startsWith(initial)),
    at: lookup([...entries.values()].map(({ key, terms }) => ({ key, terms: [...terms] }))),
  };
}

function readEntries(): { readonly asked: string; readonly meant: readonly string[] }[] {
  return workplaceEnglish.split(/[|\n]/).flatMap((text) => {
    const [asked, meant] = text.split(":");
    return asked === undefined || meant === undefined ? [] : [{ asked: asked.trim(), meant: meant.trim().split(/\s+/) }];
  });
}

function lookup(entries: readonly Entry[]): Thesaurus["at"] {
  const byFirst = new Map<string, Entry[]>();
  for (const entry of entries) byFirst.set(entry.key[0]!, [...(byFirst.get(entry.key[0]!) ?? []), entry]);
  return (sequence, place) =>
    (byFirst.get(sequence[place] ?? "") ?? [])
      .filter((entry) => entry.key.every((stem, i) => sequence[place + i] === stem))
      .map((entry) => ({ length: entry.key.length, terms: entry.terms }));
}
