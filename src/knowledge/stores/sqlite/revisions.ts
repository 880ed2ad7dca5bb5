import type { DatabaseSync } from "node:sqlite";
import type { KnowledgeChange } from "../../store.ts";
import { createVisibility } from "./visibility.ts";

/** How often the documents of each label changed: one figure per list of groups, so that a change is told to those it concerns only. */
export type Revisions = ReadonlyMap<number, number>;

export const readRevisions = (database: DatabaseSync): Revisions =>
  new Map(
    database
      .prepare("SELECT label, revision FROM revisions")
      .all()
      .map((row) => [Number(row.label), Number(row.revision)]),
  );

/** What happened between two looks; undefined where no document of anybody changed. */
export function changeBetween(database: DatabaseSync, before: Revisions, after: Revisions): KnowledgeChange | undefined {
  const labels = new Set([...before.keys(), ...after.keys()].filter((label) => before.get(label) !== after.get(label)));
  if (labels.size === 0) return undefined;
  const visibleTo = createVisibility(database);
  return {
    concerns: (reader) => (JSON.parse(visibleTo(reader).labels) as number[]).some((label) => labels.has(label)),
  };
}
