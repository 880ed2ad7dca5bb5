import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { listFiles, openSource, type SourceRoot } from "../../load/files.ts";
import { readDocument } from "../../load/read-document.ts";
import type {
  DocumentSummary,
  KnowledgeCounts,
  KnowledgeDocument,
  KnowledgeEntry,
  KnowledgeProblem,
  KnowledgeSource,
  KnowledgeStore,
  Topic,
} from "../../store.ts";
import { createAnalyzer } from "../../text/analyzer.ts";
import { createThesaurus } from "../../text/thesaurus.ts";
import { documentUri } from "../../uri.ts";
import { openDatabase } from "./database.ts";
import { createSearcher } from "./search.ts";
import { createSpeller } from "./speller.ts";
import { createIndexWriter } from "./writer.ts";

export interface SqliteStoreOptions {
  readonly sources: readonly KnowledgeSource[];
  /** Folder for the index, made where absent; the index file is readable by its user only. */
  readonly cacheDir: string;
}

/** A store on one machine: an FTS5 index in the cache folder, brought up to date from the files. Throws `config` for sources that cannot be opened. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<KnowledgeStore> {
  const roots = uniqueNames(options.sources.map(openSource));
  const database = openDatabase(options.cacheDir, keyOf(roots));
  const analyzer = createAnalyzer();
  const writer = createIndexWriter(database, analyzer);
  const english = createThesaurus("en", analyzer);
  const thesauri = new Map(english ? [["en", english]] : []);
  const searcher = createSearcher(database, { analyzer, speller: createSpeller(database, analyzer), thesauri });
  const listeners = new Set<() => void>();
  const refresh = async (): Promise<void> => {
    if (update(database, writer, roots)) for (const listener of listeners) listener();
  };
  await refresh();
  return {
    search: async (query, searchOptions = {}) => searcher.search(query, searchOptions),
    get: async (id) => getDocument(database, id),
    topics: async () => listTopics(database),
    list: async ({ after = "", limit = 100 } = {}) =>
      database
        .prepare(
          `SELECT ${summaryColumns} FROM documents WHERE problem IS NULL AND line_count > 0 AND uri > ? ORDER BY uri LIMIT ?`,
        )
        .all(after, limit)
        .map(toSummary),
    entries: async ({ limit = 10_000 } = {}) => listEntries(database, limit),
    counts: () => counts(database),
    problems: () => problems(database),
    refresh,
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

function uniqueNames(roots: readonly SourceRoot[]): SourceRoot[] {
  const taken = new Map<string, number>();
  return roots.map((root) => {
    const seen = taken.get(root.name) ?? 0;
    taken.set(root.name, seen + 1);
    return seen === 0 ? root : { ...root, name: `${root.name}-${seen + 1}` };
  });
}

const keyOf = (roots: readonly SourceRoot[]): string =>
  createHash("sha256").update(JSON.stringify(roots)).digest("hex").slice(0, 16);

/** Brings the index up to date in one transaction; true where something changed. */
function update(database: DatabaseSync, writer: ReturnType<typeof createIndexWriter>, roots: readonly SourceRoot[]): boolean {
  const known = new Map(
    database
      .prepare("SELECT uri, id, size, mtime FROM documents")
      .all()
      .map((row) => [String(row.uri), row]),
  );
  const found = roots.flatMap((root) => listFiles(root).files.map((file) => ({ root, file })));
  const changed = found.filter(({ root, file }) => {
    const uri = documentUri(root.name, file.path);
    const row = known.get(uri);
    known.delete(uri);
    return row === undefined || row.size !== file.size || row.mtime !== file.mtimeMs;
  });
  if (changed.length === 0 && known.size === 0) return false;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const row of known.values()) writer.remove(Number(row.id));
    for (const { root, file } of changed) {
      writer.put({ source: root.name, path: file.path, size: file.size, mtimeMs: file.mtimeMs, ...readDocument(root, file) });
    }
    writer.finish();
    database.exec("COMMIT");
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
  return true;
}

const summaryColumns = "uri, path, title, lang, hash, size, line_count, owner, effective_from, effective_until";
type Row = Record<string, unknown>;
const textOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

function toSummary(row: Row): DocumentSummary {
  return {
    id: String(row.uri),
    uri: String(row.uri),
    path: String(row.path),
    title: String(row.title),
    lang: String(row.lang),
    hash: String(row.hash),
    size: Number(row.size),
    totalLines: Number(row.line_count),
    owner: textOrNull(row.owner),
    effectiveFrom: textOrNull(row.effective_from),
    effectiveUntil: textOrNull(row.effective_until),
  };
}

function getDocument(database: DatabaseSync, id: string): KnowledgeDocument | undefined {
  const wanted = id.replace(/#.*$/s, "");
  const row = database
    .prepare(
      `SELECT ${summaryColumns}, text FROM documents WHERE problem IS NULL AND line_count > 0 AND (uri = ? OR path = ?) ORDER BY uri LIMIT 1`,
    )
    .get(wanted, wanted);
  return row && { ...toSummary(row), text: String(row.text) };
}

function listTopics(database: DatabaseSync): Topic[] {
  const topics = new Map<string, { name: string; source: string; documents: number; titles: string[] }>();
  for (const row of database
    .prepare("SELECT source, path, title FROM documents WHERE problem IS NULL AND line_count > 0 ORDER BY uri")
    .all()) {
    const path = String(row.path);
    const name = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const key = `${row.source}/${name}`;
    const topic = topics.get(key) ?? { name: name || String(row.source), source: String(row.source), documents: 0, titles: [] };
    topic.documents++;
    topic.titles.push(String(row.title));
    topics.set(key, topic);
  }
  return [...topics.values()];
}

function counts(database: DatabaseSync): KnowledgeCounts {
  const documents = database.prepare("SELECT count(*) AS n FROM documents WHERE problem IS NULL AND line_count > 0").get()!;
  const chunks = database.prepare("SELECT count(*) AS n FROM chunks").get()!;
  const languages = database
    .prepare("SELECT lang FROM documents WHERE problem IS NULL AND line_count > 0 GROUP BY lang ORDER BY count(*) DESC")
    .all();
  return { documents: Number(documents.n), chunks: Number(chunks.n), languages: languages.map((row) => String(row.lang)) };
}

const problems = (database: DatabaseSync): KnowledgeProblem[] =>
  database
    .prepare("SELECT source, path, problem FROM documents WHERE problem IS NOT NULL ORDER BY uri")
    .all()
    .map((row) => ({ source: String(row.source), path: String(row.path), reason: String(row.problem) }));

/** Sections as questions with answers; the parts of a long one are joined again. */
function listEntries(database: DatabaseSync, limit: number): KnowledgeEntry[] {
  const rows = database
    .prepare(
      "SELECT c.document, c.anchor, c.heading, c.text, d.title FROM chunks c JOIN documents d ON d.id = c.document ORDER BY d.uri, c.id LIMIT ?",
    )
    .all(limit);
  const entries: KnowledgeEntry[] = [];
  let lastSection = "";
  for (const row of rows) {
    const section = `${row.document}#${String(row.anchor).replace(/~\d+$/, "")}`;
    const last = entries.at(-1);
    const answer = String(row.text).replace(/^(?:#{1,6} .*\n+)+/, "");
    if (last && section === lastSection) entries[entries.length - 1] = { ...last, answer: `${last.answer}\n\n${answer}` };
    else entries.push({ question: String(row.heading) || String(row.title), answer });
    lastSection = section;
  }
  return entries;
}
