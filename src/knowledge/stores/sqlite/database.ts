import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Raised with every change of tables or of what is written into them: an older index is rebuilt. */
export const indexVersion = 1;

const schema = `
CREATE TABLE documents(
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL, uri TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL, mtime REAL NOT NULL, hash TEXT NOT NULL,
  -- why the file cannot be used; such a row has no text and is no document
  problem TEXT,
  title TEXT NOT NULL, lang TEXT NOT NULL, owner TEXT, groups TEXT, effective_from TEXT, effective_until TEXT,
  supersedes TEXT NOT NULL, text TEXT NOT NULL, line_count INTEGER NOT NULL);
CREATE TABLE chunks(
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL, anchor TEXT NOT NULL, heading TEXT NOT NULL,
  line INTEGER NOT NULL, to_line INTEGER NOT NULL, text TEXT NOT NULL, weight REAL NOT NULL);
CREATE INDEX chunks_by_document ON chunks(document);
CREATE TABLE words(word TEXT PRIMARY KEY, chunks INTEGER NOT NULL) WITHOUT ROWID;
-- Terms are made by the analyzer; the tokenizer only splits at spaces.
CREATE VIRTUAL TABLE passages USING fts5(title, heading, body, content='', contentless_delete=1, tokenize='ascii');
CREATE VIRTUAL TABLE names USING fts5(name, content='', contentless_delete=1, tokenize='ascii');
`;

/** Opens the index of this key in the folder, or an empty one where there is none that this version can read. Files are for the user only (0600). */
export function openDatabase(folder: string, key: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `knowledge-${key}.sqlite`);
  const existing = existsSync(path) ? tryOpen(path) : undefined;
  if (existing) return existing;
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
  const database = new DatabaseSync(path);
  chmodSync(path, 0o600);
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN; ${schema} PRAGMA user_version = ${indexVersion}; COMMIT`,
  );
  return prepared(database);
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
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000");
  return database;
}
