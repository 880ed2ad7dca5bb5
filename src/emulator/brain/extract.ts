import type { EvidenceLine, Passage } from "./evidence.ts";
import { cover, coverage, type ReadPassage, readPassage, type Term, termsOf } from "./match.ts";
import type { Part } from "./question.ts";

/** Lines that answer a part of the question, in reading order. */
export interface Extract {
  readonly lines: readonly EvidenceLine[];
  /** From 0 to about 1: how sure the brain is that they answer. */
  readonly confidence: number;
}

const fits: Readonly<Partial<Record<Part["expects"], RegExp>>> = {
  count: /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|unlimited|no limit)\b/i,
  date: /\d|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december|daily|weekly|monthly|yearly|annually|quarter\w*|(?:day|week|month|year)s?|after|before|within|when|once|immediately|until)\b/i,
  person:
    /@|\b(?:team|manager|lead|officer|department|contact|owner|director|hr|support|employees?|staff|you|everyone|anyone|all|people|person|founders?|members?)\b|\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u,
};

interface Candidate {
  readonly read: ReadPassage;
  readonly index: number;
  readonly score: number;
}

/** Share of the heading's own words that the question names: a heading about just this is worth more than a long one. */
function headingFit(terms: readonly Term[], read: ReadPassage): number {
  if (read.leaf.size === 0) return 0;
  let named = 0;
  for (const stem of read.leaf) if (terms.some((term) => (term.forms.get(stem) ?? 0) > 0)) named++;
  const asked = coverage(terms, read.leaf);
  const precise = named / read.leaf.size;
  return asked + precise === 0 ? 0 : (2 * asked * precise) / (asked + precise);
}

function missingKeys(terms: readonly Term[], stems: ReadonlySet<string>): number {
  return terms.filter((term) => term.key && cover(term, stems) === 0).length;
}

function union(...sets: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

function bestLine(part: Part, terms: readonly Term[], read: ReadPassage): { index: number; own: number; suits: boolean } {
  let best = { index: 0, own: 0, suits: false, score: -1 };
  const pattern = fits[part.expects];
  for (const [index, stems] of read.lines.entries()) {
    const own = coverage(terms, stems);
    const text = read.passage.lines[index]!.text;
    const suits = pattern === undefined || pattern.test(text);
    const score =
      own + (suits ? 0.15 : 0) + (index === 0 ? 0.05 : 0) - (text.endsWith("?") ? 0.3 : 0) - (/^#/.test(text) ? 0.1 : 0);
    if (score > best.score) best = { index, own, suits, score };
  }
  return best;
}

/** Picks the lines that answer; none when the evidence does not carry the question's own words. */
export function extract(part: Part, passages: readonly Passage[]): Extract | undefined {
  const read = passages.map(readPassage);
  const terms = termsOf(
    part.stems,
    read.map((each) => each.all),
  );
  if (terms.length === 0) return undefined;
  const keys = terms.filter((term) => term.key).length;
  let top: (Candidate & { confidence: number }) | undefined;
  for (const each of read) {
    const whole = coverage(terms, each.all);
    const line = bestLine(part, terms, each);
    const stems = each.lines[line.index]!;
    const near = coverage(
      terms,
      union(stems, each.trail, each.path, each.lines[line.index - 1] ?? new Set(), each.lines[line.index + 1] ?? new Set()),
    );
    const heading = headingFit(terms, each);
    const confidence =
      0.4 * near + 0.2 * whole + 0.2 * line.own + 0.2 * heading + (line.suits ? 0.05 : -0.15) - 0.01 * each.passage.rank;
    const missing = missingKeys(terms, each.all);
    const tolerated = keys >= 4 ? 1 : 0;
    if (missing > tolerated || (keys === 0 && near < 0.99)) continue;
    if (top === undefined || confidence > top.confidence) top = { read: each, index: line.index, score: confidence, confidence };
  }
  if (top === undefined || top.confidence < threshold) return undefined;
  return { lines: context(top.read.passage.lines, top.index), confidence: top.confidence };
}

/** Below this the brain declines. Set on questions that handbooks do and do not answer, so that four of five given answers are right. */
const threshold = 0.62;
const maxQuote = 560;
const listItem = /^(?:[-*+•]|\d+[.)])\s/;

/** A line with what it needs to be understood: the list it opens, the answer after a question, the sentence that "this" points to. */
function context(lines: readonly EvidenceLine[], index: number): EvidenceLine[] {
  const out = [lines[index]!];
  let size = out[0]!.text.length;
  const add = (line: EvidenceLine | undefined, first: boolean): boolean => {
    if (line === undefined || size + line.text.length + 1 > maxQuote) return false;
    size += line.text.length + 1;
    if (first) out.unshift(line);
    else out.push(line);
    return true;
  };
  const text = out[0]!.text.trimEnd();
  if (/^(?:this|these|that|those|they|it|he|she|however|also|then|in this case)\b/i.test(text)) add(lines[index - 1], true);
  let next = index + 1;
  if (text.endsWith(":")) while (lines[next] !== undefined && listItem.test(lines[next]!.text) && add(lines[next], false)) next++;
  else if (text.endsWith("?") || text.length < 50) add(lines[next], false);
  return out;
}
