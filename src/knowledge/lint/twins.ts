import { wordsOf } from "../text/words.ts";

interface Twin {
  readonly a: string;
  readonly b: string;
  /** Share of the smaller one's word triples that the other holds too. */
  readonly share: number;
}

const sameShare = 0.8;
/** Short pages are alike by chance. */
const minTriples = 30;
/** Triples of more pages than this are boilerplate. */
const maxHolders = 20;

/** Pairs of pages that are nearly the same, each named once, the later one first. */
export function findTwins(pages: readonly { readonly path: string; readonly text: string }[]): Twin[] {
  const triples = pages.map(({ text }) => triplesOf(text));
  const holders = new Map<string, number[]>();
  triples.forEach((set, page) => {
    for (const triple of set) holders.set(triple, [...(holders.get(triple) ?? []).slice(0, maxHolders), page]);
  });
  const shared = new Map<number, Map<number, number>>();
  for (const list of holders.values()) {
    if (list.length < 2 || list.length > maxHolders) continue;
    list.forEach((b, i) => {
      for (const a of list.slice(0, i)) {
        const counts = shared.get(b) ?? new Map<number, number>();
        counts.set(a, (counts.get(a) ?? 0) + 1);
        shared.set(b, counts);
      }
    });
  }
  const twins: Twin[] = [];
  for (const [b, counts] of shared) {
    for (const [a, count] of counts) {
      const smaller = Math.min(triples[a]!.size, triples[b]!.size);
      if (smaller >= minTriples && count / smaller >= sameShare)
        twins.push({ a: pages[b]!.path, b: pages[a]!.path, share: count / smaller });
    }
  }
  return twins;
}

function triplesOf(text: string): ReadonlySet<string> {
  const words = wordsOf(text);
  return new Set(words.slice(2).map((word, i) => `${words[i]} ${words[i + 1]} ${word}`));
}
