import { type FSWatcher, watch } from "node:fs";

export interface WatchOptions {
  /** The folders whose changes count, as they are now. */
  readonly folders: () => readonly string[];
  /** Looks for changes and resolves when done; gives the time the look took, in milliseconds. */
  readonly check: () => Promise<number>;
  /** How often to look where the file system stays silent (mounted shares), in milliseconds. Default 2,000. */
  readonly pollMs?: number;
}

/** A change comes as several events; they are taken together. */
const settleMs = 150;
/** Looking takes at most this share of the time, but never waits longer than `maxPollMs`. */
const lookShare = 0.04;
const maxPollMs = 4000;
/** More folders than this are polled only: watching costs a handle each. */
const maxWatched = 256;

/**
 * Looks for changes when the file system speaks, and every few seconds in case it does not, so that none stays unseen for five.
 * Keeps no process alive. Dispose it to stop.
 */
export function watchFolders({ folders, check, pollMs = 2000 }: WatchOptions): Disposable {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  // Events put a look off until they settle, but not beyond the moment it was due without them: some folders never settle.
  let due = performance.now() + pollMs;

  const lookIn = (ms: number): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void look(), ms).unref();
  };
  const lookSoon = (): void => lookIn(Math.max(0, Math.min(settleMs, due - performance.now())));
  const look = async (): Promise<void> => {
    due = performance.now() + maxPollMs;
    // A failed look (a share that is away for a moment) is tried again at the next turn.
    const tookMs = await check().catch(() => pollMs);
    if (closed) return;
    follow();
    const pauseMs = Math.min(maxPollMs, Math.max(pollMs, tookMs / lookShare));
    due = performance.now() + pauseMs;
    lookIn(pauseMs);
  };
  const follow = (): void => {
    const wanted = new Set(folders().slice(0, maxWatched));
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, lookSoon);
        // Without events polling does the work.
        watcher.on("error", () => watcher.close());
        watchers.set(folder, watcher);
      } catch {
        return;
      }
    }
  };
  lookIn(pollMs);
  return {
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
