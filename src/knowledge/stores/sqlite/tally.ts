import type { DatabaseSync } from "node:sqlite";

/** Terms of a chunk, by field, as their numbers. */
export interface ChunkTerms {
  readonly heading: readonly number[];
  readonly body: readonly number[];
  readonly name: readonly number[];
  /** Words as written, for the speller. */
  readonly words: readonly string[];
}

export interface DocumentTerms {
  readonly label: number;
  readonly lang: string;
  readonly title: readonly number[];
  readonly keywords: readonly number[];
  /** Words of title and keywords as written. */
  readonly words: readonly string[];
  readonly chunks: readonly ChunkTerms[];
}

/** Gathers how often terms occur while documents come and go, and writes the differences at once. */
export interface Tally {
  /** `sign` is 1 for a document that came, -1 for one that went. */
  count(document: DocumentTerms, sign: 1 | -1): void;
  /** Writes what was gathered; belongs into the transaction of the change. */
  flush(): void;
}

/** Counts of one term; the marks tell whether it was seen in this chunk, name or document before. */
interface TermCounts {
  chunks: number;
  names: number;
  documents: number;
  occurrences: number;
  chunkMark: number;
  nameMark: number;
  documentMark: number;
}

interface WordCounts {
  chunks: number;
  mark: number;
}

const totalColumns = ["documents", "chunks", "title", "heading", "body", "keywords", "name"] as const;
type Totals = Record<(typeof totalColumns)[number], number>;

/** `nameOf` gives the names of the tables that are written. Default: those of the index. */
export function createTally(database: DatabaseSync, nameOf: (table: string) => string = (table) => table): Tally {
  const terms = new Map<number, Map<number, TermCounts>>();
  const words = new Map<number, Map<string, WordCounts>>();
  const totals = new Map<string, Totals & { readonly label: number; readonly lang: string }>();
  let mark = 0;

  return {
    count({ label, lang, title, keywords, words: shared, chunks }, sign) {
      const counts = ofLabel(terms, label);
      const spelled = ofLabel(words, label);
      const documentMark = ++mark;
      const seen = (term: number): TermCounts => {
        const row = countsOf(counts, term);
        if (row.documentMark !== documentMark) {
          row.documentMark = documentMark;
          row.documents += sign;
        }
        return row;
      };
      for (const term of [...title, ...keywords]) seen(term).occurrences += sign;
      for (const chunk of chunks) {
        const chunkMark = ++mark;
        const inChunk = (term: number): TermCounts => {
          const row = seen(term);
          if (row.chunkMark !== chunkMark) {
            row.chunkMark = chunkMark;
            row.chunks += sign;
          }
          return row;
        };
        for (const term of title) inChunk(term);
        for (const term of keywords) inChunk(term);
        for (const term of chunk.heading) inChunk(term);
        for (const term of chunk.body) inChunk(term).occurrences += sign;
        for (const term of chunk.name) {
          const row = countsOf(counts, term);
          if (row.nameMark === chunkMark) continue;
          row.nameMark = chunkMark;
          row.names += sign;
        }
        for (const list of [shared, chunk.words]) {
          for (const word of list) {
            const row = spelled.get(word) ?? { chunks: 0, mark: 0 };
            if (row.mark === 0) spelled.set(word, row);
            if (row.mark === chunkMark) continue;
            row.mark = chunkMark;
            row.chunks += sign;
          }
        }
      }
      addTotals(totals, { label, lang, title, keywords, words: shared, chunks }, sign);
    },

    flush() {
      writeTerms({ database, nameOf }, terms);
      writeWords({ database, nameOf }, words);
      writeTotals({ database, nameOf }, totals.values());
      terms.clear();
      words.clear();
      totals.clear();
    },
  };
}

function ofLabel<Key, Counts>(byLabel: Map<number, Map<Key, Counts>>, label: number): Map<Key, Counts> {
  let counts = byLabel.get(label);
  if (counts === undefined) {
    counts = new Map();
    byLabel.set(label, counts);
  }
  return counts;
}

function countsOf(counts: Map<number, TermCounts>, term: number): TermCounts {
  let row = counts.get(term);
  if (row === undefined) {
    row = { chunks: 0, names: 0, documents: 0, occurrences: 0, chunkMark: 0, nameMark: 0, documentMark: 0 };
    counts.set(term, row);
  }
  return row;
}

function addTotals(
  totals: Map<string, Totals & { readonly label: number; readonly lang: string }>,
  { label, lang, title, keywords, chunks }: DocumentTerms,
  sign: 1 | -1,
): void {
  const key = `${label} ${lang}`;
  const row = totals.get(key) ?? { label, lang, documents: 0, chunks: 0, title: 0, heading: 0, body: 0, keywords: 0, name: 0 };
  totals.set(key, row);
  row.documents += sign;
  row.chunks += sign * chunks.length;
  row.title += sign * title.length * chunks.length;
  row.keywords += sign * keywords.length * chunks.length;
  for (const chunk of chunks) {
    row.heading += sign * chunk.heading.length;
    row.body += sign * chunk.body.length;
    row.name += sign * chunk.name.length;
  }
}

/** Rows in key order are written several times faster. */
const sorted = <Key extends string | number, Counts>(counts: ReadonlyMap<Key, Counts>): [Key, Counts][] =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1));

const adding = (columns: readonly string[]): string =>
  columns.map((column) => `${column} = ${column} + excluded.${column}`).join(", ");

interface Tables {
  readonly database: DatabaseSync;
  readonly nameOf: (table: string) => string;
}

function writeTerms({ database, nameOf }: Tables, terms: ReadonlyMap<number, ReadonlyMap<number, TermCounts>>): void {
  const add = database.prepare(
    `INSERT INTO ${nameOf("terms")}(term, label, chunks, names, documents, occurrences) VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ${adding(["chunks", "names", "documents", "occurrences"])}`,
  );
  for (const [label, counts] of terms) {
    for (const [term, row] of sorted(counts)) add.run(term, label, row.chunks, row.names, row.documents, row.occurrences);
  }
}

function writeWords({ database, nameOf }: Tables, words: ReadonlyMap<number, ReadonlyMap<string, WordCounts>>): void {
  const add = database.prepare(
    `INSERT INTO ${nameOf("words")}(word, label, chunks) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET chunks = chunks + excluded.chunks`,
  );
  for (const [label, counts] of words) for (const [word, row] of sorted(counts)) add.run(word, label, row.chunks);
}

function writeTotals(
  { database, nameOf }: Tables,
  totals: Iterable<Totals & { readonly label: number; readonly lang: string }>,
): void {
  const add = database.prepare(
    `INSERT INTO ${nameOf("totals")}(label, lang, ${totalColumns.join(", ")}) VALUES(?, ?, ${totalColumns.map(() => "?").join(", ")}) ON CONFLICT DO UPDATE SET ${adding(totalColumns)}`,
  );
  for (const row of totals) add.run(row.label, row.lang, ...totalColumns.map((column) => row[column]));
}
