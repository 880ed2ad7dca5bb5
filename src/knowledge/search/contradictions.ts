import type { Analyzer } from "../text/analyzer.ts";
import { wordsOf } from "../text/words.ts";

/** A passage as far as contradictions are concerned. */
export interface Statement {
  readonly uri: string;
  readonly path: string;
  readonly text: string;
  readonly lang: string;
  readonly inForce: boolean;
}

interface Claim {
  readonly terms: ReadonlySet<string>;
  /** Values by what they count: "day" -> 30, "$" -> 500. */
  readonly figures: ReadonlyMap<string, ReadonlySet<string>>;
  readonly negated: boolean;
}

/** Two claims are about the same thing when they share this much of their terms. */
const sameSubject = 0.6;
const minShared = 3;
const maxClaims = 40;

/**
 * Pairs of passages in force, from different documents, that say something different about the same thing: another number of the same
 * unit, or once with and once without a negation. Careful rather than complete: what it marks should be worth a second look.
 * Returns, for each passage, the paths that contradict it.
 */
export function findContradictions(
  statements: readonly Statement[],
  analyzer: Analyzer,
): ReadonlyMap<Statement, readonly string[]> {
  const claims = new Map(statements.map((statement) => [statement, claimsOf(statement, analyzer)]));
  const found = new Map<Statement, string[]>();
  for (const [i, a] of statements.entries()) {
    for (const b of statements.slice(i + 1)) {
      if (!a.inForce || !b.inForce || documentOf(a) === documentOf(b)) continue;
      if (!claims.get(a)!.some((one) => claims.get(b)!.some((other) => contradict(one, other)))) continue;
      found.set(a, [...(found.get(a) ?? []), b.path]);
      found.set(b, [...(found.get(b) ?? []), a.path]);
    }
  }
  return found;
}

const documentOf = ({ uri }: Statement): string => uri.replace(/#.*$/, "");

function claimsOf({ text, lang }: Statement, analyzer: Analyzer): Claim[] {
  return text
    .split(/\n+|(?<=[.!?。])\s+/)
    .filter((sentence) => !/^\s*#/.test(sentence))
    .slice(0, maxClaims)
    .map((sentence) => toClaim(sentence.replace(/\]\([^)]*\)/g, "]"), lang, analyzer))
    .filter((claim) => claim.terms.size >= minShared);
}

const negation =
  /\b(?:not|no|never|cannot|can't|won't|don't|isn't|aren't|without|prohibited|forbidden|banned|nicht|kein\w*|nie|ne|pas|jamais|ikke|aldri|ingen)\b/i;

function toClaim(sentence: string, lang: string, analyzer: Analyzer): Claim {
  const figures = new Map<string, Set<string>>();
  const add = (unit: string, value: string): void => {
    figures.set(unit, (figures.get(unit) ?? new Set()).add(value.replace(/,(?=\d{3})/g, "")));
  };
  for (const match of sentence.matchAll(/([$€£])\s?(\d[\d.,]*\d|\d)/g)) add(match[1]!, match[2]!);
  for (const match of sentence.matchAll(/(?<![$€£\d.,])(\d[\d.,]*\d|\d)\s?(%|\p{L}{2,})/gu))
    add(analyzer.stem(match[2]!.toLowerCase(), lang), match[1]!);
  const terms = wordsOf(sentence)
    .filter((word) => !/^\p{N}/u.test(word) && !analyzer.isStopWord(word, { lang }))
    .map((word) => analyzer.stem(word, lang));
  return { terms: new Set(terms), figures, negated: negation.test(sentence) };
}

function contradict(a: Claim, b: Claim): boolean {
  let shared = 0;
  for (const term of a.terms) if (b.terms.has(term)) shared++;
  const alike = shared / (a.terms.size + b.terms.size - shared);
  if (shared < minShared || alike < sameSubject) return false;
  if (a.negated !== b.negated) return true;
  return [...a.figures].some(([unit, values]) => {
    const others = b.figures.get(unit);
    return others !== undefined && [...values].every((value) => !others.has(value));
  });
}
