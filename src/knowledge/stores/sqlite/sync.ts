import type { DatabaseSync } from "node:sqlite";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { type FoundFile, listFiles, type SourceRoot } from "../../load/files.ts";
import type { KnowledgeProblem, RefreshProgress } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { documentUri } from "../../uri.ts";
import { isFilled, markFilled, openForWriting, unwritable } from "./database.ts";

export interface SyncParts {
  /** The connection that reads. */
  readonly database: DatabaseSync;
  /** File of the index; null for one in memory, which is written through the reading connection. */
  readonly path: string | null;
  readonly roots: readonly SourceRoot[];
  readonly analyzer: Analyzer;
  readonly onProgress?: ((progress: RefreshProgress) => void) | undefined;
  /** Ends the work early; what was begun is rolled back. */
  readonly signal: AbortSignal;
}

export interface SyncResult {
  /** What the directories themselves had to say: unreadable folders, links that lead out. */
  readonly problems: readonly KnowledgeProblem[];
  /** How long it took to look at all files, in milliseconds. */
  readonly scanMs: number;
}

/** Longest stretch of work without letting requests through, in milliseconds. */
const turnMs = 12;
const busyRetryMs = 60;

/**
 * Brings the index up to date with the files in one transaction of its own connection: readers see the old state until the new one is
 * whole, and a process that dies in between leaves the old state. Files whose bytes are the same are not read into the index again.
 */
export async function synchronise(parts: SyncParts): Promise<SyncResult> {
  const started = performance.now();
  const { files, problems } = await scan(parts.roots);
  const scanMs = performance.now() - started;
  const { changed, gone } = compare(parts.database, files);
  if (changed.length > 0 || gone.length > 0 || !isFilled(parts.database)) await write(parts, files);
  return { problems, scanMs };
}

interface SourceFile {
  readonly root: SourceRoot;
  readonly file: FoundFile;
}

async function scan(roots: readonly SourceRoot[]): Promise<{ files: SourceFile[]; problems: KnowledgeProblem[] }> {
  const files: SourceFile[] = [];
  const problems: KnowledgeProblem[] = [];
  for (const root of roots) {
    const listing = await listFiles(root);
    for (const file of listing.files) files.push({ root, file });
    for (const problem of listing.problems) problems.push({ source: root.name, ...problem });
  }
  return { files, problems };
}

interface Changed extends SourceFile {
  /** What the index holds of it; absent for a new file. */
  readonly known?: { readonly id: number; readonly hash: string };
}

/** Files that are new or other than the index knows them, and documents whose files are gone. */
function compare(database: DatabaseSync, files: readonly SourceFile[]): { changed: Changed[]; gone: number[] } {
  const stamps = database.prepare("SELECT uri, id, size, mtime, ctime, hash FROM documents").all();
  const known = new Map(stamps.map((row) => [String(row.uri), row]));
  const changed = files.flatMap(({ root, file }): Changed[] => {
    const uri = documentUri(root.name, file.path);
    const row = known.get(uri);
    known.delete(uri);
    if (row === undefined) return [{ root, file }];
    const same = row.size === file.size && row.mtime === file.mtimeMs && row.ctime === file.ctimeMs;
    return same ? [] : [{ root, file, known: { id: Number(row.id), hash: String(row.hash) } }];
  });
  return { changed, gone: [...known.values()].map((row) => Number(row.id)) };
}

async function write(parts: SyncParts, files: readonly SourceFile[]): Promise<void> {
  const connection = parts.path === null ? parts.database : openForWriting(parts.path);
  try {
    await begin(connection, parts.signal);
    try {
      await fill(connection, parts, files);
      connection.exec("COMMIT");
    } catch (thrown) {
      // A full disk has ended the transaction already.
      if (connection.isTransaction) connection.exec("ROLLBACK");
      throw thrown;
    }
  } catch (thrown) {
    throw parts.path === null ? thrown : unwritable(parts.path, thrown);
  } finally {
    if (parts.path !== null) connection.close();
  }
}

async function fill(
  connection: DatabaseSync,
  { analyzer, onProgress, signal }: SyncParts,
  files: readonly SourceFile[],
): Promise<void> {
  const { createIndexWriter } = await import("./writer.ts");
  const { readDocument } = await import("../../load/read-document.ts");
  const writer = createIndexWriter(connection, analyzer);
  // Another process may have done the work while this one waited for its turn to write.
  const { changed, gone } = compare(connection, files);
  for (const id of gone) writer.remove(id);
  let turn = performance.now();
  for (const [done, { root, file, known }] of changed.entries()) {
    const read = await readDocument(root, file);
    if (known !== undefined && read.problem === null && read.hash === known.hash) writer.touch(known.id, file);
    else
      writer.put({ source: root.name, path: file.path, size: file.size, mtimeMs: file.mtimeMs, ctimeMs: file.ctimeMs, ...read });
    onProgress?.({ done: done + 1, total: changed.length });
    if (performance.now() - turn < turnMs) continue;
    await nextTurn();
    signal.throwIfAborted();
    turn = performance.now();
  }
  writer.finish();
  markFilled(connection);
}

/** Waits for the turn to write: another process may be busy with the same index. */
async function begin(connection: DatabaseSync, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      connection.exec("BEGIN IMMEDIATE");
      return;
    } catch (thrown) {
      if ((thrown as { errcode?: unknown }).errcode !== sqliteBusy) throw thrown;
      await delay(busyRetryMs, undefined, { signal });
    }
  }
}

/** Result code of SQLite: https://sqlite.org/rescode.html#busy */
const sqliteBusy = 5;
