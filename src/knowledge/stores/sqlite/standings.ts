import { posix } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Standing, standingOn } from "../../search/standing.ts";
import type { Visible } from "./visibility.ts";

/** The columns of a document that decide whether it is in force. */
export const standingColumns = "source, path, uri, title, effective_from, effective_until, outdated";

type Row = Record<string, unknown>;
const textOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** Tells for a day, and for what a reader may see, which documents are in force. */
export function createStandings(database: DatabaseSync): (visible: Visible, day: string) => (document: Row) => Standing {
  const superseding = database.prepare(
    `SELECT ${standingColumns}, supersedes FROM documents WHERE supersedes <> '[]' AND label IN (SELECT value FROM json_each(?)) ORDER BY effective_from, uri`,
  );
  return (visible, day) => {
    const successors = new Map<string, Row>();
    for (const row of superseding.all(visible.labels)) {
      if (String(row.effective_from ?? "") > day || (row.effective_until !== null && String(row.effective_until) < day)) continue;
      for (const key of keysOfSuperseded(row)) successors.set(key, row);
    }
    return (row) => {
      const successor =
        successors.size === 0
          ? undefined
          : namesOf(row)
              .map((key) => successors.get(key))
              .find((found) => found !== undefined && found.uri !== row.uri);
      return standingOn(day, {
        effectiveFrom: textOrNull(row.effective_from),
        effectiveUntil: textOrNull(row.effective_until),
        outdated: textOrNull(row.outdated),
        supersededBy:
          successor === undefined ? null : { title: String(successor.title), since: textOrNull(successor.effective_from) },
      });
    };
  };
}

/** All that a document may be called by another: uri, path with and without ending, title. */
function namesOf(row: Row): string[] {
  const path = `${row.source}:${String(row.path).toLowerCase()}`;
  return [String(row.uri), path, path.replace(/\.[^./]+$/, ""), `title:${String(row.title).toLowerCase()}`];
}

function keysOfSuperseded(row: Row): string[] {
  const listed: unknown = JSON.parse(String(row.supersedes));
  const names = Array.isArray(listed) ? listed.map(String) : [];
  const folder = posix.dirname(String(row.path));
  return names.flatMap((name) => {
    const path = name.toLowerCase().replace(/^\/|\/$/g, "");
    return [
      name,
      `${row.source}:${path}`,
      `${row.source}:${posix.join(folder.toLowerCase(), path)}`,
      `title:${name.toLowerCase()}`,
    ];
  });
}
