import type { DatabaseSync } from "node:sqlite";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { type FoundFile, listFiles, type SourceRoot } from "../../load/files.ts";
import type { KnowledgeProblem, RefreshProgress } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { documentUri } from "../../uri.ts";
import { isBusy, isFilled, markFilled, openForWriting, unwritable } from "./database.ts";
import type { IndexWriter } from "./writer.ts";

export interface SyncParts {
  /** The connection that reads. */
  readonly database: DatabaseSync;
  /** File of the index. */
  readonly path: string;
  readonly analyzer: Analyzer;
  readonly onProgress?: ((progress: RefreshProgress) => void) | undefined;
  /** How long to wait while another process writes, in milliseconds. */
  readonly patienceMs: number;
  /** A long update is committed in parts of so many milliseconds, so that its first pages do not wait for its last. Default 2,000. */
  readonly partMs?: number;
  /** Looks at the files again between those parts: a page that was restricted meanwhile does not wait for the last of them. */
  readonly lookAgain: () => Promise<Seen>;
  /** Ends the work early; what was begun is rolled back. */
  readonly signal: AbortSignal;
}

/** A file with the source it belongs to. */
interface SourceFile {
  readonly root: SourceRoot;
  readonly file: FoundFile;
}

export interface Scan {
  readonly files: readonly SourceFile[];
  /** Sources without a single file: a share that is not mounted looks like an empty folder. What is known of them is kept, for their return. */
  readonly away: ReadonlySet<string>;
  /** What the directories themselves had to say: unreadable folders, links that lead out. */
  readonly problems: readonly KnowledgeProblem[];
  /** How long it took to look at all files, in milliseconds. */
  readonly scanMs: number;
}

/** Longest stretch of work without letting requests through, in milliseconds. */
const turnMs = 12;
const busyRetryMs = 60;
const defaultPartMs = 2_000;
/** Between the parts other processes get their turn to write. */
const pauseMs = 2 * busyRetryMs;

/** Looks at all files of all sources. */
export async function scanSources(roots: readonly SourceRoot[]): Promise<Scan> {
  const started = performance.now();
  const files: SourceFile[] = [];
  const problems: KnowledgeProblem[] = [];
  const away = new Set<string>();
  for (const root of roots) {
    const listing = await listFiles(root);
    if (listing.files.length === 0) away.add(root.name);
    for (const file of listing.files) files.push({ root, file });
    for (const problem of listing.problems) problems.push({ source: root.name, ...problem });
  }
  return { files, away, problems, scanMs: performance.now() - started };
}

/**
 * Brings the index up to date with the files, through a connection of its own: readers see the old state until the new one is whole (in a
 * long update: until a part of it is), and a process that dies in between leaves that state. Files whose bytes are the same are not read
 * into the index again. Throws `config` where the index cannot be written.
 */
export async function synchronise(parts: SyncParts, seen: Seen): Promise<void> {
  const { changed, gone } = compare(parts.database, seen);
  if (changed.length > 0 || gone.length > 0 || !isFilled(parts.database)) await write(parts, seen);
}

/** What a comparison needs to know of a scan. */
export type Seen = Pick<Scan, "files" | "away">;

interface Changed extends SourceFile {
  /** What the index holds of it; absent for a new file. */
  readonly known?: { readonly id: number; readonly hash: string };
}

interface Absent {
  readonly id: number;
  readonly source: string;
  readonly path: string;
}

interface Differences {
  /** Files that are new or other than the index knows them. */
  readonly changed: readonly Changed[];
  /** Documents whose files are gone. */
  readonly gone: readonly Absent[];
  /** Documents whose whole source is away. */
  readonly away: readonly Absent[];
}

/** Compares the index, hidden documents included, with the files. */
export function compare(database: DatabaseSync, { files, away }: Seen): Differences {
  const stamps = database.prepare("SELECT uri, id, source, path, size, mtime, ctime, hash FROM main.documents").all();
  const known = new Map(stamps.map((row) => [String(row.uri), row]));
  const changed = files.flatMap(({ root, file }): Changed[] => {
    const uri = documentUri(root.name, file.path);
    const row = known.get(uri);
    known.delete(uri);
    if (row === undefined) return [{ root, file }];
    const same = row.size === file.size && row.mtime === file.mtimeMs && row.ctime === file.ctimeMs;
    return same ? [] : [{ root, file, known: { id: Number(row.id), hash: String(row.hash) } }];
  });
  const absent = [...known.values()].map((row) => ({ id: Number(row.id), source: String(row.source), path: String(row.path) }));
  return {
    changed,
    gone: absent.filter(({ source }) => !away.has(source)),
    away: absent.filter(({ source }) => away.has(source)),
  };
}

async function write(parts: SyncParts, seen: Seen): Promise<void> {
  try {
    const connection = openForWriting(parts.path);
    try {
      await begin(connection, parts);
      await fill(connection, parts, seen);
      connection.exec("COMMIT");
    } finally {
      // A full disk has ended the transaction already.
      if (connection.isTransaction) connection.exec("ROLLBACK");
      connection.close();
    }
  } catch (thrown) {
    throw unwritable(parts.path, thrown);
  }
}

async function fill(connection: DatabaseSync, parts: SyncParts, first: Seen): Promise<void> {
  const { createIndexWriter } = await import("./writer.ts");
  const writer = createIndexWriter(connection, parts.analyzer);
  // What was never served is filled at once.
  const partMs = isFilled(connection) ? (parts.partMs ?? defaultPartMs) : Number.POSITIVE_INFINITY;
  for (let done = 0, seen = first; ; ) {
    // Another process may have done the work while this one waited for its turn to write.
    const { changed, gone } = compare(connection, seen);
    for (const { id } of gone) writer.remove(id);
    const took = await takeSome(writer, { ...parts, changed, done, partMs });
    done += took;
    writer.finish();
    if (took === changed.length) break;
    connection.exec("COMMIT");
    [seen] = await Promise.all([parts.lookAgain(), delay(pauseMs, undefined, { signal: parts.signal })]);
    await begin(connection, parts);
  }
  markFilled(connection);
}

interface Part extends Pick<SyncParts, "onProgress" | "signal"> {
  readonly changed: readonly Changed[];
  /** Files taken by the parts before. */
  readonly done: number;
  readonly partMs: number;
}

/** Takes files into the index until the part's time is over; gives how many. What is shown in an old state goes first. */
async function takeSome(writer: IndexWriter, { changed, done, partMs, onProgress, signal }: Part): Promise<number> {
  const inOrder = [...changed.filter(({ known }) => known !== undefined), ...changed.filter(({ known }) => known === undefined)];
  const started = performance.now();
  let turn = started;
  let took = 0;
  for (const file of inOrder) {
    await take(writer, file);
    took++;
    onProgress?.({ done: done + took, total: done + changed.length });
    if (performance.now() - turn < turnMs) continue;
    await nextTurn();
    signal.throwIfAborted();
    turn = performance.now();
    if (turn - started > partMs) break;
  }
  return took;
}

async function take(writer: IndexWriter, { root, file, known }: Changed): Promise<void> {
  const { readDocument } = await import("../../load/read-document.ts");
  const isFresh = maySeemUnchanged(file, Date.now());
  const { mayPass, ...read } = await readDocument(root, file);
  // A time that no file has: it is read again at the next look.
  const { size, mtimeMs, ctimeMs } = isFresh || mayPass ? { ...file, ctimeMs: 0 } : file;
  if (known !== undefined && read.problem === null && read.hash === known.hash)
    writer.touch(known.id, { size, mtimeMs, ctimeMs });
  else writer.put({ source: root.name, path: file.path, size, mtimeMs, ctimeMs, ...read });
}

/** How exact the clocks of file systems are, in milliseconds: those that count in seconds (FAT: in two), and all others. */
const tickMs = { coarse: 2_000, fine: 20 };

/** True for a file that may be written again without a change of its times: it is not trusted by them, but read once more. */
export function maySeemUnchanged({ mtimeMs, ctimeMs }: FoundFile, nowMs: number): boolean {
  const isCoarse = mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0;
  return Math.abs(nowMs - Math.max(mtimeMs, ctimeMs)) < (isCoarse ? tickMs.coarse : tickMs.fine);
}

/** Waits for the turn to write: another process may be busy with the same index. */
async function begin(connection: DatabaseSync, { patienceMs, signal }: SyncParts): Promise<void> {
  const started = performance.now();
  for (;;) {
    try {
      connection.exec("BEGIN IMMEDIATE");
      return;
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() - started > patienceMs) throw thrown;
      await delay(busyRetryMs, undefined, { signal });
    }
  }
}
