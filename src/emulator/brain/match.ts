import type { Passage } from "./evidence.ts";
import type { Part } from "./question.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { areSynonyms } from "./thesaurus.ts";
import { contentStems, isCommon, likeness, mayBeTypo, resemblesFunctionWord, stemSequence } from "./words.ts";

/** A word of the question, as the evidence sees it. */
export interface Term {
  readonly stem: string;
  /** How much it matters: rare and specific words much, common ones little. */
  readonly weight: number;
  /** True for words without which an answer would be about something else. */
  readonly key: boolean;
  /** True for a name: a key word that the evidence writes with a capital wherever it stands. */
  readonly name: boolean;
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

/** A number that reads as a year. */
export const isYear = (stem: string): boolean => /^(?:19|20)\d\d$/.test(stem);
const isNumber = (stem: string): boolean => /^\p{N}/u.test(stem);

function weightOf(stem: string, rarity: number, found: boolean): number {
  // A figure that the evidence has, too, tells much; one it has not is the asker's own ("I have 40 applications"), but for years.
  if (isNumber(stem)) return found || isYear(stem) ? 0.8 : 0.2;
  return (isCommon(stem) ? 0.35 : 1) * (0.5 + 0.5 * rarity);
}

/** How rare a word is among the lines found, from 0 (in each) to 1 (in none). */
function rarityAmong(lines: readonly ReadonlySet<string>[], forms: ReadonlyMap<string, number>): number {
  const holding = lines.filter((line) => [...forms.keys()].some((form) => line.has(form))).length;
  return Math.log(1 + lines.length / (holding + 0.5)) / Math.log(1 + lines.length / 0.5);
}

/** The question's words with their weights among the lines found; circumstances weigh a third and are never key. */
export function termsOf(part: Pick<Part, "stems" | "context">, passages: readonly ReadPassage[]): Term[] {
  const vocabulary = new Set(passages.flatMap((passage) => [...passage.all]));
  const lines = passages.flatMap((passage) => passage.lines);
  const term = (stem: string, share: number): Term[] => {
    const forms = formsOf(stem, vocabulary);
    if (forms.size === 0 && (share < 1 || resemblesFunctionWord(stem))) return [];
    const key = share === 1 && !isCommon(stem) && (!isNumber(stem) || isYear(stem));
    const name = key && forms.has(stem) && !passages.some((passage) => passage.lower.has(stem));
    return [{ stem, weight: share * weightOf(stem, rarityAmong(lines, forms), forms.size > 0), key, name, forms }];
  };
  return [...part.stems.flatMap((stem) => term(stem, 1)), ...part.context.flatMap((stem) => term(stem, 0.33))];
}

/**
 * How well a set of stems covers each term, in the order of the terms. A stem stands for one term only: "shared" does not answer for
 * both "share" and "option".
 */
export function covers(terms: readonly Term[], stems: ReadonlySet<string>): number[] {
  const used = new Set<string>();
  const out = terms.map(() => 0);
  const pairs = terms.flatMap((term, index) =>
    [...term.forms].filter(([form]) => stems.has(form)).map(([form, quality]) => ({ index, form, quality })),
  );
  for (const { index, form, quality } of pairs.sort((a, b) => b.quality - a.quality)) {
    if (out[index]! > 0 || used.has(form)) continue;
    out[index] = quality;
    used.add(form);
  }
  return out;
}

/** Share of the question's weight that a set of stems covers. */
export function coverage(terms: readonly Term[], stems: ReadonlySet<string>): number {
  let total = 0;
  let covered = 0;
  for (const [index, quality] of covers(terms, stems).entries()) {
    total += terms[index]!.weight;
    covered += terms[index]!.weight * quality;
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
  /** The headings each line stands under. */
  readonly sections: readonly Section[];
  /** Stems of each line in their order, function words left out. */
  readonly sequences: readonly (readonly string[])[];
  readonly all: ReadonlySet<string>;
  /** Stems of the words that stand in lower case in its lines. */
  readonly lower: ReadonlySet<string>;
  /** The client's remark says that the source is no longer in force. */
  readonly outdated: boolean;
}

const noLonger =
  /\((?:[^()]*\b)?(?:superseded|replaced|withdrawn|expired|obsolete|archived|outdated|no longer|not in force|not yet in force)\b[^()]*\)\s*$/i;

/** Splits `path > heading > heading` and reads the stems of each part. */
export function readPassage(passage: Passage): ReadPassage {
  const [path = "", ...headings] = passage.title.replace(noLonger, "").split(" > ");
  const leaf = headings.at(-1) ?? "";
  const sequences = passage.lines.map((line) => stemSequence(line.text));
  const lines = sequences.map((sequence) => new Set(sequence));
  const pathStems = new Set(contentStems(path.replace(/\.\w{1,5}$/, "").replace(/[-_/.]+/g, " ")));
  const trail = new Set(contentStems(headings.join(" ")));
  const all = new Set([...pathStems, ...trail, ...lines.flatMap((line) => [...line])]);
  return {
    passage,
    path: pathStems,
    trail,
    leaf: new Set(contentStems(leaf)),
    lines,
    sections: sectionsOf(passage, headings),
    sequences,
    all,
    lower: new Set(passage.lines.flatMap((line) => contentStems(line.text.replace(/\p{Lu}[\p{L}\p{N}'’]*/gu, " ")))),
    outdated: noLonger.test(passage.title),
  };
}
