import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LecternError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { type LoadedDocument, noMeta } from "../load/document.ts";
import { type ReadLinesOptions, readJsonLines } from "./json-lines.ts";

/** Search quality on a judged collection: means over its queries. */
export interface CollectionReport {
  readonly queries: number;
  readonly ndcg10: number;
  readonly recall10: number;
  readonly mrr10: number;
}

const depth = 10;

/**
 * Measures the search on a judged collection: `docs.jsonl` ({id, title, text}), `queries.jsonl` ({id, text}) and `qrels.tsv`
 * (query, document, grade) in one folder. Lines that are no JSON objects are left out and told. Throws `usage` for a folder without them.
 */
export async function evaluateCollection(folder: string, options: ReadLinesOptions = {}): Promise<CollectionReport> {
  const judged = readJudgements(folder);
  const queries = readLines(folder, "queries.jsonl", options).filter((query) => judged.has(String(query.id)));
  if (queries.length === 0)
    throw new LecternError("usage", `${folder} has no judged queries`, { fix: "qrels.tsv must name ids of queries.jsonl." });
  const { openMemoryStore } = await import("../stores/sqlite/memory-store.ts");
  using store = openMemoryStore(
    readLines(folder, "docs.jsonl", options).map((doc) => ({ path: String(doc.id), document: toDocument(doc) })),
  );
  const sums = { ndcg10: 0, recall10: 0, mrr10: 0 };
  for (const query of queries) {
    const { hits } = await store.search(String(query.text), { limit: depth });
    const grades = judged.get(String(query.id))!;
    const got = [...new Set(hits.map((hit) => hit.path))].map((path) => grades.get(path) ?? 0);
    const ideal = [...grades.values()].sort((a, b) => b - a).slice(0, depth);
    const relevant = ideal.filter((grade) => grade > 0).length;
    const first = got.findIndex((grade) => grade > 0);
    sums.ndcg10 += gain(got) / (gain(ideal) || 1);
    sums.recall10 += got.filter((grade) => grade > 0).length / (relevant || 1);
    sums.mrr10 += first < 0 ? 0 : 1 / (first + 1);
  }
  const mean = (sum: number): number => Math.round((sum / queries.length) * 1000) / 1000;
  return { queries: queries.length, ndcg10: mean(sums.ndcg10), recall10: mean(sums.recall10), mrr10: mean(sums.mrr10) };
}

const gain = (grades: readonly number[]): number =>
  grades.reduce((sum, grade, i) => sum + (2 ** grade - 1) / Math.log2(i + 2), 0);

function toDocument(doc: JsonObject): LoadedDocument {
  const lines = String(doc.text ?? "").split("\n");
  const title = String(doc.title ?? "");
  return { title, meta: noMeta, lines, sections: [{ trail: [], anchor: "", from: 0, to: lines.length, body: 0, kind: "prose" }] };
}

function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch (cause) {
    throw new LecternError("usage", `${join(folder, name)} cannot be read`, {
      cause,
      fix: "A collection has docs.jsonl, queries.jsonl and qrels.tsv.",
    });
  }
}

const readLines = (folder: string, name: string, options: ReadLinesOptions): JsonObject[] =>
  readJsonLines({ file: join(folder, name), text: readText(folder, name) }, (line) => line, options);

function readJudgements(folder: string): Map<string, Map<string, number>> {
  const judged = new Map<string, Map<string, number>>();
  for (const line of readText(folder, "qrels.tsv").split("\n")) {
    const parts = line.split("\t");
    const grade = Number(parts.at(-1));
    if (parts.length < 3 || !Number.isFinite(grade)) continue;
    const query = judged.get(parts[0]!) ?? new Map<string, number>();
    query.set(parts.at(-2)!, grade);
    judged.set(parts[0]!, query);
  }
  return judged;
}
