import { type EvidenceLine, isColumnRow } from "./evidence.ts";
import { type Candidate, isGeneral } from "./features.ts";
import { isListItem, isRow } from "./forms.ts";
import type { Part } from "./question.ts";
import { isHead } from "./sections.ts";

/** How long what is said may become with the list or table it belongs to, in characters; and with neighbours, a quote that is to be read. */
const maxSaid = 560;
const maxGrown = 420;
/** Words, its sign among them, from which on a heading is a sentence. */
const minSentence = 8;
/** Lines of the section that a quote takes in on either side. */
const maxNeighbours = 3;
/** What an overview takes from the opening of a section, in characters. */
const maxLead = 280;
const step = /^\s*\d+[.)]\s/;
const opensList = /:[*_]*$/;

const sizeOf = (lines: readonly EvidenceLine[]): number => lines.reduce((sum, line) => sum + line.text.length + 1, 0);

/** True where what is said is a run of numbered steps. */
export const isSteps = (said: readonly EvidenceLine[]): boolean => said.filter((line) => step.test(line.text)).length > 1;

/** Lines from `from` on for which `wanted` holds, as far as they fit. */
function run(
  lines: readonly EvidenceLine[],
  from: number,
  room: number,
  wanted: (line: EvidenceLine) => boolean,
): EvidenceLine[] {
  const out: EvidenceLine[] = [];
  let size = 0;
  for (let at = from; at < lines.length && wanted(lines[at]!); at++) {
    size += lines[at]!.text.length + 1;
    if (size > room) break;
    out.push(lines[at]!);
  }
  return out;
}

/** The numbered steps of the line's section, from the first on. */
function steps(line: EvidenceLine): EvidenceLine[] {
  const { lines } = line.passage;
  let at = line.position;
  while (at < lines.length && !step.test(lines[at]!.text)) {
    at++;
    if (lines[at] === undefined || isHead(lines[at]!)) return [];
  }
  while (at > 0 && step.test(lines[at - 1]!.text)) at--;
  const found = run(lines, at, maxSaid, (each) => step.test(each.text));
  return found.length > 1 ? found : [];
}

/** Adds the list or table that the last line opens. */
function withList(said: EvidenceLine[]): EvidenceLine[] {
  const last = said.at(-1);
  if (last === undefined || !opensList.test(last.text.trim())) return said;
  const { lines } = last.passage;
  const from = last.position + 1;
  const isPart = lines[from] !== undefined && isRow(lines[from]) ? isRow : isListItem;
  return [...said, ...run(lines, from, maxSaid - sizeOf(said), isPart)];
}

/** What stands under a heading: its list or table whole, else its first sentences. */
function under(line: EvidenceLine): EvidenceLine[] {
  const { lines } = line.passage;
  const below = lines.findIndex((each, index) => index > line.position && !isHead(each) && !each.text.trim().endsWith("?"));
  const first = lines[below];
  if (first === undefined) return [line];
  const isPart = isRow(first) ? isRow : isListItem(first) ? isListItem : undefined;
  if (isPart !== undefined) return run(lines, below, maxSaid, isPart);
  return withList(run(lines, below, maxLead, (each) => !isHead(each)).slice(0, 2));
}

function lead(line: EvidenceLine): EvidenceLine[] {
  const { lines } = line.passage;
  const first = lines.findIndex((each) => !isHead(each));
  return first < 0 ? [] : withList(run(lines, first, maxLead, (each) => !isHead(each) && !isRow(each)));
}

function stretch({ line, features }: Candidate, part: Part): EvidenceLine[] {
  const { lines } = line.passage;
  if (part.expects === "steps") {
    const found = steps(line);
    if (found.length > 0) return found;
  }
  if (isColumnRow(line)) return run(lines, line.position, maxSaid, isRow);
  if (isGeneral(part) && features.heading >= 0.6 && !isListItem(line) && !isRow(line)) {
    const opening = lead(line);
    if (opening.length > 0) return opening;
  }
  if (isHead(line) || line.text.trim().endsWith("?")) return under(line);
  const isStub = line.text.length < 25 && line.columns === undefined && !opensList.test(line.text.trim());
  const more = isStub ? lines[line.position + 1] : undefined;
  return withList(more === undefined || isHead(more) ? [line] : [line, more]);
}

/** The chosen line with what it needs to be understood: what stands under a heading, the list it opens, the steps or table it belongs to. */
export function saying(candidate: Candidate, part: Part): EvidenceLine[] {
  const said = stretch(candidate, part);
  return said.length === 0 ? [candidate.line] : said;
}

/** A heading of a few words is no part of a quote; one that is a sentence may be. */
const isBoundary = (line: EvidenceLine): boolean =>
  isHead(line) && (line.text.trim().endsWith("?") || line.text.split(" ").length < minSentence);

/** What is said with its neighbours in the section, as far as a readable quote goes. */
export function quoting(said: readonly EvidenceLine[]): EvidenceLine[] {
  const [opening] = said;
  const { lines } = opening!.passage;
  let from = opening!.position;
  let to = said.at(-1)!.position;
  // A row is read under the names of its columns.
  const columns = opening!.columns?.position;
  if (columns !== undefined && sizeOf(lines.slice(columns, to + 1)) <= maxSaid) from = columns;
  const [first, last] = [from, to];
  let size = sizeOf(lines.slice(from, to + 1));
  for (let grew = true; grew; ) {
    grew = false;
    for (const at of [to + 1, from - 1]) {
      const other = lines[at];
      if (other === undefined || at > last + maxNeighbours || at < first - maxNeighbours || isBoundary(other)) continue;
      if (size + other.text.length + 1 > maxGrown) continue;
      size += other.text.length + 1;
      if (at > to) to = at;
      else from = at;
      grew = true;
    }
  }
  return lines.slice(from, to + 1);
}
