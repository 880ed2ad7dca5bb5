import type { DatabaseSync } from "node:sqlite";
import { createCountedReader } from "./counted.ts";
import { createTally } from "./tally.ts";

const figures = {
  terms: { keys: ["term", "label"], sums: ["chunks", "names", "documents", "occurrences"] },
  words: { keys: ["word", "label"], sums: ["chunks"] },
  totals: { keys: ["label", "lang"], sums: ["documents", "chunks", "title", "heading", "body", "keywords", "name"] },
} as const;
const tables = Object.entries(figures);

/** For FTS5, which no view can stand in front of: a condition on the rows of `passages`, to be appended. Empty while nothing is hidden. */
export const hiddenRows = (database: DatabaseSync): string =>
  isHiding(database) ? " AND rowid NOT IN (SELECT id FROM temp.hidden_chunks)" : "";

/**
 * Hides documents from this connection without writing to the file, which may be impossible: views of its own stand in front of the
 * tables, so that no query sees the documents or what they added to the figures. Statements prepared before do not know of it, so whoever
 * reads prepares them anew. An empty list shows everything again; each call replaces the one before.
 */
export function hideDocuments(database: DatabaseSync, ids: readonly number[]): void {
  if (isHiding(database)) database.exec(showAll);
  if (ids.length === 0) return;
  database.exec(makeTables);
  const countedOf = createCountedReader(database);
  const tally = createTally(database, { prefix: "temp.hidden_" });
  const document = database.prepare("INSERT INTO temp.hidden_documents VALUES(?)");
  const chunk = database.prepare("INSERT INTO temp.hidden_chunks VALUES(?)");
  for (const id of new Set(ids)) {
    document.run(id);
    const counted = countedOf(id);
    if (counted === undefined) continue;
    tally.count(counted, -1);
    for (const chunkId of counted.chunkIds) chunk.run(chunkId);
  }
  tally.flush();
  database.exec(makeViews);
}

const isHiding = (database: DatabaseSync): boolean =>
  database.prepare("SELECT 1 FROM temp.sqlite_schema WHERE name = 'hidden_documents'").get() !== undefined;

const makeTables = `
  CREATE TEMP TABLE hidden_documents(id INTEGER PRIMARY KEY);
  CREATE TEMP TABLE hidden_chunks(id INTEGER PRIMARY KEY);
  ${tables
    .map(([table, { keys, sums }]) => {
      return `CREATE TEMP TABLE hidden_${table}(${[...keys, ...sums].join(", ")}, PRIMARY KEY(${keys.join(", ")})) WITHOUT ROWID;`;
    })
    .join("\n")}`;

const makeViews = `
  CREATE TEMP VIEW documents AS SELECT * FROM main.documents WHERE id NOT IN (SELECT id FROM temp.hidden_documents);
  ${tables
    .map(([table, { keys, sums }]) => {
      const columns = [
        ...keys.map((key) => `shown.${key} AS ${key}`),
        ...sums.map((sum) => `shown.${sum} + coalesce(hidden.${sum}, 0) AS ${sum}`),
      ];
      const same = keys.map((key) => `hidden.${key} = shown.${key}`).join(" AND ");
      return `CREATE TEMP VIEW ${table} AS SELECT ${columns.join(", ")} FROM main.${table} shown LEFT JOIN temp.hidden_${table} hidden ON ${same};`;
    })
    .join("\n")}`;

const showAll = `
  DROP VIEW IF EXISTS temp.documents;
  ${tables.map(([table]) => `DROP VIEW IF EXISTS temp.${table}; DROP TABLE IF EXISTS temp.hidden_${table};`).join("\n")}
  DROP TABLE IF EXISTS temp.hidden_chunks;
  DROP TABLE temp.hidden_documents;`;
