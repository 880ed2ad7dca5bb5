/** Raised with every change of tables or of what is written into them: an older index is rebuilt. */
export const indexVersion = 16;

/** Tables of the index. */
export const schema = `
-- Who may read a document: one row per distinct list of groups; 0 is everybody.
CREATE TABLE labels(id INTEGER PRIMARY KEY, groups TEXT NOT NULL UNIQUE);
INSERT INTO labels VALUES(0, '*');
CREATE TABLE revisions(label INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
CREATE TABLE documents(
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL, uri TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL, mtime REAL NOT NULL, ctime REAL NOT NULL, hash TEXT NOT NULL,
  -- why the file cannot be used or is none of ours; such a row has no text and is no document
  problem TEXT, label INTEGER NOT NULL,
  title TEXT NOT NULL, lang TEXT NOT NULL, variant TEXT NOT NULL, owner TEXT, effective_from TEXT, effective_until TEXT,
  supersedes TEXT NOT NULL, outdated TEXT, line_count INTEGER NOT NULL,
  aliases TEXT NOT NULL, keywords TEXT NOT NULL, -- title and keywords as terms
  terms TEXT NOT NULL);
-- Texts stand apart: what every search reads is then small enough to stay in memory.
CREATE TABLE document_texts(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE INDEX stamps ON documents(uri, id, size, mtime, ctime, hash);
CREATE INDEX superseding ON documents(id) WHERE supersedes <> '[]';
-- Chunks of a document have neighbouring ids in the order of its text.
CREATE TABLE chunks(
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL, anchor TEXT NOT NULL, heading TEXT NOT NULL, kind TEXT NOT NULL,
  line INTEGER NOT NULL, to_line INTEGER NOT NULL, weight REAL NOT NULL,
  -- heading, name and body as terms
  terms TEXT NOT NULL);
CREATE TABLE chunk_texts(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE INDEX chunks_by_document ON chunks(document);
-- Terms are made by the analyzer; the tokenizer only splits at spaces. The label is a term too, so that a query can be limited to it.
CREATE VIRTUAL TABLE passages USING fts5(title, heading, body, keywords, label, content='', contentless_delete=1, tokenize='ascii');
-- Every term has a number; what a field holds is kept as one character for each of its terms, in their order.
CREATE TABLE vocabulary(id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE);
-- Figures are kept by label, so that what a reader may not see does not show in scores or spelling.
CREATE TABLE terms(
  term INTEGER NOT NULL, label INTEGER NOT NULL, chunks INTEGER NOT NULL, names INTEGER NOT NULL, documents INTEGER NOT NULL,
  occurrences INTEGER NOT NULL, PRIMARY KEY(term, label)) WITHOUT ROWID;
CREATE TABLE words(word TEXT NOT NULL, label INTEGER NOT NULL, chunks INTEGER NOT NULL, PRIMARY KEY(word, label)) WITHOUT ROWID;
-- Long terms of languages with compounds, to be found by what they contain.
CREATE VIRTUAL TABLE compounds USING fts5(term, content='', tokenize='trigram');
CREATE TABLE long_terms(id INTEGER PRIMARY KEY);
CREATE TABLE totals(
  label INTEGER NOT NULL, lang TEXT NOT NULL, documents INTEGER NOT NULL, chunks INTEGER NOT NULL, title INTEGER NOT NULL,
  heading INTEGER NOT NULL, body INTEGER NOT NULL, keywords INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY(label, lang)) WITHOUT ROWID;
`;
