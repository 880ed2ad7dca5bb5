import type { EvidenceLine, Passage } from "./evidence.ts";
import { cover, coverage, type ReadPassage, readPassage, type Term, termsOf } from "./match.ts";
import type { Part } from "./question.ts";

/** What can be said of a line as an answer, each from 0 to 1. */
export interface Features {
  /** Share of the question's weight in the line itself. */
  readonly own: number;
  /** ... in the line, its neighbours, its headings and its path. */
  readonly near: number;
  /** ... in the whole passage. */
  readonly whole: number;
  /** How much the last heading is about the question and nothing else. */
  readonly heading: number;
  /** ... in all headings and the path. */
  readonly trail: number;
  /** Share of the question's key words that the passage lacks. */
  readonly lacking: number;
  /** Share of neighbouring words of the question that stand together here, too. */
  readonly phrase: number;
  /** 1 where the line holds what the question expects: a number, a date, a person. */
  readonly suits: number;
  /** The search tool's own order: 1, 1/2, 1/3, ... */
  readonly rank: number;
  /** Place in the passage: 1, 1/2, ... */
  readonly place: number;
  readonly isHeading: number;
  readonly isQuestion: number;
  readonly isShort: number;
}

export interface Candidate {
  readonly line: EvidenceLine;
  readonly features: Features;
}

const number = String.raw`\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|double|unlimited|none|no limit)\b`;
const time = String.raw`\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august|september|october|november|december|daily|weekly|monthly|yearly|annual\w*|quarter\w*|(?:minute|hour|day|week|month|year)s?|after|before|within|once|immediately|until|noon|midnight)\b`;
const patterns: Readonly<Partial<Record<Part["expects"], RegExp>>> = {
  count: new RegExp(number, "i"),
  date: new RegExp(`${number}|${time}`, "i"),
  person:
    /@|\b(?:team|manager|lead|officer|department|contact|owner|director|hr|support|employees?|staff|you|everyone|anyone|person|founders?|members?|teammates?)\b|\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u,
};

/** Harmonic mean of "the heading names what is asked" and "all of the heading is asked". */
function headingFit(terms: readonly Term[], leaf: ReadonlySet<string>): number {
  if (leaf.size === 0) return 0;
  let named = 0;
  for (const stem of leaf) if (terms.some((term) => term.forms.has(stem))) named++;
  const asked = coverage(terms, leaf);
  const precise = named / leaf.size;
  return asked + precise === 0 ? 0 : (2 * asked * precise) / (asked + precise);
}

function lackingKeys(terms: readonly Term[], stems: ReadonlySet<string>): number {
  const keys = terms.filter((term) => term.key);
  if (keys.length === 0) return 0;
  return keys.filter((term) => cover(term, stems) === 0).length / keys.length;
}

/** Pairs of neighbouring question words that stand at most two words apart in the line. */
function phraseFit(terms: readonly Term[], sequence: readonly string[]): number {
  if (terms.length < 2) return 0;
  let together = 0;
  for (let i = 0; i + 1 < terms.length; i++) {
    const first = terms[i]!;
    const second = terms[i + 1]!;
    if (
      sequence.some((stem, at) => first.forms.has(stem) && sequence.slice(at + 1, at + 4).some((next) => second.forms.has(next)))
    )
      together++;
  }
  return together / (terms.length - 1);
}

function union(...sets: readonly (ReadonlySet<string> | undefined)[]): Set<string> {
  const out = new Set<string>();
  for (const set of sets) for (const stem of set ?? []) out.add(stem);
  return out;
}

function passageCandidates(part: Part, terms: readonly Term[], read: ReadPassage): Candidate[] {
  const { passage } = read;
  const pattern = patterns[part.expects];
  const shared = {
    whole: coverage(terms, read.all),
    heading: headingFit(terms, read.leaf),
    trail: coverage(terms, union(read.trail, read.path)),
    lacking: lackingKeys(terms, read.all),
    rank: 1 / (1 + passage.rank),
  };
  return passage.lines.map((line, index): Candidate => {
    const own = read.lines[index]!;
    const near = union(own, read.lines[index - 1], read.lines[index + 1], read.trail, read.path);
    return {
      line,
      features: {
        ...shared,
        own: coverage(terms, own),
        near: coverage(terms, near),
        phrase: phraseFit(terms, read.sequences[index]!),
        suits: pattern === undefined || pattern.test(line.text) ? 1 : 0,
        place: 1 / (1 + index),
        isHeading: /^#{1,6}\s/.test(line.text) ? 1 : 0,
        isQuestion: /\?[*_)\]"]*$/.test(line.text.trim()) ? 1 : 0,
        isShort: line.text.length < 30 ? 1 : 0,
      },
    };
  });
}

/** Every line of the evidence with its features for one part of the question. */
export function candidates(part: Part, passages: readonly Passage[]): Candidate[] {
  const read = passages.map(readPassage);
  const terms = termsOf(
    part,
    read.map((each) => each.all),
  );
  return terms.length === 0 ? [] : read.flatMap((each) => passageCandidates(part, terms, each));
}
