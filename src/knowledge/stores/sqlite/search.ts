import type { DatabaseSync } from "node:sqlite";
import { findContradictions } from "../../search/contradictions.ts";
import { fuse } from "../../search/fuse.ts";
import { questionWords, readQuery } from "../../search/query.ts";
import { rareTerms } from "../../search/rare.ts";
import { type Scored, scoreCandidates } from "../../search/score.ts";
import { selectPassages } from "../../search/select.ts";
import type { SearchHit, SearchOptions, SearchOutcome } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { detectLanguage } from "../../text/language.ts";
import type { Thesaurus } from "../../text/thesaurus.ts";
import { createCandidateFinder } from "./candidates.ts";
import { createCompoundFinder } from "./compound-finder.ts";
import { createLanguageList } from "./documents.ts";
import { createFigures } from "./figures.ts";
import { createPassageReader } from "./passages.ts";
import type { Speller } from "./speller.ts";
import { createStandings } from "./standings.ts";
import { createVisibility } from "./visibility.ts";

export interface Searcher {
  search(query: string, options: SearchOptions): SearchOutcome;
}

export interface SearcherParts {
  readonly analyzer: Analyzer;
  readonly speller: Speller;
  readonly thesauri: ReadonlyMap<string, Thesaurus>;
  /** ISO date of the current day. */
  readonly today: () => string;
  /** Condition that leaves hidden rows out of `passages`; empty where there are none. */
  readonly hiddenRows: string;
}

/** What one wording of a question found. */
interface Found {
  readonly scored: readonly Scored[];
  readonly total: number;
  readonly corrections: SearchOutcome["corrections"];
  readonly lang: string | undefined;
  readonly rare: readonly number[];
}

export function createSearcher(
  database: DatabaseSync,
  { analyzer, speller, thesauri, today, hiddenRows }: SearcherParts,
): Searcher {
  const visibleTo = createVisibility(database);
  const languagesOf = createLanguageList(database);
  const figuresFor = createFigures(database);
  const compounds = createCompoundFinder(database, analyzer);
  const passages = createPassageReader(database);
  const standings = createStandings(database);
  const findCandidates = createCandidateFinder(database, { hiddenRows });

  return {
    search(question, { limit = 6, reader, topic, asOf = today(), queries = [], maxTokens }) {
      const visible = visibleTo(reader);
      const figures = figuresFor(visible);
      const langs = languagesOf(visible);
      const standing = standings(visible, asOf);

      const find = (wording: string): Found => {
        const told = detectLanguage(wording, analyzer.stopWords);
        const lang = told !== undefined && langs.includes(told) ? told : undefined;
        const { words, corrections } = speller.repair(questionWords(wording), { langs, visible, thesauri });
        const related = { thesauri, compounds: (word: string, of: string) => compounds(word, of, figures) };
        const query = readQuery(words, { langs, questionLang: lang, analyzer, ...related });
        const { candidates, total } = findCandidates(query, { figures, visible, topic, standing });
        return { scored: scoreCandidates(query, candidates, figures), total, corrections, lang, rare: rareTerms(query, figures) };
      };

      const { scored, total, corrections, lang, rare } = find(question);
      const others = [...new Set(queries)].filter((wording) => wording !== question).map(find);
      const show = ({ candidate, score }: Scored) => {
        const { shown, covers } = passages.show(candidate.id, { score, standing });
        return { shown: { ...shown, inForce: candidate.inForce }, covers };
      };
      const fused = fuse(
        scored,
        others.map((other) => other.scored),
      );
      const hits = withContradictions(selectPassages(fused, { limit, maxTokens, lang, rare, show }), analyzer);
      return { hits, total: Math.max(total, hits.length, ...others.map((other) => other.total)), corrections };
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
