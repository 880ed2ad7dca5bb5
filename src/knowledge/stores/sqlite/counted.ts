import type { DatabaseSync } from "node:sqlite";
import { wordsOf } from "../../text/words.ts";
import type { DocumentTerms } from "./tally.ts";
import { fromText } from "./vocabulary.ts";

/** What a document added to the figures of the index, and its passages. */
export interface CountedDocument extends DocumentTerms {
  readonly chunkIds: readonly number[];
}

/** Reads back what was counted of a document when it was put into the index; undefined for one that holds no text. */
export function createCountedReader(database: DatabaseSync): (documentId: number) => CountedDocument | undefined {
  const documentOf = database.prepare(
    "SELECT label, lang, title, keywords, terms FROM main.documents WHERE id = ? AND line_count > 0",
  );
  const chunksOf = database.prepare(
    "SELECT c.id, c.heading, t.text, c.terms FROM chunks c JOIN chunk_texts t ON t.id = c.id WHERE c.document = ?",
  );
  return (documentId) => {
    const document = documentOf.get(documentId);
    if (document === undefined) return undefined;
    const rows = chunksOf.all(documentId);
    const [title, keywords] = fromText(document.terms, 2);
    return {
      label: Number(document.label),
      lang: String(document.lang),
      title: title!,
      keywords: keywords!,
      words: wordsOf(`${document.title} ${document.keywords}`),
      chunkIds: rows.map((row) => Number(row.id)),
      chunks: rows.map((row) => {
        const [heading, name, body] = fromText(row.terms, 3);
        const words = [...wordsOf(String(row.heading)), ...wordsOf(String(row.text))];
        return { heading: heading!, name: name!, body: body!, words };
      }),
    };
  };
}
