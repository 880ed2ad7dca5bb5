import type { DatabaseSync } from "node:sqlite";
import type { SearchHit, SearchOptions, SearchOutcome } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { wordsOf } from "../../text/words.ts";
import { passageUri } from "../../uri.ts";
import type { Speller } from "./speller.ts";

const candidates = 100;
const fieldWeights = { title: 3, heading: 3, body: 1 };
const nameShare = 0.5;

export interface Searcher {
  search(query: string, options: SearchOptions): SearchOutcome;
}

export function createSearcher(database: DatabaseSync, analyzer: Analyzer, speller: Speller): Searcher {
  const passages = database.prepare(
    `SELECT rowid AS id, -bm25(passages, ${fieldWeights.title}, ${fieldWeights.heading}, ${fieldWeights.body}) AS score FROM passages WHERE passages MATCH ? ORDER BY score DESC LIMIT ${candidates}`,
  );
  const names = database.prepare(
    `SELECT rowid AS id, -bm25(names) AS score FROM names WHERE names MATCH ? ORDER BY score DESC LIMIT ${candidates}`,
  );
  const total = database.prepare("SELECT count(*) AS n FROM passages WHERE passages MATCH ?");
  const chunk = database.prepare(
    "SELECT c.anchor, c.heading, c.line, c.to_line, c.text, c.weight, d.uri, d.path, d.title, d.hash, d.lang, d.source FROM chunks c JOIN documents d ON d.id = c.document WHERE c.id = ?",
  );

  const scored = (query: string): { scores: Map<number, number>; match: string; corrections: { from: string; to: string }[] } => {
    const { words, corrections } = speller.repair(wordsOf(query));
    const text = words.join(" ");
    const match = toMatch(analyzer.terms(text, { lang: "en" }));
    const scores = new Map<number, number>();
    if (match === "") return { scores, match, corrections };
    addScores(scores, passages.all(match), 1);
    addScores(scores, names.all(toMatch(analyzer.terms(text, { lang: "en", keepQuestionWords: true }))), nameShare);
    return { scores, match, corrections };
  };

  return {
    search(query, { limit = 6 }) {
      const { scores, match, corrections } = scored(query);
      const ranked = [...scores]
        .map(([id, score]) => ({ score, row: chunk.get(id)! }))
        .map(({ score, row }) => ({ score: score * Number(row.weight), row }))
        .sort((a, b) => b.score - a.score || (String(a.row.uri) < String(b.row.uri) ? -1 : 1))
        .slice(0, limit);
      return {
        hits: ranked.map(({ score, row }) => toHit(row, score)),
        total: match === "" ? 0 : Number(total.get(match)!.n),
        corrections,
      };
    },
  };
}

const toMatch = (terms: readonly string[]): string => [...new Set(terms)].map((term) => `"${term}"`).join(" OR ");

type Row = Record<string, unknown>;

/** Adds a list's scores, brought to 0..1, times its share. */
function addScores(scores: Map<number, number>, rows: readonly Row[], share: number): void {
  const values = rows.map((row) => Number(row.score));
  const top = Math.max(...values);
  const low = rows.length < candidates ? 0 : Math.min(...values);
  for (const row of rows) {
    const id = Number(row.id);
    scores.set(id, (scores.get(id) ?? 0) + (share * (Number(row.score) - low)) / (top - low || 1));
  }
}

function toHit(row: Row, score: number): SearchHit {
  const uri = passageUri(String(row.uri), String(row.anchor));
  return {
    id: uri,
    uri,
    path: String(row.path),
    title: String(row.title),
    heading: String(row.heading),
    text: String(row.text),
    score: Math.round(score * 10_000) / 10_000,
    line: Number(row.line),
    toLine: Number(row.to_line),
    hash: String(row.hash),
    lang: String(row.lang),
  };
}
