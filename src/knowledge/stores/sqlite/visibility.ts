import type { DatabaseSync } from "node:sqlite";
import type { Reader } from "../../store.ts";

/** The labels a reader may see, as SQL wants them. */
export interface Visible {
  /** JSON array of label ids, for `IN (SELECT value FROM json_each(?))`. */
  readonly labels: string;
  /** FTS5 condition on the label column; empty where every document is visible. */
  readonly match: string;
}

/** Tells which documents exist for a reader: public ones, and those of a label that shares a group with them. */
export function createVisibility(database: DatabaseSync): (reader?: Reader) => Visible {
  const labels = database.prepare("SELECT id, groups FROM labels");
  return (reader = { groups: [] }) => visibleIn(labels.all(), reader);
}

/** What at least one group may see; not the documents whose groups could not be read. */
export function visibleToSomebody(database: DatabaseSync): Visible {
  const rows = database.prepare("SELECT id, groups FROM labels").all();
  return visibleIn(rows, { groups: rows.flatMap((row) => groupsIn(row.groups)) });
}

function visibleIn(rows: readonly Record<string, unknown>[], reader: Reader): Visible {
  const groups = new Set(reader.groups);
  const ids = rows
    .filter((row) => row.id === 0 || groupsIn(row.groups).some((group) => groups.has(group)))
    .map((row) => Number(row.id));
  return {
    labels: JSON.stringify(ids),
    match: rows.length === 1 ? "" : ` AND label : (${ids.map((id) => `"l${id}"`).join(" OR ")})`,
  };
}

const groupsIn = (json: unknown): string[] => {
  const parsed: unknown = json === "*" ? [] : JSON.parse(String(json));
  return Array.isArray(parsed) ? parsed.map(String) : [];
};
