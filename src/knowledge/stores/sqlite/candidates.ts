import type { DatabaseSync } from "node:sqlite";
import type { ReadQuery } from "../../search/query.ts";
import type { Candidate, Figures } from "../../search/score.ts";
import type { Standing } from "../../search/standing.ts";
import { standingColumns } from "./standings.ts";
import type { Visible } from "./visibility.ts";
import { fromText } from "./vocabulary.ts";

export interface CandidateOptions {
  readonly figures: Figures;
  readonly visible: Visible;
  readonly topic: string | undefined;
  readonly standing: (document: Record<string, unknown>) => Standing;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Passages that hold one of the telling terms. */
  readonly total: number;
}

/** How many passages FTS5 hands to the scoring. More found nothing more on the development questions. */
const maxCandidates = 150;
/**
 * FTS5 weighs every passage that holds a term, so its work grows with the commonest words of a question, which tell least. Terms are
 * looked up from the rarest on until they occur this often in all; the scoring counts the others too.
 */
const maxOccurrences = 1500;
/** A related term costs its place among those looked up as much as so many occurrences of an asked one. */
const relatedCost = 2;
/** What is not in force must match far better to be shown at all. */
const notInForce = 0.6;

/** Finds the passages worth scoring. */
export function createCandidateFinder(
  database: DatabaseSync,
  { hiddenRows }: { readonly hiddenRows: string },
): (query: ReadQuery, options: CandidateOptions) => Candidates {
  const everywhere = database.prepare(findSql(`AND ?1 IS NULL${hiddenRows}`));
  const inTopic = database.prepare(findSql(`AND rowid IN (${topicSql})${hiddenRows}`));
  const count = database.prepare(`SELECT count(*) AS n FROM passages WHERE passages MATCH ?${hiddenRows}`);
  const countInTopic = database.prepare(
    `SELECT count(*) AS n FROM passages WHERE passages MATCH ?2 AND rowid IN (${topicSql})${hiddenRows}`,
  );
  return (query, { figures, visible, topic, standing }) => {
    const match = matchOf(query, { figures, visible });
    if (match === undefined) return { candidates: [], total: 0 };
    const rows = topic === undefined ? everywhere.all(null, match) : inTopic.all(topic, match);
    const candidates = rows.map((row) => {
      const { inForce } = standing(row);
      return { ...toCandidate(row), inForce, weight: Number(row.weight) * (inForce ? 1 : notInForce) };
    });
    if (rows.length < maxCandidates) return { candidates, total: rows.length };
    const counted = topic === undefined ? count.get(match) : countInTopic.get(topic, match);
    return { candidates, total: Number(counted?.n) };
  };
}

const topicSql =
  "SELECT id FROM chunks WHERE document IN (SELECT id FROM documents WHERE source = ?1 OR path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || '/')";

const findSql = (condition: string): string =>
  `SELECT c.id, c.document, c.weight, c.terms, d.terms AS document_terms, d.lang, d.variant, ${standingColumns.replace(/\w+/g, "d.$&")}
   FROM (SELECT rowid AS id FROM passages WHERE passages MATCH ?2 ${condition} ORDER BY bm25(passages, 3, 3, 1, 1, 0) LIMIT ${maxCandidates}) AS f
   JOIN chunks c ON c.id = f.id JOIN documents d ON d.id = c.document`;

/** FTS5 expression for the terms of a question that tell most; undefined where the base holds none of them. */
function matchOf(
  { concepts }: ReadQuery,
  { figures, visible }: Pick<CandidateOptions, "figures" | "visible">,
): string | undefined {
  const own = new Set(concepts.flatMap((concept) => concept.own));
  const cost = (term: string, chunks: number): number => (own.has(term) ? chunks : chunks * relatedCost);
  const known = [...new Set(concepts.flatMap((concept) => [...concept.own, ...concept.related]))]
    .map((term) => ({ term, chunks: figures.term(term).chunks }))
    .filter(({ chunks }) => chunks > 0)
    .sort((a, b) => cost(a.term, a.chunks) - cost(b.term, b.chunks));
  const chosen: string[] = [];
  let occurrences = 0;
  for (const { term, chunks } of known) {
    occurrences += chunks;
    if (chosen.length > 0 && occurrences > maxOccurrences) break;
    chosen.push(`"${term.replaceAll('"', "")}"`);
  }
  return chosen.length === 0 ? undefined : `{title heading body keywords} : (${chosen.join(" OR ")})${visible.match}`;
}

function toCandidate(row: Record<string, unknown>): Candidate {
  const [heading, name, body] = fromText(row.terms, 3);
  const [title, keywords] = fromText(row.document_terms, 2);
  return {
    id: Number(row.id),
    document: Number(row.document),
    weight: Number(row.weight),
    lang: String(row.lang),
    variant: `${row.source}/${row.variant}`,
    inForce: true,
    title: title!,
    heading: heading!,
    body: body!,
    keywords: keywords!,
    name: name!,
  };
}
