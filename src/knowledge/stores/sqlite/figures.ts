import type { DatabaseSync } from "node:sqlite";
import type { Figures, TermFigures } from "../../search/score.ts";
import type { Visible } from "./visibility.ts";

/** Reads the figures the scoring needs, over what the reader may see. */
export function createFigures(database: DatabaseSync): (visible: Visible) => Figures {
  const inLabels = "label IN (SELECT value FROM json_each(?))";
  const totals = database.prepare(
    `SELECT sum(documents) AS documents, sum(chunks) AS chunks, sum(title) AS title, sum(heading) AS heading, sum(body) AS body, sum(keywords) AS keywords, sum(name) AS name FROM totals WHERE ${inLabels}`,
  );
  const one = database.prepare(
    `SELECT term AS id, sum(chunks) AS chunks, sum(names) AS names, sum(documents) AS documents, sum(occurrences) AS occurrences FROM terms WHERE term = (SELECT id FROM vocabulary WHERE term = ?) AND ${inLabels}`,
  );
  return ({ labels }) => {
    const row = totals.get(labels) ?? {};
    const chunks = Number(row.chunks ?? 0);
    const average = (sum: unknown): number => Number(sum ?? 0) / (chunks || 1);
    const known = new Map<string, TermFigures>();
    return {
      base: {
        chunks,
        documents: Number(row.documents ?? 0),
        average: {
          title: average(row.title),
          heading: average(row.heading),
          body: average(row.body),
          keywords: average(row.keywords),
          name: average(row.name),
        },
      },
      term(term) {
        const cached = known.get(term);
        if (cached) return cached;
        const found = one.get(term, labels) ?? {};
        const figures = {
          id: Number(found.id ?? -1),
          chunks: Number(found.chunks ?? 0),
          names: Number(found.names ?? 0),
          documents: Number(found.documents ?? 0),
          occurrences: Number(found.occurrences ?? 0),
        };
        known.set(term, figures);
        return figures;
      },
    };
  };
}
