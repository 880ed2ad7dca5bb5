import type { EvidenceLine, Passage } from "./evidence.ts";
import { type Candidate, candidates, type Features } from "./features.ts";
import type { Part } from "./question.ts";

/** A stretch of a passage that answers: what is said, and the lines quoted for it (neighbours make a quote readable). */
export interface Finding {
  readonly said: readonly EvidenceLine[];
  readonly quoted: readonly EvidenceLine[];
  readonly score: number;
}

/**
 * Weights of a logistic regression over labelled questions on handbooks (answered and unanswerable ones), rounded. They say how far
 * each feature makes a line an answer; they know no word.
 */
const weights: Readonly<Record<keyof Features, number>> = {
  own: 0.7,
  near: 0.8,
  whole: 0.7,
  heading: 0.7,
  trail: 0.1,
  lacking: -1.5,
  phrase: 0.5,
  suits: 0.3,
  rank: 1.2,
  place: -0.3,
  isHeading: 0.3,
  isQuestion: 0,
  isShort: -0.2,
};
const bias = -1.9;
/** Below this the brain declines: set so that about three of four given answers are right. */
const threshold = 0.6;
/** A further passage is quoted, too, when it is about as good as the best. */
const margin = 0.5;
const maxFindings = 3;

function scoreOf({ features }: Candidate): number {
  let sum = bias;
  for (const name of Object.keys(weights) as (keyof Features)[]) sum += weights[name] * features[name];
  return sum;
}

/** The best line of each passage, best passage first. */
function bestPerPassage(all: readonly Candidate[]): { readonly line: EvidenceLine; readonly score: number }[] {
  const best = new Map<Passage, { line: EvidenceLine; score: number }>();
  for (const candidate of all) {
    const score = scoreOf(candidate);
    const known = best.get(candidate.line.passage);
    if (known === undefined || score > known.score) best.set(candidate.line.passage, { line: candidate.line, score });
  }
  return [...best.values()].sort((a, b) => b.score - a.score);
}

/** What answers a part of the question; nothing where the evidence does not bear it out. */
export function extract(part: Part, passages: readonly Passage[]): Finding[] {
  const ranked = bestPerPassage(candidates(part, passages));
  const best = ranked[0]?.score ?? Number.NEGATIVE_INFINITY;
  if (best < threshold) return [];
  const seen = new Set<string>();
  return ranked
    .filter(({ score }) => score >= Math.max(threshold, best - margin))
    .map(({ line, score }) => ({ said: saying(line), quoted: quoting(line), score }))
    .filter(({ said }) => {
      const text = said.map((line) => line.text).join("\n");
      return !seen.has(text) && seen.add(text);
    })
    .slice(0, maxFindings);
}

const maxQuote = 560;
const listItem = /^\s*(?:[-*+•]|\d+[.)])\s/;
const heading = /^#{1,6}\s/;

/** A line with what it needs to be understood: what stands under a heading, the list it opens, the answer to a question. */
function saying(line: EvidenceLine): EvidenceLine[] {
  const { lines } = line.passage;
  const out = [line];
  let size = line.text.length;
  let next = line.position + 1;
  const take = (): boolean => {
    const following = lines[next];
    if (following === undefined || size + following.text.length + 1 > maxQuote) return false;
    size += following.text.length + 1;
    out.push(following);
    next++;
    return true;
  };
  while ((heading.test(out.at(-1)!.text) || /\?[*_"]*$/.test(out.at(-1)!.text.trim())) && take());
  if (/:[*_]*$/.test(out.at(-1)!.text.trim())) while (lines[next] !== undefined && listItem.test(lines[next]!.text) && take());
  else if (out.at(-1)!.text.length < 25) take();
  return out;
}

/** The line with neighbours on both sides, as far as a readable quote goes. */
function quoting(line: EvidenceLine): EvidenceLine[] {
  const { lines } = line.passage;
  const said = saying(line);
  let from = line.position;
  let to = from + said.length - 1;
  let size = said.reduce((sum, each) => sum + each.text.length + 1, 0);
  for (let grew = true; grew; ) {
    grew = false;
    for (const at of [to + 1, from - 1]) {
      const other = lines[at];
      if (other === undefined || Math.abs(at - line.position) > 3 || size + other.text.length + 1 > maxQuote) continue;
      size += other.text.length + 1;
      if (at > to) to = at;
      else from = at;
      grew = true;
    }
  }
  return lines.slice(from, to + 1);
}
