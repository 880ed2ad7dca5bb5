import { estimateTokens } from "../../core/estimate-tokens.ts";
import { liftRareTerms } from "./rare.ts";
import type { Candidate, Scored } from "./score.ts";

export interface SelectOptions<Shown extends { readonly text: string }> {
  readonly limit: number;
  /** Tokens of text at most, over all results, as `estimateTokens` counts them. */
  readonly maxTokens?: number | undefined;
  /** Of a page in several languages only the version in this one is shown; where it is unknown or absent, the best match. */
  readonly lang?: string | undefined;
  /** Terms of the question so rare that each must show among the first results. */
  readonly rare?: readonly number[] | undefined;
  /** Makes the result that a passage is shown as; `covers` names the other passages it shows along. */
  readonly show: (scored: Scored) => { readonly shown: Shown; readonly covers: readonly number[] };
}

/** Each further passage of a document counts this much less, so that one page does not fill the answer. */
const furtherPassage = 0.95;
/** Passages of two documents are the same text when this share of word pairs agrees. */
const sameText = 0.85;
/** Shorter passages ("See below.") may well repeat. */
const minPairs = 6;

/**
 * The passages to show, best first, what is in force before what is not: spread over documents, each text and each page in one
 * language once, nothing that an earlier result shows already.
 */
export function selectPassages<Shown extends { readonly text: string }>(
  scored: readonly Scored[],
  { limit, maxTokens = Number.POSITIVE_INFINITY, show, lang, rare = [] }: SelectOptions<Shown>,
): Shown[] {
  const shown: { readonly result: Shown; readonly inForce: boolean }[] = [];
  const covered = new Set<number>();
  let room = maxTokens;
  const kept: { readonly document: number; readonly pairs: ReadonlySet<number> }[] = [];
  for (const entry of liftRareTerms(spread(oneLanguage(scored, lang)), rare, limit)) {
    if (shown.length >= limit) break;
    if (covered.has(entry.candidate.id)) continue;
    const pairs = wordPairs(entry.candidate);
    if (kept.some((other) => other.document !== entry.candidate.document && agree(pairs, other.pairs))) continue;
    kept.push({ document: entry.candidate.document, pairs });
    const result = show(entry);
    // A shorter passage further down may still fit.
    const tokens = estimateTokens(result.shown.text);
    if (tokens > room) continue;
    room -= tokens;
    for (const id of result.covers) covered.add(id);
    shown.push({ result: result.shown, inForce: entry.candidate.inForce });
  }
  return [...shown.filter((entry) => entry.inForce), ...shown.filter((entry) => !entry.inForce)].map((entry) => entry.result);
}

function oneLanguage(scored: readonly Scored[], lang: string | undefined): readonly Scored[] {
  const chosen = new Map<string, string>();
  for (const { candidate } of scored) {
    if (!chosen.has(candidate.variant) || candidate.lang === lang) chosen.set(candidate.variant, candidate.lang);
  }
  return scored.filter(({ candidate }) => chosen.get(candidate.variant) === candidate.lang);
}

function spread(scored: readonly Scored[]): Scored[] {
  const seen = new Map<number, number>();
  return scored
    .map((entry) => {
      const before = seen.get(entry.candidate.document) ?? 0;
      seen.set(entry.candidate.document, before + 1);
      return { ...entry, score: entry.score * furtherPassage ** Math.min(before, 5) };
    })
    .sort((a, b) => b.score - a.score || a.candidate.id - b.candidate.id);
}

/** Neighbouring terms as one number each; term numbers stay below 2^26. */
const wordPairs = ({ body }: Candidate): ReadonlySet<number> =>
  new Set(Array.from(body, (term, i) => term * 2 ** 26 + (body[i + 1] ?? 0)));

function agree(pairs: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  if (pairs.size < minPairs) return false;
  let common = 0;
  for (const pair of pairs) if (others.has(pair)) common++;
  return common / pairs.size > sameText;
}
