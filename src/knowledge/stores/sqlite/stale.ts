import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileHash } from "../../load/read-document.ts";
import { compare, maySeemUnchanged, type Seen } from "./sync.ts";

/** A page on disk that the index does not know as it is. */
export interface StalePage {
  readonly source: string;
  readonly path: string;
  /** The document in the index, which is no longer what the file says; null for a new file. */
  readonly id: number | null;
}

/** Tells which pages of the index are out of date. */
type StaleFinder = (database: DatabaseSync, seen: Seen) => Promise<readonly StalePage[]>;

/** Longest stretch of work without letting requests through, in milliseconds. */
const turnMs = 12;

/** Files whose times alone changed are not stale, so their bytes are looked at; what was looked at is remembered by its times. */
export function createStaleFinder(): StaleFinder {
  const differs = new Map<string, boolean>();
  return async (database, seen) => {
    const { changed, gone, away } = compare(database, seen);
    const stale: StalePage[] = [...gone, ...away];
    let turn = performance.now();
    for (const { root, file, known } of changed) {
      const page = { source: root.name, path: file.path };
      if (known === undefined) {
        stale.push({ ...page, id: null });
        continue;
      }
      const stamp = JSON.stringify([known.hash, root.name, file]);
      const isStale = differs.get(stamp) ?? fileHash(file) !== known.hash;
      if (!maySeemUnchanged(file, Date.now())) differs.set(stamp, isStale);
      if (isStale) stale.push({ ...page, id: known.id });
      if (performance.now() - turn < turnMs) continue;
      await nextTurn();
      turn = performance.now();
    }
    return stale;
  };
}
