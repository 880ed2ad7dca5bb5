import { chunkDocument } from "../../chunk/chunk.ts";
import type { LoadedDocument } from "../../load/document.ts";
import { createAnalyzer } from "../../text/analyzer.ts";
import { openMemoryDatabase } from "./database.ts";
import { createReader, type KnowledgeReader } from "./reading.ts";
import { createIndexWriter } from "./writer.ts";

/** Documents that are in memory already, searchable as a store is; nothing is written to disk. */
export function openMemoryStore(
  documents: Iterable<{ readonly path: string; readonly document: LoadedDocument }>,
): KnowledgeReader & Disposable {
  const database = openMemoryDatabase();
  const analyzer = createAnalyzer();
  const writer = createIndexWriter(database, analyzer);
  database.exec("BEGIN");
  for (const { path, document } of documents)
    writer.put({
      source: "memory",
      path,
      size: 0,
      mtimeMs: 0,
      ctimeMs: 0,
      hash: "",
      problem: null,
      document,
      chunks: chunkDocument(document),
    });
  writer.finish();
  database.exec("COMMIT");
  return { ...createReader(database, { analyzer, now: () => new Date() }), [Symbol.dispose]: () => database.close() };
}
