import type { ReadQuery } from "./query.ts";
import type { Candidate, Figures, Scored } from "./score.ts";

/** A word of the question in at most this many passages is likely what the question is about: a name, a product, a room. */
const fewPassages = 5;
const rareWords = 2;
/** The first places belong to the passages that fit best as a whole; the best passages with the rarest words follow at this place. */
const place = 4;
/** Fewer results than this leave no place to give away. */
const minLimit = 3;

/** The numbers of the rarest terms of a question, the rarest first; none where all its words are common. */
export function rareTerms({ concepts }: ReadQuery, { term }: Figures): number[] {
  return concepts
    .flatMap(({ own }) => own.map(term))
    .filter(({ chunks }) => chunks > 0 && chunks <= fewPassages)
    .sort((a, b) => a.chunks - b.chunks || a.id - b.id)
    .slice(0, rareWords)
    .map(({ id }) => id);
}

/**
 * Sees to it that each rare term is among the first results: everyday words that happen to be uncommon in a small base ("how many people
 * fit in ...") would drown the one that names the thing. Source: docs/decisions/0004-retrieval.md.
 */
export function liftRareTerms(scored: readonly Scored[], terms: readonly number[], limit: number): Scored[] {
  const lifted = [...scored];
  const to = Math.min(place, limit) - 1;
  if (limit < minLimit) return lifted;
  // The rarest is lifted last, above the other.
  for (const term of [...terms].reverse()) {
    const at = lifted.findIndex(({ candidate }) => holds(candidate, term));
    if (at <= to) continue;
    const [found] = lifted.splice(at, 1);
    lifted.splice(to, 0, { ...found!, score: lifted[to]!.score });
  }
  return lifted;
}

const holds = ({ title, heading, body, keywords }: Candidate, term: number): boolean =>
  [body, heading, title, keywords].some((terms) => terms.includes(term));
