import type { DatabaseSync } from "node:sqlite";
import type { Chunk } from "../../chunk/chunk.ts";
import type { LoadedDocument } from "../../load/document.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { compoundLanguages } from "../../text/compounds.ts";
import { detectLanguage, languageInPath, normalLanguage } from "../../text/language.ts";
import { wordsOf } from "../../text/words.ts";
import { documentUri } from "../../uri.ts";
import { createCountedReader } from "./counted.ts";
import { type ChunkTerms, createTally, type DocumentTerms } from "./tally.ts";
import { createVocabulary, toText } from "./vocabulary.ts";

/** A file on its way into the index. */
interface IncomingDocument {
  readonly source: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly hash: string;
  /** Why the file is not served; null for a good one. */
  readonly problem: string | null;
  readonly document: LoadedDocument | null;
  readonly chunks: readonly Chunk[];
}

/** Puts documents into the index and takes them out; the caller opens and commits the transaction. */
export interface IndexWriter {
  /** Replaces what the index held of this file. */
  put(incoming: IncomingDocument): void;
  remove(documentId: number): void;
  /** Notes new times of a file whose content is the same. */
  touch(documentId: number, file: Pick<IncomingDocument, "size" | "mtimeMs" | "ctimeMs">): void;
  /** Writes the figures of all that was put and removed since the last call; belongs before each commit. */
  finish(): void;
}

interface Chunked {
  readonly document: LoadedDocument;
  readonly chunks: readonly Chunk[];
}

/** What all chunks of a document have in common; texts are terms, as FTS5 takes them. */
type Shared = Omit<DocumentTerms, "chunks"> & { readonly titleText: string; readonly keywordText: string };

export function createIndexWriter(database: DatabaseSync, analyzer: Analyzer): IndexWriter {
  const statements = prepareAll(database);
  const tally = createTally(database);
  const vocabulary = createVocabulary(database);
  const countedOf = createCountedReader(database);
  const changedLabels = new Set<number>();

  const remove = (documentId: number): void => {
    const counted = countedOf(documentId);
    if (counted !== undefined) {
      tally.count(counted, -1);
      changedLabels.add(counted.label);
    }
    for (const id of counted?.chunkIds ?? []) {
      statements.deletePassage.run(id);
      statements.deleteChunkText.run(id);
    }
    statements.deleteChunks.run(documentId);
    statements.deleteDocument.run(documentId);
    statements.deleteDocumentText.run(documentId);
  };

  const labelOf = (groups: readonly string[] | undefined): number => {
    if (groups === undefined) return 0;
    const key = JSON.stringify([...new Set(groups)].sort());
    statements.addLabel.run(key);
    return Number(statements.findLabel.get(key)!.id);
  };

  const addChunks = (documentId: number, { document, chunks }: Chunked, shared: Shared): void => {
    const { lang, label, titleText, keywordText } = shared;
    const counted: ChunkTerms[] = [];
    for (const chunk of chunks) {
      const heading = chunk.trail.join(" > ");
      const own = chunk.trail.at(-1) ?? document.title;
      const headingWords = wordsOf(heading);
      const bodyWords = wordsOf(chunk.text);
      const headingTerms = analyzer.termsOfWords(headingWords, { lang });
      const bodyTerms = analyzer.termsOfWords(bodyWords, { lang });
      const name = own === document.title ? own : `${own} ${document.title}`;
      const terms: ChunkTerms = {
        heading: vocabulary.numbers(headingTerms),
        body: vocabulary.numbers(bodyTerms),
        name: vocabulary.numbers(analyzer.terms(name, { lang, keepQuestionWords: true })),
        words: [...headingWords, ...bodyWords],
      };
      counted.push(terms);
      if (compoundLanguages.has(lang)) vocabulary.addCompounds([...headingTerms, ...bodyTerms]);
      const row = [documentId, chunk.anchor, heading, chunk.kind, chunk.from + 1, chunk.to, chunk.weight] as const;
      const { lastInsertRowid } = statements.addChunk.run(...row, toText([terms.heading, terms.name, terms.body]));
      statements.addChunkText.run(lastInsertRowid, chunk.text);
      statements.addPassage.run(
        lastInsertRowid,
        titleText,
        headingTerms.join(" "),
        bodyTerms.join(" "),
        keywordText,
        `l${label}`,
      );
    }
    tally.count({ ...shared, chunks: counted }, 1);
  };

  /** What the document says, then its path, then its words; else the language most of the base is in. */
  const languageOf = (document: LoadedDocument, inPath: string | undefined): string => {
    const told =
      document.meta.lang ??
      inPath ??
      detectLanguage(`${document.title}\n${document.lines.join("\n")}`, analyzer.stopWords, { guess: true });
    return told === undefined ? String(statements.mainLanguage.get()?.lang ?? "en") : normalLanguage(told);
  };

  return {
    remove,
    touch: (documentId, { size, mtimeMs, ctimeMs }) => {
      statements.touch.run(size, mtimeMs, ctimeMs, documentId);
    },
    finish: () => {
      tally.flush();
      for (const label of changedLabels) statements.raiseRevision.run(label);
      changedLabels.clear();
    },
    put({ source, path, size, mtimeMs, ctimeMs, hash, problem, document, chunks }) {
      const uri = documentUri(source, path);
      const old = statements.findDocument.get(uri);
      if (old) remove(Number(old.id));
      const meta = document?.meta;
      const inPath = languageInPath(path);
      const lang = document ? languageOf(document, inPath.lang) : "en";
      const label = labelOf(meta?.groups);
      const titleTerms = document ? analyzer.terms(document.title, { lang }) : [];
      const keywordText = document ? keywordsOf(document, path) : "";
      const keywordTerms = analyzer.terms(keywordText, { lang });
      const title = vocabulary.numbers(titleTerms);
      const keywords = vocabulary.numbers(keywordTerms);
      const { lastInsertRowid } = statements.addDocument.run({
        source,
        path,
        uri,
        size,
        mtime: mtimeMs,
        ctime: ctimeMs,
        hash,
        problem,
        label,
        title: document?.title ?? "",
        lang,
        variant: inPath.variant,
        owner: meta?.owner ?? null,
        effective_from: meta?.effectiveFrom ?? null,
        effective_until: meta?.effectiveUntil ?? null,
        supersedes: JSON.stringify(meta?.supersedes ?? []),
        outdated: meta?.outdated ?? null,
        line_count: document?.lines.length ?? 0,
        aliases: JSON.stringify(meta?.aliases ?? []),
        keywords: keywordText,
        terms: toText([title, keywords]),
      });
      if (document === null || document.lines.length === 0) return;
      changedLabels.add(label);
      statements.addDocumentText.run(lastInsertRowid, document.lines.join("\n"));
      addChunks(
        Number(lastInsertRowid),
        { document, chunks },
        {
          label,
          lang,
          title,
          keywords,
          words: wordsOf(`${document.title} ${keywordText}`),
          titleText: titleTerms.join(" "),
          keywordText: keywordTerms.join(" "),
        },
      );
    },
  };
}

/** Keywords, other names and the path: words people search for that the text may not use. */
function keywordsOf({ meta }: LoadedDocument, path: string): string {
  const folders = path.replace(/\.\w+$/, "");
  return [...meta.keywords, ...[...meta.aliases, folders].map((name) => name.replace(/[/_-]+/g, " "))].join(" ");
}

const documentColumns =
  "source, path, uri, size, mtime, ctime, hash, problem, label, title, lang, variant, owner, effective_from, effective_until, supersedes, outdated, line_count, aliases, keywords, terms";

const prepareAll = (database: DatabaseSync) => ({
  findDocument: database.prepare("SELECT id FROM documents WHERE uri = ?"),
  touch: database.prepare("UPDATE documents SET size = ?, mtime = ?, ctime = ? WHERE id = ?"),
  deletePassage: database.prepare("DELETE FROM passages WHERE rowid = ?"),
  deleteChunks: database.prepare("DELETE FROM chunks WHERE document = ?"),
  deleteDocument: database.prepare("DELETE FROM documents WHERE id = ?"),
  mainLanguage: database.prepare(
    "SELECT lang FROM documents WHERE problem IS NULL GROUP BY lang ORDER BY count(*) DESC, lang LIMIT 1",
  ),
  addLabel: database.prepare("INSERT INTO labels(groups) VALUES(?) ON CONFLICT DO NOTHING"),
  raiseRevision: database.prepare("INSERT INTO revisions VALUES(?, 1) ON CONFLICT DO UPDATE SET revision = revision + 1"),
  findLabel: database.prepare("SELECT id FROM labels WHERE groups = ?"),
  addDocument: database.prepare(`INSERT INTO documents(${documentColumns}) VALUES(${documentColumns.replace(/\w+/g, ":$&")})`),
  addChunk: database.prepare("INSERT INTO chunks VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?)"),
  addChunkText: database.prepare("INSERT INTO chunk_texts VALUES(?, ?)"),
  deleteChunkText: database.prepare("DELETE FROM chunk_texts WHERE id = ?"),
  addDocumentText: database.prepare("INSERT INTO document_texts VALUES(?, ?)"),
  deleteDocumentText: database.prepare("DELETE FROM document_texts WHERE id = ?"),
  addPassage: database.prepare("INSERT INTO passages(rowid, title, heading, body, keywords, label) VALUES(?, ?, ?, ?, ?, ?)"),
});
