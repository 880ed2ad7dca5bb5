import type { DatabaseSync } from "node:sqlite";
import { jointOf } from "../../chunk/blocks.ts";
import { maxPassageChars } from "../../chunk/chunk.ts";
import type { Standing } from "../../search/standing.ts";
import type { SearchHit } from "../../store.ts";
import { passageUri } from "../../uri.ts";
import { standingColumns } from "./standings.ts";

type Row = Record<string, unknown>;

/** Shows passages: a short one with what stands around it, up to the length a result may have. */
export interface PassageReader {
  show(
    chunkId: number,
    options: { readonly score: number; readonly standing: (document: Row) => Standing },
  ): { readonly shown: SearchHit; readonly covers: readonly number[] };
}

/** A passage is shown with at most this many neighbours on each side. */
const reach = 8;

export function createPassageReader(database: DatabaseSync): PassageReader {
  const columns = standingColumns.replace(/\w+/g, "d.$&");
  const found = database.prepare(
    `SELECT c.id, c.document, c.kind, c.anchor, c.heading, ${columns}, d.hash, d.lang FROM chunks c JOIN documents d ON d.id = c.document WHERE c.id = ?`,
  );
  const around = database.prepare(
    "SELECT c.id, c.line, c.to_line, t.text FROM chunks c JOIN chunk_texts t ON t.id = c.id WHERE c.document = ? AND c.id BETWEEN ? AND ? ORDER BY c.id",
  );
  return {
    show(chunkId, { score, standing }) {
      const row = found.get(chunkId)!;
      const side = row.kind === "entry" ? 0 : reach;
      const stretch = widen(around.all(Number(row.document), chunkId - side, chunkId + side), chunkId);
      const { remark } = standing(row);
      return {
        shown: { ...toHit(row, stretch, score), ...(remark !== undefined && { remark }) },
        covers: stretch.map((part) => Number(part.id)),
      };
    },
  };
}

/** The passage and as many neighbours as fit: what follows first, since text explains what it has named. */
function widen(rows: readonly Row[], chunkId: number): readonly Row[] {
  let first = rows.findIndex((row) => row.id === chunkId);
  let last = first;
  let length = String(rows[first]!.text).length;
  const fits = (row: Row | undefined): row is Row => row !== undefined && length + 2 + String(row.text).length <= maxPassageChars;
  for (;;) {
    const next = rows[last + 1];
    const before = rows[first - 1];
    if (fits(next)) {
      last++;
      length += 2 + String(next.text).length;
    } else if (fits(before)) {
      first--;
      length += 2 + String(before.text).length;
    } else return rows.slice(first, last + 1);
  }
}

function toHit(row: Row, stretch: readonly Row[], score: number): SearchHit {
  const uri = passageUri(String(row.uri), String(row.anchor));
  let text = "";
  stretch.forEach((part, i) => {
    const previous = stretch[i - 1];
    text +=
      previous === undefined
        ? ""
        : jointOf({ to: Number(previous.to_line), text }, { from: Number(part.line) - 1, text: String(part.text) });
    text += String(part.text);
  });
  return {
    id: uri,
    uri,
    path: String(row.path),
    title: String(row.title),
    heading: String(row.heading),
    text,
    score: Math.round(score * 1000) / 1000,
    line: Number(stretch[0]!.line),
    toLine: Number(stretch.at(-1)!.to_line),
    hash: String(row.hash),
    lang: String(row.lang),
  };
}
