import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { LecternError } from "../../../core/errors.ts";
import { openSource, type SourceRoot } from "../../load/files.ts";
import type { KnowledgeChange, KnowledgeSource, KnowledgeStore, RefreshProgress } from "../../store.ts";
import { createAnalyzer } from "../../text/analyzer.ts";
import { isDamage, isFilled } from "./database.ts";
import { Follower } from "./follower.ts";
import type { LiveIndex } from "./live-index.ts";
import type { KnowledgeReader } from "./reading.ts";
import { watchFolders } from "./watch.ts";

export interface SqliteStoreOptions {
  readonly sources: readonly KnowledgeSource[];
  /** Folder for the index, made where absent; the index file is readable by its user only. */
  readonly cacheDir: string;
  /** The clock that decides what is in force. Default: the system's. */
  readonly now?: () => Date;
  /** Follow changes of the files. Default true; if not, they are compared with the index before the store is open. */
  readonly watch?: boolean;
  /** How often to look for changes where the file system tells of none, in milliseconds. Default 2,000. */
  readonly pollMs?: number;
  /** Called while documents are read into the index. */
  readonly onProgress?: (progress: RefreshProgress) => void;
  /**
   * Told, in words for the base's keeper, of files that can no longer be used, when the index cannot follow its files any more, and when it
   * can again; not of what `problems` names when the base is opened. Default: nobody.
   */
  readonly onNotice?: (notice: string) => void;
}

/** A search waits this long for files that changed a moment ago; then it answers from the state before. */
const freshnessMs = 250;

/**
 * A store on one machine: an FTS5 index in the cache folder, brought up to date from the files. A filled index is opened at once, and read
 * from once it has been compared with the files. Throws `config` for sources that cannot be opened.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<KnowledgeStore> {
  const roots = uniqueNames(options.sources.map(openSource));
  const ended = new AbortController();
  const listeners = new Set<(change: KnowledgeChange) => void>();
  const follower = new Follower({
    folder: options.cacheDir,
    key: createHash("sha256").update(JSON.stringify(roots)).digest("hex").slice(0, 16),
    roots,
    analyzer: createAnalyzer(),
    now: options.now ?? (() => new Date()),
    signal: ended.signal,
    onProgress: options.onProgress,
    onChanged: (change) => {
      for (const listener of listeners) listener(change);
    },
    onNotice: options.onNotice ?? (() => {}),
  });
  let urgent = false;
  const looks = oneAfterAnother(() => {
    const look = follower.look({ urgent });
    urgent = false;
    return look;
  });
  const refresh = async (): Promise<void> => {
    urgent = true;
    await looks.now();
  };
  // What was restricted while nobody followed the files must not be shown, however long the first look takes.
  let firstLook: Promise<unknown> | undefined;
  const close = async (): Promise<void> => {
    ended.abort();
    await looks.current()?.catch(() => {});
    follower.index.close();
  };
  const read = async <Result>(ask: (reader: KnowledgeReader) => Promise<Result>): Promise<Result> => {
    await (firstLook ?? within(looks.current(), freshnessMs));
    const { index } = follower;
    if (!index.isOpen) throw unreadable();
    try {
      return await ask(index.reader);
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      index.damaged = true;
    }
    await refresh().catch((cause: unknown) => {
      throw unreadable(cause);
    });
    return ask(follower.index.reader);
  };

  try {
    if (!canServe(follower.index)) await refresh();
    // Whoever does not follow changes reads once or twice, and means the files as they are.
    else if (options.watch === false) await refresh().catch(() => {});
    else {
      firstLook = looks
        .now()
        .catch(() => {})
        .then(() => {
          firstLook = undefined;
        });
    }
  } catch (thrown) {
    await close();
    throw thrown;
  }
  follower.tellOfProblems();
  const watching =
    options.watch === false
      ? undefined
      : watchFolders({
          folders: () => foldersOf(follower.index, roots),
          check: () => looks.now(),
          ...(options.pollMs && { pollMs: options.pollMs }),
        });
  return {
    search: (query, searchOptions) => read((r) => r.search(query, searchOptions)),
    get: (id, getOptions) => read((r) => r.get(id, getOptions)),
    topics: (topicOptions) => read((r) => r.topics(topicOptions)),
    list: (listOptions) => read((r) => r.list(listOptions)),
    entries: (entryOptions) => read((r) => r.entries(entryOptions)),
    counts: (countOptions) => follower.index.reader.counts(countOptions),
    problems: () => follower.problems(),
    refresh,
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      watching?.[Symbol.dispose]();
      await close();
    },
  };
}

/** Read by clients, who are strangers: it names no path. The keeper learns more by a notice. */
const unreadable = (cause?: unknown): LecternError =>
  new LecternError(
    "service",
    "The knowledge base cannot be read at the moment: its index is damaged and could not be made anew.",
    {
      fix: "Its keeper finds the reason in the log of its server; lectern doctor names it, too.",
      cause,
    },
  );

/** True for an index that was filled, holds something and can be read. */
function canServe({ database, reader }: LiveIndex): boolean {
  try {
    return isFilled(database) && reader.counts({ everybody: true }).chunks > 0;
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

/** The folders that documents stand in, the roots first. */
function foldersOf({ database, isOpen }: LiveIndex, roots: readonly SourceRoot[]): string[] {
  const byName = new Map(roots.map((root) => [root.name, root.root]));
  const folders = new Set(byName.values());
  if (!isOpen) return [...folders];
  for (const row of database.prepare("SELECT source, path FROM main.documents").all()) {
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
