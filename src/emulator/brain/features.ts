import { type EvidenceLine, isColumnRow, type Passage } from "./evidence.ts";
import { coverage, covers, type ReadPassage, readPassage, type Term, termsOf } from "./match.ts";
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
  /** How much of the question's key words the passage lacks; a synonym makes up for most of one. */
  readonly lacking: number;
  /** Share of neighbouring words of the question that stand together here, too. */
  readonly phrase: number;
  /** 1 where the line holds what the question expects: a number, a date, a person. */
  readonly suits: number;
  /** The search tool's own order: 1, 1/2, 1/3, ... */
  readonly rank: number;
  /** 1 for the first line under the headings. */
  readonly lead: number;
  /** The same, as far as the heading is about the question. */
  readonly leadUnderHeading: number;
  readonly isHeading: number;
  readonly isQuestion: number;
  readonly isShort: number;
  /** As far as the heading is about the question: 1 for its first line that holds what is expected. */
  readonly firstFit: number;
  /** 1 for a line that only says where to read on. */
  readonly isPointer: number;
  /** 1 where neither headings nor path speak of what is asked: the passage may only mention it. */
  readonly bare: number;
  /** 1 for a source that is no longer in force. */
  readonly outdated: number;
}

export interface Candidate {
  readonly line: EvidenceLine;
  readonly features: Features;
}

const figure = String.raw`(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|double|unlimited|none|no limit)\b)`;
const unit = String.raw`\b(?:(?:second|minute|hour|morning|evening|night|day|week|month|quarter|year)s?|annual\w*|daily|weekly|monthly|yearly|quarter\w*)\b`;
const repeated = String.raw`\b(?:once|twice|every|each|per)\b`;
const byItself = String.raw`\b(?:daily|weekly|fortnightly|monthly|quarterly|yearly|annually|immediately|at once|always|never|forever|indefinitely)\b`;
const time = String.raw`\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august|september|october|november|december|after|before|within|once|immediately|until|noon|midnight)\b`;
const patterns: Readonly<Partial<Record<Part["expects"], RegExp>>> = {
  count: new RegExp(figure, "i"),
  duration: new RegExp(`(?:${figure}|${repeated}).*${unit}|${unit}.*${figure}|${byItself}`, "i"),
  money: /[$€£¥%]\s?\d|\d\s?(?:%|[$€£¥]|(?:USD|EUR|GBP|dollars?|euros?|pounds?|percent)\b)/i,
  date: new RegExp(`${figure}|${unit}|${time}`, "i"),
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
  const missing = covers(terms, stems).flatMap((quality, index) => (terms[index]!.key ? [1 - quality] : []));
  return missing.length === 0 ? 0 : missing.reduce((sum, each) => sum + each, 0) / missing.length;
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

/**
 * How far a search's order speaks for this part: fully where it was asked for just this, less where it was asked for another part, and
 * less again for a second search, which looked for anything near.
 */
function trust(part: Part, { asked, round }: Passage): number {
  const all = [...part.stems, ...part.context];
  if (asked.size === 0 || all.length === 0) return 1;
  const share = all.filter((stem) => asked.has(stem)).length / all.length;
  return (0.4 + 0.6 * share) * (round === 0 ? 1 : 0.6);
}

const pointer = /^\W*(?:see|read|refer to|for (?:more|details|further))\b/i;
const link = /!?\[[^\]]*\]\([^)]*\)|https?:\/\/\S+/g;
const listSign = /^\s*(?:[-*+•]|\d+[.)])\s/;

function passageCandidates(part: Part, terms: readonly Term[], read: ReadPassage): Candidate[] {
  const { passage } = read;
  const pattern = patterns[part.expects];
  const shared = {
    whole: coverage(terms, read.all),
    heading: headingFit(terms, read.leaf),
    trail: coverage(terms, union(read.trail, read.path)),
    lacking: lackingKeys(terms, read.all),
    rank: trust(part, passage) / (1 + passage.rank),
  };
  const leadAt = passage.lines.findIndex((line) => !/^(?:#{1,6}\s|\**Q\d*[:.])/.test(line.text));
  const fitAt =
    pattern === undefined
      ? -1
      : passage.lines.findIndex((line, index) => index >= leadAt && !line.text.startsWith("|") && pattern.test(line.text));
  return passage.lines.map((line, index): Candidate => {
    // A row of a table means what it says under the names of its columns.
    const own = line.columns === undefined ? read.lines[index]! : union(read.lines[index], read.lines[line.columns.position]);
    const near = union(own, read.lines[index - 1], read.lines[index + 1], read.trail, read.path);
    return {
      line,
      features: {
        ...shared,
        own: coverage(terms, own),
        near: coverage(terms, near),
        phrase: phraseFit(terms, read.sequences[index]!),
        suits: pattern === undefined || pattern.test(line.text) ? 1 : 0,
        lead: index === leadAt ? 1 : 0,
        leadUnderHeading: index === leadAt ? shared.heading : 0,
        isHeading: /^#{1,6}\s/.test(line.text) || isColumnRow(line) ? 1 : 0,
        isQuestion: /\?[*_)\]"]*$/.test(line.text.trim()) ? 1 : 0,
        isShort: line.text.length < 30 ? 1 : 0,
        firstFit: index === fitAt ? shared.heading : 0,
        isPointer: pointer.test(line.text) || !/\w/.test(line.text.replace(link, "").replace(listSign, "")) ? 1 : 0,
        bare: shared.trail < 0.2 && shared.heading === 0 ? 1 : 0,
        outdated: read.outdated ? 1 : 0,
      },
    };
  });
}

/** Every line of the evidence with its features for one part of the question. */
export function candidates(part: Part, passages: readonly Passage[]): Candidate[] {
  const read = passages.map(readPassage);
  const terms = termsOf(part, read);
  return terms.length === 0 ? [] : read.flatMap((each) => passageCandidates(part, terms, each));
}
