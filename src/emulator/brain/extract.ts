import type { EvidenceLine, Passage } from "./evidence.ts";
import { type Candidate, candidates, type Features } from "./features.ts";
import { formal, strict } from "./fitting.ts";
import type { Part } from "./question.ts";
import { isSteps, quoting, saying } from "./stretch.ts";

/** A stretch of a passage that answers: what is said, and the lines quoted for it (neighbours make a quote readable). */
export interface Finding {
  readonly said: readonly EvidenceLine[];
  readonly quoted: readonly EvidenceLine[];
  readonly score: number;
}

/**
 * How well a line answers. Weights of a conditional logistic regression over the same questions as below, rounded; those for what
 * narrows a line to another case (`narrow`, `aside`) are heavier than fitted, since a side sentence put first misleads.
 */
function lineScore({ features: f }: Candidate): number {
  const about = 0.9 * f.own + 1.6 * f.near + 2 * f.here + 0.8 * f.whole + 0.4 * f.headed + f.labelled + 0.6 * f.subject;
  const answers = 0.5 * f.phrase + 2 * f.suits + 1.4 * f.rank + 0.6 * f.lead + 1.2 * f.firstFit + 2 * f.titled;
  const beside =
    0.8 * f.narrow + 0.8 * f.aside + 0.3 * f.anaphoric + 0.7 * f.lacking + 0.2 * f.bare + 2 * f.otherYear + f.outdated;
  const form = 0.2 * f.isQuestion + 0.5 * (f.isShort + f.isHeading + f.isTable) + 0.3 * f.isPointer;
  return about + answers - beside - form;
}

/**
 * Weights of a logistic regression over labelled questions on handbooks (answerable and not), rounded: how far each feature makes a
 * passage one that answers. They know no word. `phrase` is that of the passage's best line, the line features are of the line chosen.
 */
const weights: Readonly<Partial<Record<keyof Features, number>>> = {
  whole: 1.8,
  lacking: -1.2,
  phrase: 1.1,
  suits: 0.6,
  rank: 1.5,
  bare: -0.8,
  // Not fitted: what is no longer in force answers only where nothing else does.
  outdated: -1,
  // Not fitted: "when is Easter 2028" is not answered by the calendar of 2027.
  otherYear: -2,
  // Not fitted: a page on company cards says nothing of company cars.
  otherThing: -1,
  // Not fitted: "what is the policy on X" asks for the section that is titled X.
  titled: 1.2,
  // Not fitted: a table on rooms says in few words what the room asked for has ("Seats"), not in the asker's ("how many people fit").
  named: 1.2,
  mentioned: -0.8,
};
const bias = -1.6;
/** Below this the brain declines: set so that about three of four given answers are right. */
const threshold = 1.2;
/** A further passage is quoted, too, when it is about as good as the best. */
const margin = 0.9;
const maxFindings = 3;

function passageScore(lines: readonly Candidate[], chosen: Candidate, part: Part): number {
  const phrase = lines.reduce((most, each) => Math.max(most, each.features.phrase), 0);
  const suits = formal.has(part.expects) ? 1 : chosen.features.suits;
  const features = { ...chosen.features, phrase, suits };
  let sum = bias;
  for (const [name, weight] of Object.entries(weights)) sum += weight * features[name as keyof Features];
  return sum;
}

interface Chosen {
  readonly candidate: Candidate;
  /** How surely its passage answers. */
  readonly score: number;
  /** How well the line itself does. */
  readonly line: number;
}

/** Lines that can answer: no question without what follows it and, where a figure or a date is asked for, such that hold one. */
function answering(lines: readonly Candidate[], part: Part): readonly Candidate[] {
  const telling = lines.filter(({ line, features }) => features.isQuestion === 0 || line !== line.passage.lines.at(-1));
  const holding = strict.has(part.expects) ? telling.filter(({ features }) => features.suits > 0) : telling;
  return [holding, telling, lines].find((each) => each.length > 0)!;
}

/** The best line of each passage, best line first. */
function bestPerPassage(all: readonly Candidate[], part: Part): Chosen[] {
  return [...Map.groupBy(all, (candidate) => candidate.line.passage).values()]
    .map((lines) => {
      const [candidate, line] = answering(lines, part)
        .map((each): [Candidate, number] => [each, lineScore(each)])
        .reduce((best, each) => (each[1] > best[1] ? each : best));
      return { candidate, line, score: passageScore(lines, candidate, part) };
    })
    .sort((a, b) => b.line - a.line);
}

/** False where a figure or a date is asked for and the line holds none. */
const fitsStrictly = ({ suits }: Features, { expects }: Part): boolean => !strict.has(expects) || suits > 0;

const seeAlso = /\bsee (?:also )?(?:the )?\[[^\]]+\]\((?:[^)#\s]*\/)?([^)#\s/]+)[^)\s]*\)/i;

/**
 * The passages that bear an answer. "See [learning budget](...)": where the best line refers to a page that was found, too, and that
 * page has words of the question which the line's passage lacks, what stands there answers. The reference vouches for it, so that it
 * need not bear an answer by itself.
 */
function bearing(all: readonly Chosen[], part: Part): readonly Chosen[] {
  const ranked = all.filter(({ score }) => score >= threshold);
  const [first] = ranked;
  const target = first === undefined ? undefined : seeAlso.exec(first.candidate.line.text)?.[1];
  if (first === undefined || target === undefined) return ranked;
  const { passage } = first.candidate.line;
  const there = all.find(({ score, candidate: { line, features } }) => {
    const path = line.passage.title.split(" > ")[0]!;
    const isThere = line.passage !== passage && path.endsWith(target) && fitsStrictly(features, part);
    return isThere && score >= first.score - margin && features.lacking < first.candidate.features.lacking - 0.1;
  });
  return there === undefined
    ? ranked
    : [{ ...there, score: first.score }, ...ranked.filter((each) => each !== there && each !== first)];
}

/**
 * What stands beside the best must be about the question's own words, not about what they may also mean; and where the best is the
 * section on the subject, only other sections on it, or for an overview parts of one.
 */
function belongs(other: Features, best: Features, part: Part): boolean {
  if (other.lacking > best.lacking + 0.1) return false;
  if (best.titled === 0) return true;
  return other.titled === 1 || (part.expects === "overview" && other.trail >= 0.7);
}

/** What answers a part of the question; nothing where the evidence does not bear it out. */
export function extract(part: Part, passages: readonly Passage[]): Finding[] {
  const ranked = bearing(bestPerPassage(candidates(part, passages), part), part);
  const best = ranked[0]?.score;
  if (best === undefined) return [];
  const seen = new Set<string>();
  const reach = part.expects === "overview" ? 2 * margin : margin;
  const first = ranked[0]!.candidate.features;
  const inForce = first.outdated === 0;
  return ranked
    .filter(({ score }) => score >= Math.max(threshold, best - reach))
    .filter(({ candidate }) => !inForce || candidate.features.outdated === 0)
    .filter(({ candidate }, index) => index === 0 || belongs(candidate.features, first, part))
    .filter(({ candidate }) => fitsStrictly(candidate.features, part))
    .map(({ candidate, score }) => {
      const said = saying(candidate, part);
      return { said, quoted: quoting(said), score };
    })
    .filter(({ said }, index, all) => index === 0 || !isSteps(all[0]!.said) || isSteps(said))
    .filter(({ said }) => {
      const text = said.map((line) => line.text).join("\n");
      return !seen.has(text) && seen.add(text);
    })
    .slice(0, maxFindings);
}
