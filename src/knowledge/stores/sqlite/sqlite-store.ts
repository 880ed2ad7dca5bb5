import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { listFiles, openSource, type SourceRoot } from "../../load/files.ts";
import { readDocument } from "../../load/read-document.ts";
import type { KnowledgeSource, KnowledgeStore } from "../../store.ts";
import { createAnalyzer } from "../../text/analyzer.ts";
import { documentUri } from "../../uri.ts";
import { openDatabase } from "./database.ts";
import { createReader } from "./reading.ts";
import { createIndexWriter, type IndexWriter } from "./writer.ts";

export interface SqliteStoreOptions {
  readonly sources: readonly KnowledgeSource[];
  /** Folder for the index, made where absent; the index file is readable by its user only. */
  readonly cacheDir: string;
  /** The clock that decides what is in force. Default: the system's. */
  readonly now?: () => Date;
}

/** A store on one machine: an FTS5 index in the cache folder, brought up to date from the files. Throws `config` for sources that cannot be opened. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<KnowledgeStore> {
  const roots = uniqueNames(options.sources.map(openSource));
  const database = openDatabase(options.cacheDir, keyOf(roots));
  const analyzer = createAnalyzer();
  const writer = createIndexWriter(database, analyzer);
  const listeners = new Set<() => void>();
  const refresh = async (): Promise<void> => {
    if (update(database, writer, roots)) for (const listener of listeners) listener();
  };
  await refresh();
  return {
    ...createReader(database, { analyzer, now: options.now ?? (() => new Date()) }),
    refresh,
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

function uniqueNames(roots: readonly SourceRoot[]): SourceRoot[] {
  const taken = new Map<string, number>();
  return roots.map((root) => {
    const seen = taken.get(root.name) ?? 0;
    taken.set(root.name, seen + 1);
    return seen === 0 ? root : { ...root, name: `${root.name}-${seen + 1}` };
  });
}

const keyOf = (roots: readonly SourceRoot[]): string =>
  createHash("sha256").update(JSON.stringify(roots)).digest("hex").slice(0, 16);

/** Brings the index up to date in one transaction; true where something changed. */
function update(database: DatabaseSync, writer: IndexWriter, roots: readonly SourceRoot[]): boolean {
  const outdated = compare(database, roots);
  if (outdated.changed.length === 0 && outdated.gone.length === 0) return false;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have done the work while this one waited for its turn to write.
    const { changed, gone } = compare(database, roots);
    for (const id of gone) writer.remove(id);
    for (const { root, file } of changed) {
      writer.put({ source: root.name, path: file.path, size: file.size, mtimeMs: file.mtimeMs, ...readDocument(root, file) });
    }
    writer.finish();
    database.exec("COMMIT");
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
  return true;
}

/** Files that are new or other than the index knows them, and documents whose files are gone. */
function compare(database: DatabaseSync, roots: readonly SourceRoot[]) {
  const known = new Map(
    database
      .prepare("SELECT uri, id, size, mtime FROM documents")
      .all()
      .map((row) => [String(row.uri), row]),
  );
  const found = roots.flatMap((root) => listFiles(root).files.map((file) => ({ root, file })));
  const changed = found.filter(({ root, file }) => {
    const uri = documentUri(root.name, file.path);
    const row = known.get(uri);
    known.delete(uri);
    return row === undefined || row.size !== file.size || row.mtime !== file.mtimeMs;
  });
  return { changed, gone: [...known.values()].map((row) => Number(row.id)) };
}
