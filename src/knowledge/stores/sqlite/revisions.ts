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

/** The labels whose documents changed between two looks. */
export const changedLabels = (before: Revisions, after: Revisions): ReadonlySet<number> =>
  new Set([...before.keys(), ...after.keys()].filter((label) => before.get(label) !== after.get(label)));

/** A change of documents with these labels. */
export function changeOf(database: DatabaseSync, labels: ReadonlySet<number>): KnowledgeChange {
  const visibleTo = createVisibility(database);
  return {
    concerns: (reader) => (JSON.parse(visibleTo(reader).labels) as number[]).some((label) => labels.has(label)),
  };
}
