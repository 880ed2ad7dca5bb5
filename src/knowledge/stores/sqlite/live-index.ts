import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { dataVersion, openIndexFile } from "./database.ts";
import { createHiding } from "./hiding.ts";
import { createReader, type KnowledgeReader, type ReaderOptions } from "./reading.ts";

/** An index file that is open for reading. */
export interface LiveIndex {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly reader: KnowledgeReader;
  /** Set where reading met damage: the file is to be thrown away and made anew. */
  damaged: boolean;
  readonly isOpen: boolean;
  /** False where somebody took the file away or put another one in its place: what is written there is never read here. */
  isInPlace(): boolean;
  /** Makes these documents vanish for everybody, in place of those hidden before; true where that makes a difference. */
  hide(ids: readonly number[]): Promise<boolean>;
  close(): void;
}

/** Opens the index file of a key, empty where there is none. Throws `config` where it cannot be opened or made. */
export function openLiveIndex(folder: string, key: string, options: ReaderOptions): LiveIndex {
  const { database, path } = openIndexFile(folder, key);
  const file = fileNumber(path);
  const hiding = createHiding(database);
  let reader = createReader(database, options);
  let hidden: string | undefined;
  let isOpen = true;
  return {
    database,
    path,
    get reader() {
      return reader;
    },
    damaged: false,
    get isOpen() {
      return isOpen;
    },
    isInPlace: () => fileNumber(path) === file,
    async hide(ids) {
      // What was counted of them holds as long as nobody writes.
      const asked = ids.length === 0 ? undefined : JSON.stringify([dataVersion(database), ...[...ids].sort((a, b) => a - b)]);
      if (asked === hidden) return false;
      const switchOver = await hiding.prepare(ids);
      // No query may come in between.
      reader = createReader(database, { ...options, hiddenRows: switchOver() });
      hidden = asked;
      return true;
    },
    close() {
      if (isOpen) database.close();
      isOpen = false;
    },
  };
}

/** Tells files apart whatever their names; undefined where there is none. */
function fileNumber(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
