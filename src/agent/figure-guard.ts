import type { AnswerFlag, Citation } from "../core/events.ts";

/** Numbers, dates, amounts, addresses: what a reader acts on, and what a model gets wrong most dangerously. */
const figures =
  /[\w.+-]+@[\w-]+\.[\w.-]+|https?:\/\/[^\s<>)\]"']+|(?<![\p{L}\p{N}])[$€£¥]?\s?\d[\d.,'’ {2}]*\d|(?<![\p{L}\p{N}])\d/gu;
const labels = /\[\d{1,3}\]/g;
/** The ordinal that opens a list item or heading is the answer's own. */
const ordinals = /^\s*(?:#{1,6}\s+)?\d{1,3}[.)]\s/gm;

/**
 * Figures of the answer that stand in none of its cited quotes. An answer without citations is not judged: its outcome says so already.
 * Numbers are compared by their digits, so `4,000`, `4.000` and `4 000` are the same.
 */
export function flagFigures(answer: string, citations: readonly Citation[]): readonly AnswerFlag[] {
  if (citations.length === 0) return [];
  const plain = answer.replace(labels, " ").replace(ordinals, " ");
  const known = citations.map((citation) => [citation.quote, citation.heading ?? "", citation.title ?? ""].join(" ")).join("\n");
  const digitsKnown = new Set([...known.matchAll(figures)].map(([figure]) => normal(figure)));
  const flagged = new Set<string>();
  for (const [figure] of plain.matchAll(figures)) {
    if (!digitsKnown.has(normal(figure)) && !known.includes(figure.trim())) flagged.add(figure.trim());
  }
  return [...flagged].map((text) => ({ kind: "figure", text }));
}

function normal(figure: string): string {
  return /[@:]/.test(figure) ? figure.toLowerCase().replace(/[.,;:)]+$/, "") : figure.replace(/[^\d]/g, "");
}
