import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LecternError } from "../../../core/errors.ts";

/** Raised with every change of tables or of what is written into them: an older index is rebuilt. */
export const indexVersion = 4;

const schema = `
-- Who may read a document: one row per distinct list of groups; 0 is everybody.
CREATE TABLE labels(id INTEGER PRIMARY KEY, groups TEXT NOT NULL UNIQUE);
INSERT INTO labels VALUES(0, '*');
CREATE TABLE documents(
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL, uri TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL, mtime REAL NOT NULL, hash TEXT NOT NULL,
  -- why the file cannot be used or is none of ours; such a row has no text and is no document
  problem TEXT, label INTEGER NOT NULL,
  title TEXT NOT NULL, lang TEXT NOT NULL, variant TEXT NOT NULL, owner TEXT, effective_from TEXT, effective_until TEXT,
  supersedes TEXT NOT NULL, outdated TEXT, text TEXT NOT NULL, line_count INTEGER NOT NULL,
  keywords TEXT NOT NULL, title_terms TEXT NOT NULL, keyword_terms TEXT NOT NULL);
CREATE INDEX superseding ON documents(id) WHERE supersedes <> '[]';
-- Chunks of a document have neighbouring ids in the order of its text.
CREATE TABLE chunks(
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL, anchor TEXT NOT NULL, heading TEXT NOT NULL, kind TEXT NOT NULL,
  line INTEGER NOT NULL, to_line INTEGER NOT NULL, text TEXT NOT NULL, weight REAL NOT NULL,
  heading_terms TEXT NOT NULL, body_terms TEXT NOT NULL, name_terms TEXT NOT NULL);
CREATE INDEX chunks_by_document ON chunks(document);
-- Terms are made by the analyzer; the tokenizer only splits at spaces. The label is a term too, so that a query can be limited to it.
CREATE VIRTUAL TABLE passages USING fts5(title, heading, body, keywords, label, content='', contentless_delete=1, tokenize='ascii');
-- Figures are kept by label, so that what a reader may not see does not show in scores or spelling.
CREATE TABLE terms(
  term TEXT NOT NULL, label INTEGER NOT NULL, chunks INTEGER NOT NULL, names INTEGER NOT NULL, documents INTEGER NOT NULL,
  occurrences INTEGER NOT NULL, PRIMARY KEY(term, label)) WITHOUT ROWID;
CREATE TABLE words(word TEXT NOT NULL, label INTEGER NOT NULL, chunks INTEGER NOT NULL, PRIMARY KEY(word, label)) WITHOUT ROWID;
-- Long terms of languages with compounds, to be found by what they contain.
CREATE TABLE long_terms(id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE compounds USING fts5(term, content='', tokenize='trigram');
CREATE TABLE totals(
  label INTEGER NOT NULL, lang TEXT NOT NULL, documents INTEGER NOT NULL, chunks INTEGER NOT NULL, title INTEGER NOT NULL,
  heading INTEGER NOT NULL, body INTEGER NOT NULL, keywords INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY(label, lang)) WITHOUT ROWID;
`;

/**
 * Opens the index of this key in the folder, or an empty one where there is none. Files are for the user only (0600). Each index version
 * has a file of its own, and a new file appears whole (made aside, then linked), so that processes that start at the same time, or of
 * different versions of Lectern, never take each other's file away. A file that cannot be read is replaced.
 */
export function openDatabase(folder: string, key: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `knowledge-${key}-v${indexVersion}.sqlite`);
  const existing = existsSync(path) ? tryOpen(path) : undefined;
  if (existing) return existing;
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
  makeAside(path);
  const made = tryOpen(path);
  if (made === undefined)
    throw new LecternError("config", `The index ${path} cannot be opened.`, {
      fix: "Remove the file, or choose another cache folder with LECTERN_CACHE_DIR.",
    });
  return made;
}

function makeAside(path: string): void {
  const aside = `${path}.${process.pid}.${randomUUID()}.new`;
  const database = new DatabaseSync(aside);
  try {
    chmodSync(aside, 0o600);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    createSchema(database);
  } finally {
    database.close();
  }
  try {
    linkSync(aside, path);
  } catch (error) {
    // Another process was faster: its file serves as well. File systems without hard links get a rename.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") renameSync(aside, path);
  }
  for (const suffix of ["", "-wal", "-shm"]) rmSync(aside + suffix, { force: true });
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
  } catch {
    // Half-written or foreign: rebuilt by the caller.
  }
  database?.close();
  return undefined;
}

function prepared(database: DatabaseSync): DatabaseSync {
  database.exec(
    "PRAGMA busy_timeout = 30000; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000",
  );
  return database;
}
