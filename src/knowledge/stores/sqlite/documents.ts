import type { DatabaseSync } from "node:sqlite";
import { createLinkResolver, linksIn } from "../../load/links.ts";
import type {
  DocumentSummary,
  KnowledgeCounts,
  KnowledgeDocument,
  KnowledgeEntry,
  KnowledgeProblem,
  Topic,
} from "../../store.ts";
import { documentUri, passageUri } from "../../uri.ts";
import { createStandings } from "./standings.ts";
import type { Visible } from "./visibility.ts";

type Row = Record<string, unknown>;
const summaryColumns = "uri, path, title, lang, hash, size, line_count, owner, effective_from, effective_until";
const served = "problem IS NULL AND line_count > 0 AND label IN (SELECT value FROM json_each(?))";
const textOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

export function listDocuments(
  database: DatabaseSync,
  visible: Visible,
  { after, limit }: { after: string; limit: number },
): DocumentSummary[] {
  return database
    .prepare(`SELECT ${summaryColumns} FROM documents WHERE ${served} AND uri > ? ORDER BY uri LIMIT ?`)
    .all(visible.labels, after, limit)
    .map(toSummary);
}

export function findDocument(
  database: DatabaseSync,
  visible: Visible,
  { id, day }: { id: string; day: string },
): KnowledgeDocument | undefined {
  // A file's name may hold a #, too.
  const document = id.replace(/#.*$/s, "");
  const row = database
    .prepare(
      `SELECT ${summaryColumns}, source, outdated, (SELECT text FROM document_texts t WHERE t.id = documents.id) AS text FROM documents WHERE ${served} AND (uri = ? OR path IN (?, ?)) ORDER BY path = ? DESC, uri LIMIT 1`,
    )
    .get(visible.labels, document, document, id, id);
  if (row === undefined) return undefined;
  const { remark } = createStandings(database)(visible, day)(row);
  const text = String(row.text);
  const links = linksOf(database, visible, { source: String(row.source), path: String(row.path), text });
  return { ...toSummary(row), text, links, ...(remark !== undefined && { remark }) };
}

const maxLinks = 100;

function linksOf(
  database: DatabaseSync,
  visible: Visible,
  page: { source: string; path: string; text: string },
): KnowledgeDocument["links"] {
  const rows = database
    .prepare(`SELECT path, aliases FROM documents WHERE ${served} AND source = ?`)
    .all(visible.labels, page.source);
  const paths = rows.map((row) => String(row.path));
  const aliases = rows.flatMap((row) =>
    (JSON.parse(String(row.aliases)) as string[]).map((alias) => [alias, String(row.path)] as const),
  );
  const resolve = createLinkResolver({ paths, aliases });
  const links = new Map<string, string>();
  for (const link of linksIn(page.text.split("\n"))) {
    const target = resolve(link.target, page.path);
    if (target.kind !== "document" || target.path === page.path || links.size >= maxLinks) continue;
    const uri = passageUri(documentUri(page.source, target.path), target.anchor);
    if (!links.has(uri)) links.set(uri, link.text);
  }
  return [...links].map(([uri, text]) => ({ text, uri }));
}

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

/** Folders with the titles in them, and Q&A files with their questions. */
export function listTopics(database: DatabaseSync, visible: Visible): Topic[] {
  const topics = new Map<string, { name: string; source: string; documents: number; titles: string[] }>();
  const questions = database.prepare(
    "SELECT heading FROM chunks WHERE document = ? AND kind = 'entry' AND anchor NOT LIKE '%~%' ORDER BY id",
  );
  for (const row of database
    .prepare(`SELECT id, source, path, title FROM documents WHERE ${served} ORDER BY uri`)
    .all(visible.labels)) {
    const path = String(row.path);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const asked = path.toLowerCase().endsWith(".json") ? questions.all(Number(row.id)).map((entry) => String(entry.heading)) : [];
    const name = asked.length > 0 ? path : folder || String(row.source);
    const topic = topics.get(`${row.source}/${name}`) ?? { name, source: String(row.source), documents: 0, titles: [] };
    topic.documents++;
    for (const title of asked.length > 0 ? asked : [String(row.title)]) topic.titles.push(title);
    topics.set(`${row.source}/${name}`, topic);
  }
  return [...topics.values()];
}

/** Sections as questions with answers; the parts of a long one are joined again. */
export function listEntries(database: DatabaseSync, visible: Visible, limit: number): KnowledgeEntry[] {
  const rows = database
    .prepare(
      "SELECT c.document, c.anchor, c.heading, t.text, d.title FROM chunks c JOIN chunk_texts t ON t.id = c.id JOIN documents d ON d.id = c.document WHERE d.label IN (SELECT value FROM json_each(?)) ORDER BY d.uri, c.id LIMIT ?",
    )
    .all(visible.labels, limit);
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

/** Lists the languages of the visible base, the most spoken first. */
export function createLanguageList(database: DatabaseSync): (visible: Visible) => string[] {
  const spoken = database.prepare(
    "SELECT lang FROM totals WHERE label IN (SELECT value FROM json_each(?)) GROUP BY lang HAVING sum(chunks) > 0 ORDER BY sum(chunks) DESC, lang",
  );
  return (visible) => spoken.all(visible.labels).map((row) => String(row.lang));
}

export function countAll(database: DatabaseSync, visible: Visible): KnowledgeCounts {
  const row = database
    .prepare(
      "SELECT sum(documents) AS documents, sum(chunks) AS chunks FROM totals WHERE label IN (SELECT value FROM json_each(?))",
    )
    .get(visible.labels);
  return {
    documents: Number(row?.documents ?? 0),
    chunks: Number(row?.chunks ?? 0),
    languages: createLanguageList(database)(visible),
  };
}

export const listProblems = (database: DatabaseSync): KnowledgeProblem[] =>
  database
    .prepare("SELECT source, path, problem FROM documents WHERE problem IS NOT NULL ORDER BY uri")
    .all()
    .map((row) => ({ source: String(row.source), path: String(row.path), reason: String(row.problem) }));
