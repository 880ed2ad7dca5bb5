import type { EvidenceLine, Passage } from "./evidence.ts";
import type { Part } from "./question.ts";
import { contentStems, likeness } from "./words.ts";

/** Lines that answer a part of the question, in reading order. */
export interface Extract {
  readonly lines: readonly EvidenceLine[];
  readonly score: number;
}

interface Indexed {
  readonly line: EvidenceLine;
  readonly stems: readonly string[];
}

function best(stem: string, stems: readonly string[]): number {
  let found = 0;
  for (const other of stems) {
    const like = likeness(stem, other);
    if (like > found) found = like;
    if (found === 1) break;
  }
  return found;
}

/** How rare a question word is among the passages found: a word that stands in all of them tells little. */
function weights(part: Part, passages: readonly { readonly stems: readonly string[] }[]): Map<string, number> {
  return new Map(
    part.stems.map((stem) => {
      const holding = passages.filter((passage) => best(stem, passage.stems) > 0).length;
      return [stem, Math.log(1 + (passages.length + 1) / (holding + 0.5))];
    }),
  );
}

const fits: Readonly<Partial<Record<Part["expects"], RegExp>>> = {
  count: /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|unlimited|no limit)\b/i,
  date: /\d|\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|daily|weekly|monthly|yearly|annually|quarter\w*|day|week|month|year)s?\b/i,
  person:
    /@|\b(?:team|manager|lead|officer|department|contact|owner|director|hr|support|employees?|staff)\b|\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u,
};

/** Picks the lines that answer; none when the evidence does not carry the question's own words. */
export function extract(part: Part, passages: readonly Passage[]): Extract | undefined {
  const indexed = passages.map((passage) => {
    const title = contentStems(passage.title);
    const lines = passage.lines.map((line): Indexed => ({ line, stems: contentStems(line.text) }));
    return { passage, title, lines, stems: [...new Set([...title, ...lines.flatMap((line) => line.stems)])] };
  });
  const weight = weights(part, indexed);
  const total = [...weight.values()].reduce((sum, each) => sum + each, 0);
  if (total === 0) return undefined;
  let top: { readonly extract: Extract; readonly score: number } | undefined;
  for (const { passage, title, lines } of indexed) {
    for (const { line, stems } of lines) {
      let covered = 0;
      let own = 0;
      for (const [stem, value] of weight) {
        const inLine = best(stem, stems);
        covered += value * Math.max(inLine, best(stem, title) * 0.9);
        own += value * inLine;
      }
      const coverage = covered / total;
      const pattern = fits[part.expects];
      const suits = pattern === undefined || pattern.test(line.text);
      const score = coverage + 0.5 * (own / total) + (suits ? 0.2 : -0.2) - 0.02 * passage.rank;
      if (coverage < 0.6 || (top !== undefined && score <= top.score)) continue;
      top = { extract: { lines: withList(line), score }, score };
    }
  }
  return top?.extract;
}

const maxQuote = 560;

/** A line that opens a list takes the list along, as far as a quote may go. */
function withList(line: EvidenceLine): EvidenceLine[] {
  const out = [line];
  if (!line.text.trimEnd().endsWith(":")) return out;
  let size = line.text.length;
  for (const next of line.passage.lines.slice(line.position + 1)) {
    size += next.text.length + 1;
    if (!/^(?:[-*+•]|\d+[.)])\s/.test(next.text) || size > maxQuote) break;
    out.push(next);
  }
  return out;
}
