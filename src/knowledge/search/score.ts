import type { Concept, ReadQuery } from "./query.ts";

/** A passage that shares terms with the question; its fields are the numbers of their terms in their order. */
export interface Candidate {
  readonly id: number;
  readonly document: number;
  readonly title: readonly number[];
  readonly heading: readonly number[];
  readonly body: readonly number[];
  readonly keywords: readonly number[];
  readonly name: readonly number[];
  /** Multiplies the score: below 1 for passages that mostly point elsewhere and documents not in force. */
  readonly weight: number;
  readonly lang: string;
  /** The same for all language versions of a page. */
  readonly variant: string;
  /** False for documents that are expired, superseded, not yet in force or call themselves outdated. */
  readonly inForce: boolean;
}

/** How often a term occurs in what the reader may see. */
export interface TermFigures {
  /** Number of the term; -1 for one that the base does not hold. */
  readonly id: number;
  /** Passages with the term in any field. */
  readonly chunks: number;
  /** Passages with the term in their name. */
  readonly names: number;
  readonly documents: number;
  readonly occurrences: number;
}

interface BaseFigures {
  readonly chunks: number;
  readonly documents: number;
  /** Average length in terms, by field. */
  readonly average: Readonly<Record<"title" | "heading" | "body" | "keywords" | "name", number>>;
}

export interface Figures {
  readonly base: BaseFigures;
  term(term: string): TermFigures;
}

export interface Scored {
  readonly candidate: Candidate;
  readonly score: number;
}

/** Weights of the scoring; how they were found and what was tried beside them: docs/decisions/0004-retrieval.md. */
const weights = {
  /** BM25 saturation. */
  k1: 1.2,
  /** Power of the inverse document frequency in passages: above 1, a rare word outweighs several everyday ones. */
  rarity: 1.4,
  /** Field weights and how much a field's length counts (BM25F). */
  title: { weight: 2, length: 0.5 },
  heading: { weight: 2, length: 0.5 },
  body: { weight: 1, length: 0.75 },
  keywords: { weight: 1, length: 0.5 },
  /** Share of the title-and-question-words score. */
  name: 0.4,
  nameLength: 0.75,
  /** A related term counts this much of the asked one: in the passage and in its name. */
  related: 0.65,
  relatedInName: 0.3,
  /** A phrase that the base knows under other words only. */
  phrase: 0.8,
  /** Terms that come in bursts tell more than terms spread evenly (residual IDF): floor, slope, ceiling. */
  burst: { floor: 0.8, slope: 0.2, ceiling: 1.2 },
  /** How much of the score depends on the share of the question that the passage covers. */
  coverage: 0.6,
  /** Two neighbouring words of the question within three words of each other. */
  proximity: 0.35,
  /** Share of what the whole document says about the question. */
  document: 0.5,
} as const;

interface WeighedConcept {
  readonly members: readonly (readonly [index: number, weight: number])[];
  /** What the concept is worth when fully matched. */
  readonly worth: number;
}

/** Scores passages against a question, best first. Pure; ties keep the order of ids, so that equal input gives equal output. */
export function scoreCandidates(query: ReadQuery, candidates: readonly Candidate[], figures: Figures): Scored[] {
  const index = new Map<number, number>();
  const indexOf = (term: string): number => {
    const { id } = figures.term(term);
    return index.get(id) ?? index.set(id, index.size).size - 1;
  };
  const concepts = query.concepts.map((concept) => weigh(concept, figures, indexOf));
  const pairs = adjacentPairs(query.sequence, figures, indexOf);
  const names = nameWeights(query, figures);
  const scratch = { frequency: new Float64Array(index.size), last: new Int32Array(index.size) };
  const context = { concepts, pairs, index, average: figures.base.average, ...scratch };
  const rows = candidates.map((candidate) => ({
    candidate,
    ...passageScore(candidate, context),
    name: nameScore(candidate, names, figures.base.average.name),
  }));
  const documents = documentScores(rows, concepts.length);
  const top = maxOf(rows.map((row) => row.score));
  const topName = maxOf(rows.map((row) => row.name)) || 1;
  const topDocument = maxOf([...documents.values()]) || 1;
  return rows
    .map(({ candidate, score, name }) => {
      const extra = weights.name * (name / topName) + weights.document * (documents.get(candidate.document)! / topDocument);
      return { candidate, score: (score + top * extra) * candidate.weight };
    })
    .sort((a, b) => b.score - a.score || a.candidate.id - b.candidate.id);
}

const maxOf = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);

/** Inverse document frequency, never negative. Source: BM25 as in Lucene. */
const inverseFrequency = (total: number, having: number): number => Math.log(1 + (total - having + 0.5) / (having + 0.5));

/** What a term of so many passages is worth in a passage. */
const rarity = ({ chunks: total }: BaseFigures, chunks: number): number => inverseFrequency(total, chunks) ** weights.rarity;

function weigh(concept: Concept, { base, term }: Figures, indexOf: (term: string) => number): WeighedConcept {
  const own = concept.own.map((name) => ({ name, figures: term(name) })).filter(({ figures }) => figures.chunks > 0);
  const ownIdf = maxOf(own.map(({ figures }) => rarity(base, figures.chunks)));
  const factor = concept.own.length === 0 ? weights.phrase : maxOf(concept.own.map((name) => burstiness(term(name), base)));
  const members: [number, number][] = own.map(({ name, figures }) => [indexOf(name), rarity(base, figures.chunks) * factor]);
  for (const name of concept.related) {
    const { chunks } = term(name);
    if (chunks === 0) continue;
    const idf = rarity(base, chunks);
    // A rare relative must not outweigh the word that was asked for.
    members.push([indexOf(name), (own.length > 0 ? Math.min(ownIdf, idf) : idf) * factor * weights.related]);
  }
  const worth = own.length > 0 ? ownIdf * factor : maxOf(members.map(([, weight]) => weight)) || rarity(base, 0) * factor * 0.8;
  return { members, worth };
}

/** Residual inverse document frequency (Church and Gale, 1995), as a factor. */
function burstiness({ documents, occurrences }: TermFigures, base: BaseFigures): number {
  if (documents === 0) return weights.burst.floor;
  const residual = Math.log2(base.documents / documents) + Math.log2(1 - Math.exp(-occurrences / base.documents));
  return Math.min(weights.burst.ceiling, weights.burst.floor + weights.burst.slope * residual);
}

interface Pair {
  readonly first: number;
  readonly second: number;
  readonly weight: number;
}

function adjacentPairs(sequence: readonly string[], { base, term }: Figures, indexOf: (term: string) => number): Pair[] {
  return sequence.slice(1).flatMap((second, i) => {
    const first = sequence[i]!;
    const [a, b] = [term(first).chunks, term(second).chunks];
    if (first === second || a === 0 || b === 0) return [];
    return [
      {
        first: indexOf(first),
        second: indexOf(second),
        weight: (rarity(base, a) + rarity(base, b)) / 2,
      },
    ];
  });
}

interface PassageContext {
  readonly concepts: readonly WeighedConcept[];
  readonly pairs: readonly Pair[];
  readonly index: ReadonlyMap<number, number>;
  readonly average: BaseFigures["average"];
  /** Room for what is counted of one passage, and for the last place of each term in one of its fields: made once, not for each passage. */
  readonly frequency: Float64Array;
  readonly last: Int32Array;
}

const fields = ["title", "heading", "body", "keywords"] as const;
const near = 2;

function passageScore(
  candidate: Candidate,
  { concepts, pairs, index, average, frequency, last }: PassageContext,
): { score: number; perConcept: Float64Array } {
  frequency.fill(0);
  const together = new Set<Pair>();
  for (const field of fields) {
    const terms = candidate[field];
    const { weight, length } = weights[field];
    const share = weight / (1 - length + (length * terms.length) / (average[field] || 1));
    last.fill(-1000);
    terms.forEach((term, place) => {
      const at = index.get(term);
      if (at === undefined) return;
      frequency[at]! += share;
      last[at] = place;
      for (const pair of pairs) if (pair.second === at && place - last[pair.first]! <= near) together.add(pair);
    });
  }
  const perConcept = Float64Array.from(concepts, ({ members }) =>
    members.reduce((sum, [at, weight]) => sum + (weight * frequency[at]! * (weights.k1 + 1)) / (frequency[at]! + weights.k1), 0),
  );
  let score = 0;
  let covered = 0;
  let worth = 0;
  concepts.forEach((concept, i) => {
    score += perConcept[i]!;
    covered += Math.min(concept.worth, perConcept[i]!);
    worth += concept.worth;
  });
  score *= 1 - weights.coverage + (weights.coverage * covered) / (worth || 1);
  for (const pair of together) score += weights.proximity * pair.weight;
  return { score, perConcept };
}

/** Idf of each name term, related ones reduced. */
function nameWeights(query: ReadQuery, { base, term }: Figures): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const idfOf = (name: string): number => {
    const { names } = term(name);
    return names === 0 ? 0 : inverseFrequency(base.chunks, names);
  };
  for (const name of query.nameTerms) found.set(term(name).id, idfOf(name));
  for (const { own, related } of query.concepts) {
    const ownIdf = maxOf(own.map(idfOf));
    for (const name of related) {
      if (found.has(term(name).id)) continue;
      const idf = idfOf(name);
      if (idf > 0) found.set(term(name).id, weights.relatedInName * (ownIdf > 0 ? Math.min(ownIdf, idf) : idf));
    }
  }
  return found;
}

function nameScore({ name }: Candidate, idfs: ReadonlyMap<number, number>, average: number): number {
  const norm = weights.k1 * (1 - weights.nameLength + (weights.nameLength * name.length) / (average || 1));
  const counts = new Map<number, number>();
  for (const term of name) if (idfs.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
  let score = 0;
  for (const [term, count] of counts) score += (idfs.get(term)! * count * (weights.k1 + 1)) / (count + norm);
  return score;
}

/** What all passages of a document together say about the question: of each concept, the best. */
function documentScores(
  rows: readonly { candidate: Candidate; perConcept: Float64Array }[],
  concepts: number,
): Map<number, number> {
  const best = new Map<number, Float64Array>();
  for (const { candidate, perConcept } of rows) {
    const known = best.get(candidate.document) ?? new Float64Array(concepts);
    perConcept.forEach((value, i) => {
      known[i] = Math.max(known[i]!, value);
    });
    best.set(candidate.document, known);
  }
  return new Map([...best].map(([document, values]) => [document, values.reduce((sum, value) => sum + value, 0)]));
}
