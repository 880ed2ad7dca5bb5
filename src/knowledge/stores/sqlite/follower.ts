import type { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { isLecternError } from "../../../core/errors.ts";
import type { SourceRoot } from "../../load/files.ts";
import type { KnowledgeChange, KnowledgeProblem, RefreshProgress } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { dataVersion, discardIndexFile, isDamage, isFilled } from "./database.ts";
import { type LiveIndex, openLiveIndex } from "./live-index.ts";
import { changedLabels, changeOf, type Revisions, readRevisions } from "./revisions.ts";
import { createStaleFinder, type StalePage } from "./stale.ts";
import { compare, type Seen, scanSources, synchronise } from "./sync.ts";

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

/** Keeps an index up to date with its files, or hides what is not. */
export class Follower {
  readonly #options: FollowerOptions;
  #index: LiveIndex;
  #revisions: Revisions;
  #version: number;
  #found: readonly KnowledgeProblem[] = [];
  #stale: readonly StalePage[] = [];
  #findStale = createStaleFinder();
  #away: ReadonlySet<string> = new Set();
  #failure: Failure | undefined;
  #knownProblems: ReadonlySet<string> | undefined;

  /** Throws `config` where the index can neither be opened nor made. */
  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#index = openLiveIndex(options.folder, options.key, options);
    this.#revisions = knownRevisions(this.#index.database);
    this.#version = dataVersion(this.#index.database);
  }

  /** The index to read from at the moment. */
  get index(): LiveIndex {
    return this.#index;
  }

  problems(): readonly KnowledgeProblem[] {
    const absent = [...this.#away].map((source) => ({ source, path: ".", reason: absence }));
    const stale = this.#stale.filter(({ source }) => !this.#away.has(source));
    return [...this.#unusable(), ...absent, ...stale.map(toProblem)];
  }

  /** From now on, files that cannot be used any more are told; the present ones are known to whoever asks for `problems`. */
  tellOfProblems(): void {
    this.#knownProblems = new Set(this.#unusable().map(inWords));
  }

  /**
   * Compares the index with the files and brings it up to date; gives the time it took to look at them, in milliseconds. Throws where that
   * fails; pages that changed are hidden by then. A look that is not `urgent` spares the disk: it tries less often after a failure.
   */
  async look({ urgent }: { readonly urgent: boolean }): Promise<number> {
    const { problems, scanMs, ...seen } = await scanSources(this.#options.roots);
    // Closed meanwhile, or before a look that had waited for its turn.
    this.#options.signal.throwIfAborted();
    const isSame = isDeepStrictEqual(this.#found, problems);
    this.#found = problems;
    if (!isSame) this.#tellOfNewProblems();
    try {
      if (this.#failure !== undefined && !urgent && performance.now() < this.#failure.retryAt) throw this.#failure.thrown;
      await this.#follow(seen, urgent);
    } catch (thrown) {
      if (!this.#options.signal.aborted) await this.#failed(thrown, seen);
      throw thrown;
    }
    await this.#recovered(seen);
    return scanMs;
  }

  async #follow(seen: Seen, urgent: boolean): Promise<void> {
    if (!this.#index.damaged && this.#index.isInPlace()) {
      try {
        return await this.#bring(this.#index, seen, urgent);
      } catch (thrown) {
        if (!isDamage(thrown)) throw thrown;
        this.#index.damaged = true;
      }
    }
    await this.#replace(seen, urgent);
  }

  #bring({ database, path }: LiveIndex, seen: Seen, urgent: boolean): Promise<void> {
    const { analyzer, onProgress, signal } = this.#options;
    const { isOpen, database: served } = this.#index;
    // While nothing is served, nothing can be done but wait.
    const patienceMs = !isOpen || !isFilled(served) ? Number.POSITIVE_INFINITY : urgent ? patience.urgent : patience.calm;
    const lookAgain = (): Promise<Seen> => scanSources(this.#options.roots);
    return synchronise({ database, path, analyzer, onProgress, patienceMs, lookAgain, signal }, seen);
  }

  /** A damaged index is thrown away; one whose file was taken away is read from until the new one is filled. */
  async #replace(seen: Seen, urgent: boolean): Promise<void> {
    if (this.#index.damaged) {
      this.#index.close();
      // Another process may have put a good one in its place.
      if (this.#index.isInPlace()) discardIndexFile(this.#index.path);
    } else await this.#hideStale(seen);
    const next = openLiveIndex(this.#options.folder, this.#options.key, this.#options);
    try {
      await this.#bring(next, seen, urgent);
    } catch (thrown) {
      next.close();
      throw thrown;
    }
    this.#index.close();
    this.#index = next;
    this.#revisions = new Map();
    this.#version = Number.NaN;
  }

  async #recovered(seen: Seen): Promise<void> {
    if (this.#failure !== undefined) this.#options.onNotice("The index is up to date again.");
    this.#failure = undefined;
    this.#findStale = createStaleFinder();
    const away = seen.away.size === 0 ? [] : compare(this.#index.database, seen).away;
    await this.#hide(away);
    this.#tellOfAbsence(new Set(away.map(({ source }) => source)));
    this.#tellOfChanges();
  }

  #tellOfAbsence(away: ReadonlySet<string>): void {
    for (const source of away) if (!this.#away.has(source)) this.#options.onNotice(`The source ${source} ${absence}.`);
    for (const source of this.#away) if (!away.has(source)) this.#options.onNotice(`The source ${source} is back.`);
    this.#away = away;
  }

  async #failed(thrown: unknown, seen: Seen): Promise<void> {
    const before = this.#failure;
    await this.#hideStale(seen);
    const notice = noticeOf(thrown, this.#stale);
    this.#failure = before !== undefined && before.thrown === thrown ? { ...before, notice } : newFailure(thrown, notice, before);
    if (notice !== before?.notice) this.#options.onNotice(notice);
  }

  async #hideStale(seen: Seen): Promise<void> {
    if (this.#index.isOpen) await this.#hide(await this.#findStale(this.#index.database, seen));
  }

  async #hide(pages: readonly StalePage[]): Promise<void> {
    const ids = documentIds(pages);
    const concerned = [...documentIds(this.#stale), ...ids];
    this.#stale = pages;
    if (await this.#index.hide(ids)) this.#tell(labelsOf(this.#index.database, concerned));
  }

  #tell(labels: ReadonlySet<number>): void {
    if (labels.size > 0) this.#options.onChanged(changeOf(this.#index.database, labels));
  }

  #tellOfChanges(): void {
    const seen = dataVersion(this.#index.database);
    if (seen === this.#version) return;
    this.#version = seen;
    this.#tellOfNewProblems();
    const before = this.#revisions;
    this.#revisions = readRevisions(this.#index.database);
    this.#tell(changedLabels(before, this.#revisions));
  }

  /** Files that cannot be used, and folders that cannot be read. */
  #unusable(): KnowledgeProblem[] {
    return [...this.#found, ...(this.#index.isOpen ? this.#index.reader.problems() : [])];
  }

  #tellOfNewProblems(): void {
    if (this.#knownProblems === undefined) return;
    const now = this.#unusable().map(inWords);
    for (const problem of now) if (!this.#knownProblems.has(problem)) this.#options.onNotice(problem);
    this.#knownProblems = new Set(now);
  }
}

function newFailure(thrown: unknown, notice: string, before: Failure | undefined): Failure {
  const pauseMs = before === undefined ? firstPauseMs : Math.min(longestPauseMs, before.pauseMs * 2);
  return { thrown, notice, pauseMs, retryAt: performance.now() + pauseMs };
}

const absence = "holds no file any more, or cannot be read: its pages are hidden until it does";

const inWords = ({ path, reason }: KnowledgeProblem): string => `${path} ${reason}`;

const documentIds = (pages: readonly StalePage[]): number[] => pages.flatMap(({ id }) => (id === null ? [] : [id]));

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

function labelsOf(database: DatabaseSync, ids: readonly number[]): ReadonlySet<number> {
  const labels = database.prepare("SELECT DISTINCT label FROM main.documents WHERE id IN (SELECT value FROM json_each(?))");
  return new Set(labels.all(JSON.stringify(ids)).map((row) => Number(row.label)));
}

/** None of a damaged index: it is rebuilt, and then everything changed. */
function knownRevisions(database: DatabaseSync): Revisions {
  try {
    return readRevisions(database);
  } catch {
    return new Map();
  }
}
