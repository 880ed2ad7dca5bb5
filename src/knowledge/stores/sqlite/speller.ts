import type { DatabaseSync } from "node:sqlite";
import type { Analyzer } from "../../text/analyzer.ts";

/** Repairs words that the base does not hold from those it does. */
export interface Speller {
  repair(words: readonly string[]): { readonly words: readonly string[]; readonly corrections: { from: string; to: string }[] };
}

const minLength = 4;

export function createSpeller(database: DatabaseSync, analyzer: Analyzer): Speller {
  const known = database.prepare("SELECT chunks FROM words WHERE word = ? AND chunks > 0");
  const similar = database.prepare("SELECT word, chunks FROM words WHERE chunks > 0 AND length(word) BETWEEN ? AND ?");
  const repairOne = (word: string): string | undefined => {
    if (word.length < minLength || /\p{N}/u.test(word) || analyzer.isStopWord(word, { lang: "en" }) || known.get(word))
      return undefined;
    let best: { word: string; score: number } | undefined;
    for (const row of similar.all(word.length - 1, word.length + 1)) {
      const candidate = String(row.word);
      if (!withinOneEdit(word, candidate)) continue;
      const score = Math.log(1 + Number(row.chunks)) + (candidate[0] === word[0] ? 5 : 0);
      if (!best || score > best.score) best = { word: candidate, score };
    }
    return best?.word;
  };
  return {
    repair(words) {
      const corrections: { from: string; to: string }[] = [];
      const repaired = words.map((word) => {
        const to = repairOne(word);
        if (to === undefined) return word;
        corrections.push({ from: word, to });
        return to;
      });
      return { words: repaired, corrections };
    },
  };
}

/** One letter inserted, dropped, replaced, or two neighbours swapped. */
export function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return a === b;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length - 1;
  let endB = b.length - 1;
  while (endA >= start && endB >= start && a[endA] === b[endB]) {
    endA--;
    endB--;
  }
  const left = endA - start + 1;
  const right = endB - start + 1;
  if (left <= 1 && right <= 1) return true;
  return left === 2 && right === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}
