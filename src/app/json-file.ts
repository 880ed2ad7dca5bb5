import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../knowledge/stores/sqlite/make-folder.ts";

/**
 * A small JSON file that several processes may read and write: read whole, written aside and renamed (mode 0600), last writer wins.
 * For things that can be lost: a file that is missing, broken or not writable counts as `empty`.
 */
export class JsonFile<T extends object> {
  readonly #path: string;
  readonly #empty: T;

  constructor(path: string, empty: T) {
    this.#path = path;
    this.#empty = empty;
  }

  read(): T {
    try {
      const value: unknown = JSON.parse(readFileSync(this.#path, "utf8"));
      return typeof value === "object" && value !== null ? (value as T) : this.#empty;
    } catch {
      return this.#empty;
    }
  }

  /** Returns whether it could be written. */
  update(change: (value: T) => T): boolean {
    try {
      makeFolder(dirname(this.#path));
      const aside = `${this.#path}.${process.pid}.tmp`;
      writeFileSync(aside, `${JSON.stringify(change(this.read()), null, 1)}\n`, { mode: 0o600 });
      renameSync(aside, this.#path);
      return true;
    } catch {
      return false;
    }
  }
}
