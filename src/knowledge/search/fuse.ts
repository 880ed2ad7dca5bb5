import type { Scored } from "./score.ts";

/** What another wording of a question counts, beside 1 for the question itself: enough to lift what both find, too little to push out what the question found. */
const otherWording = 0.25;

/** Joins what several wordings of one question found: scores are brought to 0..1 for each wording, weighed and added. */
export function fuse(question: readonly Scored[], others: readonly (readonly Scored[])[]): Scored[] {
  const filled = others.filter((list) => list.length > 0);
  if (filled.length === 0) return [...question];
  const joined = new Map<number, Scored>();
  const add = (list: readonly Scored[], share: number): void => {
    const top = list[0]?.score || 1;
    for (const { candidate, score } of list) {
      const known = joined.get(candidate.id)?.score ?? 0;
      joined.set(candidate.id, { candidate, score: known + (share * score) / top });
    }
  };
  add(question, 1);
  for (const list of filled) add(list, otherWording / Math.sqrt(filled.length));
  return [...joined.values()].sort((a, b) => b.score - a.score || a.candidate.id - b.candidate.id);
}
