import type { Passage } from "./evidence.ts";
import { areSynonyms } from "./thesaurus.ts";
import { contentStems, isCommon, likeness, mayBeTypo, resemblesFunctionWord, words } from "./words.ts";

/** A word of the question, as the evidence sees it. */
export interface Term {
  readonly stem: string;
  /** How much it matters: rare and specific words much, common ones little. */
  readonly weight: number;
  /** True for words without which an answer would be about something else. */
  readonly key: boolean;
  /** How well each stem of the evidence stands for it, from 0 to 1. */
  readonly forms: ReadonlyMap<string, number>;
}

const synonymQuality = 0.7;
const typoQuality = 0.8;

function formsOf(stem: string, vocabulary: ReadonlySet<string>): Map<string, number> {
  const forms = new Map<string, number>();
  for (const other of vocabulary) {
    const like = likeness(stem, other) || (areSynonyms(stem, other) ? synonymQuality : 0);
    if (like > 0) forms.set(other, like);
  }
  if (forms.size > 0) return forms;
  for (const other of vocabulary) if (mayBeTypo(stem, other)) forms.set(other, typoQuality);
  return forms;
}

/** The question's words with their weights among the passages found. */
export function termsOf(stems: readonly string[], passages: readonly ReadonlySet<string>[]): Term[] {
  const vocabulary = new Set(passages.flatMap((passage) => [...passage]));
  return stems.flatMap((stem): Term[] => {
    const forms = formsOf(stem, vocabulary);
    if (forms.size === 0 && resemblesFunctionWord(stem)) return [];
    const holding = passages.filter((passage) => [...forms.keys()].some((form) => passage.has(form))).length;
    const rarity = Math.log(1 + passages.length / (holding + 0.5)) / Math.log(1 + passages.length / 0.5);
    const number = /^\p{N}/u.test(stem);
    const common = isCommon(stem) || number;
    return [{ stem, weight: (common ? 0.35 : 1) * (0.5 + 0.5 * rarity), key: !common, forms }];
  });
}

/** How well a set of stems covers a term. */
export function cover(term: Term, stems: ReadonlySet<string>): number {
  let best = 0;
  for (const [form, quality] of term.forms) if (quality > best && stems.has(form)) best = quality;
  return best;
}

/** Share of the question's weight that a set of stems covers. */
export function coverage(terms: readonly Term[], stems: ReadonlySet<string>): number {
  let total = 0;
  let covered = 0;
  for (const term of terms) {
    total += term.weight;
    covered += term.weight * cover(term, stems);
  }
  return total === 0 ? 0 : covered / total;
}

/** A passage with the stems of its parts. */
export interface ReadPassage {
  readonly passage: Passage;
  readonly path: ReadonlySet<string>;
  readonly trail: ReadonlySet<string>;
  readonly leaf: ReadonlySet<string>;
  readonly lines: readonly ReadonlySet<string>[];
  readonly all: ReadonlySet<string>;
}

/** Splits `path > heading > heading` and reads the stems of each part. */
export function readPassage(passage: Passage): ReadPassage {
  const [path = "", ...headings] = passage.title.split(" > ");
  const leaf = headings.at(-1) ?? "";
  const lines = passage.lines.map((line) => new Set(contentStems(line.text)));
  const pathStems = new Set(contentStems(path.replace(/\.\w{1,5}$/, "").replace(/[-_/.]+/g, " ")));
  const trail = new Set(contentStems(headings.join(" ")));
  const all = new Set([...pathStems, ...trail, ...lines.flatMap((line) => [...line])]);
  return { passage, path: pathStems, trail, leaf: new Set(contentStems(leaf)), lines, all };
}

/** Words of a line, function words included: for patterns that need them. */
export const plainWords = (text: string): readonly string[] => words(text);
