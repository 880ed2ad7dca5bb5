import type { DatabaseSync } from "node:sqlite";
import { findContradictions } from "../../search/contradictions.ts";
import { fuse } from "../../search/fuse.ts";
import { questionWords, type ReadQuery, readQuery } from "../../search/query.ts";
import { type Candidate, type Scored, scoreCandidates } from "../../search/score.ts";
import { selectPassages } from "../../search/select.ts";
import type { Standing } from "../../search/standing.ts";
import type { SearchHit, SearchOptions, SearchOutcome } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { detectLanguage } from "../../text/language.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import { createCompoundFinder } from "./compound-finder.ts";
import { languagesOf } from "./documents.ts";
import { createFigures } from "./figures.ts";
import { createPassageReader } from "./passages.ts";
import type { Speller } from "./speller.ts";
import { createStandings, standingColumns } from "./standings.ts";
import { type Visible, visibleTo } from "./visibility.ts";

/** What is not in force must match far better to be shown at all. */
const notInForce = 0.6;

/** How many passages FTS5 hands to the scoring. Twice as many found nothing more on any test set. */
const maxCandidates = 200;

export interface Searcher {
  search(query: string, options: SearchOptions): SearchOutcome;
}

export interface SearcherParts {
  readonly analyzer: Analyzer;
  readonly speller: Speller;
  readonly thesauri: ReadonlyMap<string, Thesaurus>;
  /** ISO date of the current day. */
  readonly today: () => string;
}

export function createSearcher(database: DatabaseSync, { analyzer, speller, thesauri, today }: SearcherParts): Searcher {
  const figuresFor = createFigures(database);
  const compounds = createCompoundFinder(database, analyzer);
  const passages = createPassageReader(database);
  const total = database.prepare("SELECT count(*) AS n FROM passages WHERE passages MATCH ?");
  const countMatches = (matches: ReadonlySet<string>): number =>
    matches.size === 0 ? 0 : Number(total.get([...matches].map((match) => `(${match})`).join(" OR "))!.n);
  const standings = createStandings(database);
  const candidates = createCandidateReader(database);

  return {
    search(question, { limit = 6, reader, topic, asOf = today(), queries = [], maxChars }) {
      const visible = visibleTo(database, reader);
      const figures = figuresFor(visible);
      const langs = languagesOf(database, visible);
      const standing = standings(visible, asOf);
      const matches = new Set<string>();

      const find = (form: string): { scored: Scored[]; corrections: SearchOutcome["corrections"]; lang: string | undefined } => {
        const told = detectLanguage(form, analyzer.stopWords);
        const lang = told !== undefined && langs.includes(told) ? told : undefined;
        const { words, corrections } = speller.repair(questionWords(form), { langs, visible, thesauri });
        const query = readQuery(words, {
          langs,
          questionLang: lang,
          analyzer,
          thesauri,
          compounds: (word, of) => compounds(word, of, figures),
        });
        const match = matchOf(query, visible);
        if (match === undefined) return { scored: [], corrections, lang };
        matches.add(match);
        return { scored: scoreCandidates(query, candidates(match, topic, standing), figures), corrections, lang };
      };

      const { scored, corrections, lang } = find(question);
      const others = [...new Set(queries)].filter((form) => form !== question).map((form) => find(form).scored);
      const show = ({ candidate, score }: Scored) => {
        const { shown, covers } = passages.show(candidate.id, { score, standing });
        return { shown: { ...shown, inForce: candidate.inForce }, covers };
      };
      const selected = selectPassages(fuse(scored, others), { limit, maxChars, lang, show });
      const hits = withContradictions(selected, analyzer);
      return { hits, total: countMatches(matches), corrections };
    },
  };
}

function withContradictions(selected: readonly (SearchHit & { readonly inForce: boolean })[], analyzer: Analyzer): SearchHit[] {
  const contradicting = findContradictions(selected, analyzer);
  return selected.map((entry) => {
    const { inForce: _, ...hit } = entry;
    const others = contradicting.get(entry);
    if (others === undefined) return hit;
    const remark = `contradicts ${others.join(", ")}`;
    return { ...hit, remark: hit.remark === undefined ? remark : `${hit.remark}; ${remark}` };
  });
}

/** FTS5 expression for all terms of a question; undefined where it has none. */
function matchOf({ concepts }: ReadQuery, visible: Visible): string | undefined {
  const terms = [...new Set(concepts.flatMap(({ own, related }) => [...own, ...related]))];
  if (terms.length === 0) return undefined;
  return `{title heading body keywords} : (${terms.map((term) => `"${term.replaceAll('"', "")}"`).join(" OR ")})${visible.match}`;
}

type StandingOf = (document: Record<string, unknown>) => Standing;

function createCandidateReader(
  database: DatabaseSync,
): (match: string, topic: string | undefined, standing: StandingOf) => Candidate[] {
  const inTopic =
    "AND rowid IN (SELECT id FROM chunks WHERE document IN (SELECT id FROM documents WHERE source = ?1 OR path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || '/'))";
  const columns = standingColumns.replace(/\w+/g, "d.$&");
  const find = (condition: string): string =>
    `SELECT c.id, c.document, c.weight, c.heading_terms, c.body_terms, c.name_terms, d.title_terms, d.keyword_terms, d.lang, d.variant, ${columns}
     FROM (SELECT rowid AS id FROM passages WHERE passages MATCH ?2 ${condition} ORDER BY bm25(passages, 3, 3, 1, 1, 0) LIMIT ${maxCandidates}) AS f
     JOIN chunks c ON c.id = f.id JOIN documents d ON d.id = c.document`;
  const everywhere = database.prepare(find("AND ?1 IS NULL"));
  const within = database.prepare(find(inTopic));
  return (match, topic, standing) => {
    const rows = topic === undefined ? everywhere.all(null, match) : within.all(topic, match);
    return rows.map((row) => {
      const { inForce } = standing(row);
      return { ...toCandidate(row), inForce, weight: Number(row.weight) * (inForce ? 1 : notInForce) };
    });
  };
}

function toCandidate(row: Record<string, unknown>): Candidate {
  return {
    id: Number(row.id),
    document: Number(row.document),
    weight: Number(row.weight),
    lang: String(row.lang),
    variant: `${row.source}/${row.variant}`,
    inForce: true,
    title: split(row.title_terms),
    heading: split(row.heading_terms),
    body: split(row.body_terms),
    keywords: split(row.keyword_terms),
    name: split(row.name_terms),
  };
}

const split = (terms: unknown): string[] => (terms === "" ? [] : String(terms).split(" "));
