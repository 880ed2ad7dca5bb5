import type { DatabaseSync } from "node:sqlite";
import { compoundLanguages, minPart } from "../../text/compounds.ts";

/** Terms of a chunk, by field. */
export interface ChunkTerms {
  readonly heading: readonly string[];
  readonly body: readonly string[];
  readonly name: readonly string[];
  /** Words as written, for the speller. */
  readonly words: readonly string[];
}

export interface DocumentTerms {
  readonly label: number;
  readonly lang: string;
  readonly title: readonly string[];
  readonly keywords: readonly string[];
  readonly chunks: readonly ChunkTerms[];
}

/** Gathers how often terms occur while documents come and go, and writes the differences at once. */
export interface Tally {
  /** `sign` is 1 for a document that came, -1 for one that went. */
  count(document: DocumentTerms, sign: 1 | -1): void;
  /** Writes what was gathered; belongs into the transaction of the change. */
  flush(): void;
}

type TermRow = [chunks: number, names: number, documents: number, occurrences: number];

export function createTally(database: DatabaseSync): Tally {
  const terms = new Map<string, TermRow>();
  const words = new Map<string, number>();
  const totals = new Map<string, number[]>();
  const longTerms = new Set<string>();

  const addTerm = (key: string, column: number, by: number): void => {
    const row = terms.get(key) ?? [0, 0, 0, 0];
    row[column]! += by;
    terms.set(key, row);
  };

  return {
    count({ label, lang, title, keywords, chunks }, sign) {
      const key = (term: string): string => `${label} ${term}`;
      const everywhere = new Set([...title, ...keywords]);
      const sums = [1, chunks.length, title.length * chunks.length, 0, 0, keywords.length * chunks.length, 0];
      const shared = new Set(everywhere);
      for (const chunk of chunks) {
        const inChunk = new Set([...shared, ...chunk.heading, ...chunk.body]);
        for (const term of inChunk) {
          addTerm(key(term), 0, sign);
          everywhere.add(term);
        }
        for (const term of new Set(chunk.name)) addTerm(key(term), 1, sign);
        for (const term of chunk.body) addTerm(key(term), 3, sign);
        for (const word of new Set(chunk.words)) words.set(key(word), (words.get(key(word)) ?? 0) + sign);
        sums[3]! += chunk.heading.length;
        sums[4]! += chunk.body.length;
        sums[6]! += chunk.name.length;
      }
      for (const term of [...title, ...keywords]) addTerm(key(term), 3, sign);
      for (const term of everywhere) {
        addTerm(key(term), 2, sign);
        if (sign === 1 && compoundLanguages.has(lang) && term.length >= 2 * minPart - 1) longTerms.add(term);
      }
      const total = totals.get(key(lang)) ?? [0, 0, 0, 0, 0, 0, 0];
      totals.set(
        key(lang),
        total.map((value, i) => value + sign * sums[i]!),
      );
    },

    flush() {
      const addTerms = database.prepare(
        "INSERT INTO terms(term, label, chunks, names, documents, occurrences) VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET chunks = chunks + excluded.chunks, names = names + excluded.names, documents = documents + excluded.documents, occurrences = occurrences + excluded.occurrences",
      );
      for (const [key, row] of sorted(terms)) addTerms.run(nameIn(key), labelIn(key), ...row);
      const addWords = database.prepare(
        "INSERT INTO words(word, label, chunks) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET chunks = chunks + excluded.chunks",
      );
      for (const [key, count] of sorted(words)) addWords.run(nameIn(key), labelIn(key), count);
      const addTotals = database.prepare(
        "INSERT INTO totals(label, lang, documents, chunks, title, heading, body, keywords, name) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET documents = documents + excluded.documents, chunks = chunks + excluded.chunks, title = title + excluded.title, heading = heading + excluded.heading, body = body + excluded.body, keywords = keywords + excluded.keywords, name = name + excluded.name",
      );
      addLongTerms(database, longTerms);
      longTerms.clear();
      for (const [key, row] of totals) addTotals.run(labelIn(key), nameIn(key), ...row);
      terms.clear();
      words.clear();
      totals.clear();
    },
  };
}

function addLongTerms(database: DatabaseSync, terms: ReadonlySet<string>): void {
  const add = database.prepare("INSERT INTO long_terms(term) VALUES(?) ON CONFLICT DO NOTHING");
  const index = database.prepare("INSERT INTO compounds(rowid, term) VALUES(?, ?)");
  for (const term of terms) {
    const { changes, lastInsertRowid } = add.run(term);
    if (changes > 0) index.run(lastInsertRowid, term);
  }
}

/** Rows in key order are written several times faster. */
const sorted = <Value>(map: ReadonlyMap<string, Value>): [string, Value][] =>
  [...map].sort(([a], [b]) => (nameIn(a) < nameIn(b) ? -1 : 1));
const labelIn = (key: string): number => Number(key.slice(0, key.indexOf(" ")));
const nameIn = (key: string): string => key.slice(key.indexOf(" ") + 1);
