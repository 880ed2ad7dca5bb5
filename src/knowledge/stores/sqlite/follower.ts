import type { DatabaseSync } from "node:sqlite";
import { isLecternError } from "../../../core/errors.ts";
import type { SourceRoot } from "../../load/files.ts";
import type { KnowledgeChange, KnowledgeProblem, RefreshProgress } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { discardIndexFile, isDamage, isFilled } from "./database.ts";
import { type LiveIndex, openLiveIndex } from "./live-index.ts";
import { changedLabels, changeOf, type Revisions, readRevisions } from "./revisions.ts";
import { createStaleFinder, type StalePage } from "./stale.ts";
import { type SourceFile, scanSources, synchronise } from "./sync.ts";

export interface FollowerOptions {
  readonly folder: string;
  /** Names the index file. */
  readonly key: string;
  readonly roots: readonly SourceRoot[];
  readonly analyzer: Analyzer;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: RefreshProgress) => void) | undefined;
  readonly onChanged: (change: KnowledgeChange) => void;
  readonly onNotice: (notice: string) => void;
}

/** Keeps an index up to date with its files, or hides what is not. */
export interface Follower {
  /** The index to read from at the moment. */
  readonly index: LiveIndex;
  /**
   * Compares the index with the files and brings it up to date; gives the time it took to look at them, in milliseconds. Throws where that
   * fails; pages that changed are hidden by then. A look that is not `urgent` spares the disk: it tries less often after a failure.
   */
  look(options: { readonly urgent: boolean }): Promise<number>;
  problems(): readonly KnowledgeProblem[];
}

/** How long a look waits for another process that writes, in milliseconds: an urgent one, and any other. */
const patience = { urgent: 10_000, calm: 1_000 };
/** Pauses between attempts to write, in milliseconds. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;

interface Failure {
  readonly thrown: unknown;
  readonly notice: string;
  readonly pauseMs: number;
  readonly retryAt: number;
}

/** Throws `config` where the index can neither be opened nor made. */
export function createFollower(options: FollowerOptions): Follower {
  const { folder, key, roots, analyzer, now, signal, onProgress, onChanged, onNotice } = options;
  let index = openLiveIndex(folder, key, { analyzer, now });
  let revisions = knownRevisions(index.database);
  let version = dataVersion(index.database);
  let found: readonly KnowledgeProblem[] = [];
  let stale: readonly StalePage[] = [];
  let findStale = createStaleFinder();
  let failure: Failure | undefined;

  const bring = (target: LiveIndex, files: readonly SourceFile[], urgent: boolean): Promise<void> => {
    // Nothing can be served before the first time it is filled.
    const patienceMs = !isFilled(target.database) ? Number.POSITIVE_INFINITY : urgent ? patience.urgent : patience.calm;
    return synchronise({ database: target.database, path: target.path, analyzer, onProgress, patienceMs, signal }, files);
  };
  /** A damaged index is thrown away; one whose file was taken away is read from until the new one is filled. */
  const replace = async (files: readonly SourceFile[], urgent: boolean): Promise<void> => {
    if (index.damaged) {
      index.close();
      discardIndexFile(index.path);
    } else await hideStale(files);
    const next = openLiveIndex(folder, key, { analyzer, now });
    try {
      await bring(next, files, urgent);
    } catch (thrown) {
      next.close();
      throw thrown;
    }
    index.close();
    index = next;
    revisions = new Map();
    version = Number.NaN;
  };
  const follow = async (files: readonly SourceFile[], urgent: boolean): Promise<void> => {
    if (!index.damaged && index.isInPlace()) {
      try {
        return await bring(index, files, urgent);
      } catch (thrown) {
        if (!isDamage(thrown)) throw thrown;
        index.damaged = true;
      }
    }
    await replace(files, urgent);
  };
  const tell = (labels: ReadonlySet<number>): void => {
    if (labels.size > 0) onChanged(changeOf(index.database, labels));
  };
  const tellOfChanges = (): void => {
    const seen = dataVersion(index.database);
    if (seen === version) return;
    version = seen;
    const before = revisions;
    revisions = readRevisions(index.database);
    tell(changedLabels(before, revisions));
  };
  const hide = (pages: readonly StalePage[]): void => {
    const ids = [...stale, ...pages].flatMap(({ id }) => (id === null ? [] : [id]));
    stale = pages;
    if (index.hide(pages.flatMap(({ id }) => (id === null ? [] : [id])))) tell(labelsOf(index.database, ids));
  };
  const hideStale = async (files: readonly SourceFile[]): Promise<void> => {
    if (index.isOpen) hide(await findStale(index.database, files));
  };
  const recovered = (): void => {
    if (failure !== undefined) onNotice("The index is up to date again.");
    failure = undefined;
    findStale = createStaleFinder();
    hide([]);
    tellOfChanges();
  };
  const failed = async (thrown: unknown, files: readonly SourceFile[]): Promise<void> => {
    const isNew = thrown !== failure?.thrown;
    const pauseMs = failure === undefined ? firstPauseMs : Math.min(longestPauseMs, failure.pauseMs * 2);
    const before = failure?.notice;
    await hideStale(files);
    const notice = noticeOf(thrown, stale);
    failure = isNew ? { thrown, notice, pauseMs, retryAt: performance.now() + pauseMs } : { ...failure!, notice };
    if (notice !== before) onNotice(notice);
  };
  return {
    get index() {
      return index;
    },
    problems: () => [...found, ...(index.isOpen ? index.reader.problems() : []), ...stale.map(toProblem)],
    async look({ urgent }) {
      const { files, problems, scanMs } = await scanSources(roots);
      found = problems;
      try {
        if (failure !== undefined && !urgent && performance.now() < failure.retryAt) throw failure.thrown;
        await follow(files, urgent);
      } catch (thrown) {
        if (!signal.aborted) await failed(thrown, files);
        throw thrown;
      }
      recovered();
      return scanMs;
    },
  };
}

const namedPages = 5;

/** What the keeper of the base should know, and do. */
function noticeOf(thrown: unknown, stale: readonly StalePage[]): string {
  const { message, fix } = isLecternError(thrown)
    ? thrown
    : {
        message: `The index cannot be brought up to date: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
        fix: "",
      };
  const hidden = stale.filter(({ id }) => id !== null).map(({ path }) => path);
  const named = hidden.slice(0, namedPages).join(", ");
  const more = hidden.length > namedPages ? ` and ${hidden.length - namedPages} more` : "";
  const consequence = hidden.length === 0 ? "" : ` Pages that changed meanwhile are hidden until it can: ${named}${more}.`;
  return `${message}${consequence} ${fix ?? ""}`.trim();
}

const toProblem = ({ source, path, id }: StalePage): KnowledgeProblem => ({
  source,
  path,
  reason:
    id === null
      ? "is new, and found once the index can be written"
      : "was changed or deleted, and is hidden until the index can be written",
});

function labelsOf(database: DatabaseSync, documentIds: readonly number[]): ReadonlySet<number> {
  const labels = database.prepare("SELECT DISTINCT label FROM main.documents WHERE id IN (SELECT value FROM json_each(?))");
  return new Set(labels.all(JSON.stringify(documentIds)).map((row) => Number(row.label)));
}

/** None of a damaged index: it is rebuilt, and then everything changed. */
function knownRevisions(database: DatabaseSync): Revisions {
  try {
    return readRevisions(database);
  } catch {
    return new Map();
  }
}

/** Changes whenever another connection commits, of this process or of another one. */
const dataVersion = (database: DatabaseSync): number => Number(database.prepare("PRAGMA data_version").get()?.data_version);
