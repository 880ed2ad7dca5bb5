import type { EvidenceLine, Passage } from "./evidence.ts";
import { type Candidate, candidates, type Features, isGeneral } from "./features.ts";
import type { Part } from "./question.ts";

/** A stretch of a passage that answers: what is said, and the lines quoted for it (neighbours make a quote readable). */
export interface Finding {
  readonly said: readonly EvidenceLine[];
  readonly quoted: readonly EvidenceLine[];
  readonly score: number;
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
  // Not fitted: "what is the policy on X" asks for the section that is titled X.
  titled: 1.2,
};
const bias = -1.6;
/** Below this the brain declines: set so that about three of four given answers are right. */
const threshold = 1.2;
/** A further passage is quoted, too, when it is about as good as the best. */
const margin = 0.9;
const maxFindings = 3;

/** How well a line says it, within a passage that is right. */
function lineScore({ features: f }: Candidate): number {
  const plus = f.own + 0.4 * f.near + 0.3 * f.phrase + 0.4 * f.suits + 0.25 * f.leadUnderHeading + 0.6 * f.firstFit;
  return plus - 0.3 * f.isQuestion - 0.05 * f.isShort - 0.1 * f.isHeading - 0.6 * f.isPointer;
}

function passageScore(lines: readonly Candidate[], chosen: Candidate): number {
  const phrase = Math.max(...lines.map((each) => each.features.phrase));
  const features = { ...chosen.features, phrase };
  let sum = bias;
  for (const [name, weight] of Object.entries(weights)) sum += weight * features[name as keyof Features];
  return sum;
}

interface Chosen {
  readonly candidate: Candidate;
  readonly score: number;
}

/** The best line of each passage, best passage first. */
function bestPerPassage(all: readonly Candidate[]): Chosen[] {
  return [...Map.groupBy(all, (candidate) => candidate.line.passage).values()]
    .map((lines) => {
      const candidate = lines.reduce((best, each) => (lineScore(each) > lineScore(best) ? each : best));
      return { candidate, score: passageScore(lines, candidate) };
    })
    .sort((a, b) => b.score - a.score);
}

const seeAlso = /\bsee (?:also )?(?:the )?\[[^\]]+\]\((?:[^)#\s]*\/)?([^)#\s/]+)[^)\s]*\)/i;

/**
 * "See [learning budget](...)": where the line chosen refers to a page that was found, too, and that page has words of the question
 * which the line's passage lacks, what stands there answers.
 */
function followed(ranked: readonly Chosen[]): readonly Chosen[] {
  const [first] = ranked;
  const target = first === undefined ? undefined : seeAlso.exec(first.candidate.line.text)?.[1];
  if (first === undefined || target === undefined || first.score < threshold) return ranked;
  const { passage } = first.candidate.line;
  const there = ranked.find(({ score, candidate: { line, features } }) => {
    const path = line.passage.title.split(" > ")[0]!;
    const isThere = line.passage !== passage && path.endsWith(target);
    return isThere && score >= first.score - margin && features.lacking < first.candidate.features.lacking - 0.1;
  });
  return there === undefined
    ? ranked
    : [{ ...there, score: first.score }, ...ranked.filter((each) => each !== there && each !== first)];
}

/** "How many" is not answered by a sentence without a figure, however near it is. */
const measures: ReadonlySet<Part["expects"]> = new Set(["count", "duration", "money"]);

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
  const ranked = followed(bestPerPassage(candidates(part, passages)));
  const best = ranked[0]?.score ?? Number.NEGATIVE_INFINITY;
  if (best < threshold) return [];
  const seen = new Set<string>();
  const reach = part.expects === "overview" ? 2 * margin : margin;
  const first = ranked[0]!.candidate.features;
  const inForce = first.outdated === 0;
  return ranked
    .filter(({ score }) => score >= Math.max(threshold, best - reach))
    .filter(({ candidate }) => !inForce || candidate.features.outdated === 0)
    .filter(({ candidate }, index) => index === 0 || belongs(candidate.features, first, part))
    .filter(({ candidate }) => !measures.has(part.expects) || candidate.features.suits === 1)
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

/** How long what is said may become with the list it opens, in characters; and with neighbours, a quote that is to be read. */
const maxQuote = 560;
const maxGrown = 420;
/** What an overview takes from the opening of a section, in characters. */
const maxLead = 280;
const listItem = /^\s*(?:[-*+•]|\d+[.)])\s/;
const step = /^\s*\d+[.)]\s/;
const heading = /^(?:#{1,6}\s|\**Q\d*[:.])/;
const opensList = /:[*_]*$/;

const sizeOf = (lines: readonly EvidenceLine[]): number => lines.reduce((sum, line) => sum + line.text.length + 1, 0);

const isSteps = (said: readonly EvidenceLine[]): boolean => said.filter((line) => step.test(line.text)).length > 1;

/** Lines from `from` on for which `wanted` holds, as far as they fit. */
function run(
  lines: readonly EvidenceLine[],
  from: number,
  room: number,
  wanted: (line: EvidenceLine) => boolean,
): EvidenceLine[] {
  const out: EvidenceLine[] = [];
  for (let at = from; at < lines.length && wanted(lines[at]!); at++) {
    if (sizeOf(out) + lines[at]!.text.length > room) break;
    out.push(lines[at]!);
  }
  return out;
}

/** The numbered steps nearest to a line, from the first on. */
function steps(line: EvidenceLine): EvidenceLine[] {
  const { lines } = line.passage;
  let at = line.position;
  if (!step.test(line.text)) at = lines.findIndex((each, index) => index > line.position && step.test(each.text));
  while (at > 0 && step.test(lines[at - 1]!.text)) at--;
  const found = at < 0 ? [] : run(lines, at, maxQuote, (each) => step.test(each.text));
  return found.length > 1 ? found : [];
}

/** The chosen line with what it needs to be understood: what stands under a heading, the list it opens, the steps it belongs to. */
function saying({ line, features }: Candidate, part: Part): EvidenceLine[] {
  const { lines } = line.passage;
  if (part.expects === "steps") {
    const found = steps(line);
    if (found.length > 0) return found;
  }
  if (isGeneral(part) && features.heading >= 0.6 && !listItem.test(line.text) && !line.text.startsWith("|")) {
    const first = lines.findIndex((each) => !heading.test(each.text));
    const lead = first < 0 ? [] : run(lines, first, maxLead, (each) => !heading.test(each.text) && !each.text.startsWith("|"));
    if (lead.length > 0) return withList(lead);
  }
  if (!heading.test(line.text) && !line.text.trim().endsWith("?")) {
    const more = line.text.length < 25 && line.columns === undefined ? lines[line.position + 1] : undefined;
    return withList(more === undefined ? [line] : [line, more]);
  }
  const below = lines.findIndex(
    (each, index) => index > line.position && !heading.test(each.text) && !each.text.trim().endsWith("?"),
  );
  return below < 0 ? [line] : withList(run(lines, below, maxLead, (each) => !heading.test(each.text)).slice(0, 2));
}

/** Adds the list that the last line opens. */
function withList(said: EvidenceLine[]): EvidenceLine[] {
  const last = said.at(-1);
  if (last === undefined || !opensList.test(last.text.trim())) return said;
  return [...said, ...run(last.passage.lines, last.position + 1, maxQuote - sizeOf(said), (each) => listItem.test(each.text))];
}

/** What is said, with neighbours on both sides as far as a readable quote goes. */
function quoting(said: readonly EvidenceLine[]): EvidenceLine[] {
  const { lines } = said[0]!.passage;
  let from = said[0]!.position;
  let to = said.at(-1)!.position;
  let size = sizeOf(lines.slice(from, to + 1));
  const center = from;
  for (let grew = true; grew; ) {
    grew = false;
    for (const at of [to + 1, from - 1]) {
      const other = lines[at];
      if (other === undefined || Math.abs(at - center) > 3 || size + other.text.length + 1 > maxGrown) continue;
      // A heading begins another section, which is another matter; the stretch's own heading may open it.
      if (heading.test(at > to ? other.text : lines[from]!.text)) continue;
      size += other.text.length + 1;
      if (at > to) to = at;
      else from = at;
      grew = true;
    }
  }
  return lines.slice(from, to + 1);
}
