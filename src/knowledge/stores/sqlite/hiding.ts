import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createCountedReader } from "./counted.ts";
import { createTally } from "./tally.ts";

const figures = {
  terms: { keys: ["term", "label"], sums: ["chunks", "names", "documents", "occurrences"] },
  words: { keys: ["word", "label"], sums: ["chunks"] },
  totals: { keys: ["label", "lang"], sums: ["documents", "chunks", "title", "heading", "body", "keywords", "name"] },
} as const;
const tables = Object.entries(figures);

/** Longest stretch of work without letting requests through, in milliseconds. */
const turnMs = 12;

/** Documents that one connection does not see. */
export interface Hiding {
  /**
   * Makes ready to hide these in place of those hidden before (none: to show everything again). Calling the function it gives does it, at
   * once, and gives what no view can do for FTS5: a condition on the rows of `passages`, to be appended; empty while nothing is hidden.
   */
  prepare(ids: readonly number[]): Promise<() => string>;
}

/**
 * Hides documents from a connection without writing to its file, which may be impossible: views of its own stand in front of the tables,
 * so that no query sees the documents or what they added to the figures. Statements prepared before do not know of it, so whoever reads
 * prepares them anew.
 */
export function createHiding(database: DatabaseSync): Hiding {
  let current = 0;
  let last = 0;
  return {
    async prepare(ids) {
      const next = ids.length === 0 ? 0 : ++last;
      if (next > 0) await fillTables(database, ids, next);
      return () => {
        database.exec(`${dropViews} ${next > 0 ? makeViews(next) : ""} ${current > 0 ? dropTables(current) : ""}`);
        current = next;
        return next === 0 ? "" : ` AND rowid NOT IN (SELECT id FROM temp.hidden_chunks_${next})`;
      };
    },
  };
}

async function fillTables(database: DatabaseSync, ids: readonly number[], number: number): Promise<void> {
  database.exec(makeTables(number));
  const countedOf = createCountedReader(database);
  const tally = createTally(database, (table) => `temp.hidden_${table}_${number}`);
  const document = database.prepare(`INSERT INTO temp.hidden_documents_${number} VALUES(?)`);
  const chunk = database.prepare(`INSERT INTO temp.hidden_chunks_${number} VALUES(?)`);
  let turn = performance.now();
  for (const id of new Set(ids)) {
    document.run(id);
    const counted = countedOf(id);
    if (counted !== undefined) tally.count(counted, -1);
    for (const chunkId of counted?.chunkIds ?? []) chunk.run(chunkId);
    if (performance.now() - turn < turnMs) continue;
    await nextTurn();
    turn = performance.now();
  }
  tally.flush();
}

const makeTables = (number: number): string => `
  CREATE TEMP TABLE hidden_documents_${number}(id INTEGER PRIMARY KEY);
  CREATE TEMP TABLE hidden_chunks_${number}(id INTEGER PRIMARY KEY);
  ${tables
    .map(([table, { keys, sums }]) => {
      return `CREATE TEMP TABLE hidden_${table}_${number}(${[...keys, ...sums].join(", ")}, PRIMARY KEY(${keys.join(", ")})) WITHOUT ROWID;`;
    })
    .join("\n")}`;

const makeViews = (number: number): string => `
  CREATE TEMP VIEW documents AS SELECT * FROM main.documents WHERE id NOT IN (SELECT id FROM temp.hidden_documents_${number});
  ${tables
    .map(([table, { keys, sums }]) => {
      const columns = [
        ...keys.map((key) => `shown.${key} AS ${key}`),
        ...sums.map((sum) => `shown.${sum} + coalesce(hidden.${sum}, 0) AS ${sum}`),
      ];
      const same = keys.map((key) => `hidden.${key} = shown.${key}`).join(" AND ");
      return `CREATE TEMP VIEW ${table} AS SELECT ${columns.join(", ")} FROM main.${table} shown LEFT JOIN temp.hidden_${table}_${number} hidden ON ${same};`;
    })
    .join("\n")}`;

const dropViews = ["documents", ...Object.keys(figures)].map((table) => `DROP VIEW IF EXISTS temp.${table};`).join(" ");

const dropTables = (number: number): string =>
  ["documents", "chunks", ...Object.keys(figures)].map((table) => `DROP TABLE temp.hidden_${table}_${number};`).join(" ");
