import type { DatabaseSync } from "node:sqlite";
import type { KnowledgeStore } from "../../store.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { createThesaurus } from "../../text/thesaurus.ts";
import { countAll, findDocument, listDocuments, listEntries, listProblems, listTopics } from "./documents.ts";
import { createSearcher, type Searcher } from "./search.ts";
import { createSpeller } from "./speller.ts";
import { createVisibility, visibleToSomebody } from "./visibility.ts";

/** The part of a store that only reads. */
export type KnowledgeReader = Pick<KnowledgeStore, "search" | "get" | "topics" | "list" | "entries" | "counts" | "problems">;

export interface ReaderOptions {
  readonly analyzer: Analyzer;
  /** The clock that decides what is in force. */
  readonly now: () => Date;
  /** Condition that leaves hidden rows out of `passages`. Default: there are none. */
  readonly hiddenRows?: string;
}

export function createReader(database: DatabaseSync, { analyzer, now, hiddenRows = "" }: ReaderOptions): KnowledgeReader {
  const today = (): string => now().toISOString().slice(0, 10);
  const visibleTo = createVisibility(database);
  // Made by the first search, so that a server that is only asked for its tools starts at once.
  let searcher: Searcher | undefined;
  const firstSearcher = (): Searcher => {
    const english = createThesaurus("en", analyzer);
    return createSearcher(database, {
      analyzer,
      speller: createSpeller(database, analyzer),
      thesauri: new Map(english ? [["en", english]] : []),
      today,
      hiddenRows,
    });
  };
  const read = <Result>(ask: () => Result): Result => inOneState(database, ask);
  return {
    search: async (query, options = {}) =>
      read(() => {
        searcher ??= firstSearcher();
        return searcher.search(query, options);
      }),
    get: async (id, { reader } = {}) => read(() => findDocument(database, visibleTo(reader), { id, day: today() })),
    topics: async ({ reader } = {}) => read(() => listTopics(database, visibleTo(reader))),
    list: async ({ reader, after = "", limit = 100 } = {}) =>
      read(() => listDocuments(database, visibleTo(reader), { after, limit })),
    entries: async ({ reader, limit = 10_000 } = {}) => read(() => listEntries(database, visibleTo(reader), limit)),
    counts: ({ reader, everybody } = {}) =>
      read(() => countAll(database, everybody ? visibleToSomebody(database) : visibleTo(reader))),
    problems: () => listProblems(database),
  };
}

/**
 * Asks several things of one state of the index, whatever another process commits meanwhile: who may see a page must be told of the very
 * page that is shown.
 */
function inOneState<Result>(database: DatabaseSync, ask: () => Result): Result {
  database.exec("BEGIN");
  try {
    return ask();
  } finally {
    // A damaged file may have ended it already.
    if (database.isTransaction) database.exec("COMMIT");
  }
}
