import type { Passage } from "./evidence.ts";
import type { Part } from "./question.ts";
import { areSynonyms } from "./thesaurus.ts";
import { contentStems, isCommon, likeness, mayBeTypo, resemblesFunctionWord, stemSequence } from "./words.ts";

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

function weightOf(stem: string, rarity: number, holding: number): number {
  // A figure that the evidence has, too, tells much ("2027"); one it has not is the asker's own ("I have 40 applications").
  if (/^\p{N}/u.test(stem)) return holding > 0 ? 0.8 : 0.2;
  return (isCommon(stem) ? 0.35 : 1) * (0.5 + 0.5 * rarity);
}

/** The question's words with their weights among the passages found; circumstances weigh a third and are never key. */
export function termsOf(part: Pick<Part, "stems" | "context">, passages: readonly ReadonlySet<string>[]): Term[] {
  const vocabulary = new Set(passages.flatMap((passage) => [...passage]));
  const term = (stem: string, share: number): Term[] => {
    const forms = formsOf(stem, vocabulary);
    if (forms.size === 0 && (share < 1 || resemblesFunctionWord(stem))) return [];
    const holding = passages.filter((passage) => [...forms.keys()].some((form) => passage.has(form))).length;
    const rarity = Math.log(1 + passages.length / (holding + 0.5)) / Math.log(1 + passages.length / 0.5);
    const key = share === 1 && !isCommon(stem) && !/^\p{N}/u.test(stem);
    return [{ stem, weight: share * weightOf(stem, rarity, holding), key, forms }];
  };
  return [...part.stems.flatMap((stem) => term(stem, 1)), ...part.context.flatMap((stem) => term(stem, 0.33))];
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
  /** Stems of each line in their order, function words left out. */
  readonly sequences: readonly (readonly string[])[];
  readonly all: ReadonlySet<string>;
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
    sequences,
    all,
    outdated: noLonger.test(passage.title),
  };
}
