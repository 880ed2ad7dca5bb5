import { randomUUID } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LecternError } from "../../../core/errors.ts";
import { makeFolder } from "./make-folder.ts";
import { indexVersion, schema } from "./schema.ts";

/**
 * Opens the index of this key in the folder, or an empty one where there is none. Files are for the user only (0600). Each index version
 * has a file of its own, and a new file appears whole (made aside, then linked), so that processes that start at the same time, or of
 * different versions of Lectern, never take each other's file away. A file that cannot be read is replaced.
 */
export function openIndexFile(folder: string, key: string): { readonly database: DatabaseSync; readonly path: string } {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new LecternError("config", `The index folder ${folder} cannot be written: ${(error as Error).message}`, {
      fix: "Name a folder of your own with LECTERN_CACHE_DIR.",
      cause: error,
    });
  }
  const path = join(folder, `knowledge-${key}-v${indexVersion}.sqlite`);
  try {
    const existing = existsSync(path) ? tryOpen(path) : undefined;
    if (existing) return { database: existing, path };
    discardIndexFile(path);
    makeAside(path);
  } catch (error) {
    throw unwritable(path, error);
  }
  const made = tryOpen(path);
  if (made === undefined)
    throw new LecternError("config", `The index ${path} cannot be opened.`, {
      fix: "Remove the file, or choose another cache folder with LECTERN_CACHE_DIR.",
    });
  return { database: made, path };
}

/** Result codes of a disk that takes no more: https://sqlite.org/rescode.html#busy, #readonly, #ioerr, #full, #cantopen */
const unwritableCodes = new Map([
  [5, "another program holds it"],
  [8, "it is read-only"],
  [10, "the disk reports an error (or a limit on file sizes)"],
  [13, "the disk is full"],
  [14, "its file cannot be opened"],
]);

/** A failure to write the index as an error for people; any other failure as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const reason = unwritableCodes.get(primaryCode(error));
  if (reason === undefined) return error;
  return new LecternError("config", `The index ${path} cannot be written: ${reason}.`, {
    fix: isBusy(error)
      ? "Wait for the other program or end it, or choose another cache folder with LECTERN_CACHE_DIR."
      : "Make room, or choose another cache folder with LECTERN_CACHE_DIR.",
    cause: error,
  });
}

/** Another connection to the same index: one reads while the other writes, so that nobody waits for a change. */
export const openForWriting = (path: string): DatabaseSync => prepared(new DatabaseSync(path));

/** "LECT": set once the index has been filled for the first time. */
const filledMark = 0x4c454354;

export const isFilled = (database: DatabaseSync): boolean =>
  database.prepare("PRAGMA application_id").get()?.application_id === filledMark;

/** Belongs into the transaction that filled the index. */
export const markFilled = (database: DatabaseSync): void => database.exec(`PRAGMA application_id = ${filledMark}`);

/** Changes whenever another connection commits, of this process or of another one. */
export const dataVersion = (database: DatabaseSync): number =>
  Number(database.prepare("PRAGMA data_version").get()?.data_version);

/** Takes a broken index out of the way; it is built anew from the documents. */
export function discardIndexFile(path: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
}

function makeAside(path: string): void {
  const aside = `${path}.${process.pid}.${randomUUID()}.new`;
  try {
    fillAside(aside);
    linkSync(aside, path);
  } catch (error) {
    if ((error as { errcode?: unknown }).errcode !== undefined) throw error;
    // Another process was faster: its file serves as well. File systems without hard links get a rename.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") renameSync(aside, path);
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(aside + suffix, { force: true });
  }
}

function fillAside(aside: string): void {
  const database = new DatabaseSync(aside);
  try {
    chmodSync(aside, 0o600);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    createSchema(database);
  } finally {
    database.close();
  }
}

/** An index that lives in memory only. */
export function openMemoryDatabase(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  createSchema(database);
  return prepared(database);
}

function createSchema(database: DatabaseSync): void {
  database.exec(`BEGIN; ${schema} PRAGMA user_version = ${indexVersion}; COMMIT`);
}

function tryOpen(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    const version = database.prepare("PRAGMA user_version").get()?.user_version;
    if (version === indexVersion) return prepared(database);
  } catch (error) {
    // Half-written or foreign: rebuilt by the caller. A full disk, say, is no reason to throw a good index away.
    if (!isDamage(error)) {
      database?.close();
      throw error;
    }
  }
  database?.close();
  return undefined;
}

/** True for a file that is damaged or no database: https://sqlite.org/rescode.html#corrupt, #notadb */
export const isDamage = (thrown: unknown): boolean => [11, 26].includes(primaryCode(thrown));

/** True where another connection holds the file: https://sqlite.org/rescode.html#busy */
export const isBusy = (thrown: unknown): boolean => primaryCode(thrown) === 5;

/** SQLite's result code without what it adds to it; NaN for other errors. */
const primaryCode = (thrown: unknown): number => {
  const { errcode } = (thrown ?? {}) as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : Number.NaN;
};

function prepared(database: DatabaseSync): DatabaseSync {
  // A cache of 2 MB: at 10,000 passages one of 8 MB answers no faster, since the system keeps the file in memory anyway.
  database.exec("PRAGMA busy_timeout = 100; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000");
  return database;
}
