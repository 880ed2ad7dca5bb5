import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openSource, type SourceRoot } from "../../load/files.ts";
import type { KnowledgeChange, KnowledgeProblem, KnowledgeSource, KnowledgeStore, RefreshProgress } from "../../store.ts";
import { createAnalyzer } from "../../text/analyzer.ts";
import { discardIndexFile, isFilled, openIndexFile } from "./database.ts";
import { createReader, type KnowledgeReader } from "./reading.ts";
import { changeBetween, type Revisions, readRevisions } from "./revisions.ts";
import { synchronise } from "./sync.ts";
import { watchFolders } from "./watch.ts";

export interface SqliteStoreOptions {
  readonly sources: readonly KnowledgeSource[];
  /** Folder for the index, made where absent; the index file is readable by its user only. */
  readonly cacheDir: string;
  /** The clock that decides what is in force. Default: the system's. */
  readonly now?: () => Date;
  /** Follow changes of the files. Default true. */
  readonly watch?: boolean;
  /** How often to look for changes where the file system tells of none, in milliseconds. Default 2,000. */
  readonly pollMs?: number;
  /** Called while documents are read into the index. */
  readonly onProgress?: (progress: RefreshProgress) => void;
}

/** A search waits this long for files that changed a moment ago; then it answers from the state before. */
const freshnessMs = 250;

/**
 * A store on one machine: an FTS5 index in the cache folder, brought up to date from the files. A filled index is served at once and
 * compared with the files meanwhile. Throws `config` for sources that cannot be opened.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<KnowledgeStore> {
  const roots = uniqueNames(options.sources.map(openSource));
  const key = createHash("sha256").update(JSON.stringify(roots)).digest("hex").slice(0, 16);
  const analyzer = createAnalyzer();
  const now = options.now ?? (() => new Date());
  const ended = new AbortController();
  const listeners = new Set<(change: KnowledgeChange) => void>();

  let opened = openIndexFile(options.cacheDir, key);
  let reader = createReader(opened.database, { analyzer, now });
  let found: readonly KnowledgeProblem[] = [];
  let lastVersion = dataVersion(opened.database);
  let revisions = knownRevisions(opened.database);

  /** A damaged index is thrown away and filled again from the documents. */
  const startAfresh = (): void => {
    opened.database.close();
    discardIndexFile(opened.path);
    opened = openIndexFile(options.cacheDir, key);
    reader = createReader(opened.database, { analyzer, now });
  };
  const tellOfChanges = (): void => {
    const before = revisions;
    revisions = readRevisions(opened.database);
    const change = changeBetween(opened.database, before, revisions);
    if (change !== undefined) for (const listener of listeners) listener(change);
  };
  const update = () => synchronise({ ...opened, roots, analyzer, onProgress: options.onProgress, signal: ended.signal });
  const look = async (): Promise<number> => {
    const { problems, scanMs } = await update().catch((thrown: unknown) => {
      if (!isCorrupt(thrown)) throw thrown;
      startAfresh();
      return update();
    });
    found = problems;
    const version = dataVersion(opened.database);
    if (version !== lastVersion) tellOfChanges();
    lastVersion = version;
    return scanMs;
  };
  const refresh = oneAfterAnother(look);
  const read = async <Result>(ask: (reader: KnowledgeReader) => Promise<Result>): Promise<Result> => {
    await within(refresh.current(), freshnessMs);
    try {
      return await ask(reader);
    } catch (thrown) {
      if (!isCorrupt(thrown)) throw thrown;
      startAfresh();
      await refresh.now();
      return ask(reader);
    }
  };

  if (canServe(opened.database, reader)) refresh.now().catch(() => {});
  else await refresh.now();
  const folders = (): string[] => foldersOf(opened.database, roots);
  const watching =
    options.watch === false
      ? undefined
      : watchFolders({ folders, check: () => refresh.now(), ...(options.pollMs && { pollMs: options.pollMs }) });
  return {
    search: (query, searchOptions) => read((r) => r.search(query, searchOptions)),
    get: (id, getOptions) => read((r) => r.get(id, getOptions)),
    topics: (topicOptions) => read((r) => r.topics(topicOptions)),
    list: (listOptions) => read((r) => r.list(listOptions)),
    entries: (entryOptions) => read((r) => r.entries(entryOptions)),
    counts: (countOptions) => reader.counts(countOptions),
    problems: () => [...found, ...reader.problems()],
    refresh: async () => {
      await refresh.now();
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      watching?.[Symbol.dispose]();
      ended.abort();
      await refresh.current()?.catch(() => {});
      opened.database.close();
    },
  };
}

/** None of a damaged index: it is rebuilt, and then everything changed. */
function knownRevisions(database: DatabaseSync): Revisions {
  try {
    return readRevisions(database);
  } catch {
    return new Map();
  }
}

/** True for an index that was filled, holds something and can be read. */
function canServe(database: DatabaseSync, reader: KnowledgeReader): boolean {
  try {
    return isFilled(database) && reader.counts().chunks > 0;
  } catch {
    return false;
  }
}

function uniqueNames(roots: readonly SourceRoot[]): SourceRoot[] {
  const taken = new Map<string, number>();
  return roots.map((root) => {
    const seen = taken.get(root.name) ?? 0;
    taken.set(root.name, seen + 1);
    return seen === 0 ? root : { ...root, name: `${root.name}-${seen + 1}` };
  });
}

/** Changes whenever another connection commits, of this process or of another one. */
const dataVersion = (database: DatabaseSync): number => Number(database.prepare("PRAGMA data_version").get()?.data_version);

/** Codes for a damaged file: https://sqlite.org/rescode.html#corrupt, #notadb */
const isCorrupt = (thrown: unknown): boolean =>
  [11, 26].includes(Number((thrown as { errcode?: unknown } | null)?.errcode) & 0xff);

/** The folders that documents stand in, the roots first. */
function foldersOf(database: DatabaseSync, roots: readonly SourceRoot[]): string[] {
  const byName = new Map(roots.map((root) => [root.name, root.root]));
  const folders = new Set(byName.values());
  for (const row of database.prepare("SELECT source, path FROM documents").all()) {
    const root = byName.get(String(row.source));
    if (root !== undefined) folders.add(join(root, dirname(String(row.path))));
  }
  return [...folders];
}

/** Runs a job again only when its last run is over; asking while it runs gives a run that begins afterwards. */
function oneAfterAnother<Result>(job: () => Promise<Result>): { now(): Promise<Result>; current(): Promise<Result> | undefined } {
  let running: Promise<Result> | undefined;
  let waiting: Promise<Result> | undefined;
  const start = (): Promise<Result> => {
    const run = job().finally(() => {
      if (running === run) running = undefined;
    });
    running = run;
    return run;
  };
  return {
    current: () => running,
    now() {
      if (running === undefined) return start();
      waiting ??= running
        .catch(() => {})
        .then(() => {
          waiting = undefined;
          return start();
        });
      return waiting;
    },
  };
}

/** Waits for a promise, but not for long, and not for its success. */
async function within(promise: Promise<unknown> | undefined, ms: number): Promise<void> {
  if (promise === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise.catch(() => {}), timeout]);
  clearTimeout(timer);
}
