import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { toLecternError } from "../../../core/errors.ts";
import { chunkDocument } from "../../chunk/chunk.ts";
import { decodeText } from "../../load/decode.ts";
import type { LoadedDocument } from "../../load/document.ts";
import { type FoundFile, readListedFile, type SourceRoot } from "../../load/files.ts";
import { loaderFor } from "../../load/loaders.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { wordsOf } from "../../text/words.ts";
import { documentUri } from "../../uri.ts";

/** Puts files into the index and takes them out; the caller opens and commits the transaction. */
export interface IndexWriter {
  /** Reads the file and replaces what the index held of it. An unusable file is recorded as a problem. */
  put(source: SourceRoot, file: FoundFile): void;
  remove(documentId: number): void;
}

export function createIndexWriter(database: DatabaseSync, analyzer: Analyzer): IndexWriter {
  const statements = prepareAll(database);

  const remove = (documentId: number): void => {
    for (const row of statements.chunkTexts.all(documentId)) {
      const id = Number(row.id);
      statements.deletePassage.run(id);
      statements.deleteName.run(id);
      for (const word of new Set(wordsOf(String(row.text)))) statements.forgetWord.run(word);
    }
    statements.deleteChunks.run(documentId);
    statements.deleteDocument.run(documentId);
  };

  const addChunks = (documentId: number, document: LoadedDocument, lang: string): void => {
    const extra = [...document.meta.keywords, ...document.meta.aliases.map((alias) => alias.replace(/[/_-]+/g, " "))].join(" ");
    const title = analyzer.terms(`${document.title} ${extra}`, { lang }).join(" ");
    for (const chunk of chunkDocument(document)) {
      const heading = chunk.trail.join(" > ");
      const own = chunk.trail.at(-1) ?? document.title;
      const inserted = statements.addChunk.run(
        documentId,
        chunk.anchor,
        heading,
        chunk.from + 1,
        chunk.to,
        chunk.text,
        chunk.weight,
      );
      const id = Number(inserted.lastInsertRowid);
      statements.addPassage.run(
        id,
        title,
        analyzer.terms(heading, { lang }).join(" "),
        analyzer.terms(chunk.text, { lang }).join(" "),
      );
      statements.addName.run(
        id,
        analyzer.terms(own === document.title ? own : `${own} ${document.title}`, { lang, keepQuestionWords: true }).join(" "),
      );
      for (const word of new Set(wordsOf(chunk.text))) statements.countWord.run(word);
    }
  };

  return {
    remove,
    put(source, file) {
      const uri = documentUri(source.name, file.path);
      const old = statements.findDocument.get(uri);
      if (old) remove(Number(old.id));
      const read = readDocument(source, file);
      if (read === undefined) return;
      const { document, hash, problem } = read;
      const meta = document?.meta;
      const inserted = statements.addDocument.run(
        source.name,
        file.path,
        uri,
        file.size,
        file.mtimeMs,
        hash,
        problem,
        document?.title ?? "",
        meta?.lang ?? "en",
        meta?.owner ?? null,
        meta?.groups ? JSON.stringify(meta.groups) : null,
        meta?.effectiveFrom ?? null,
        meta?.effectiveUntil ?? null,
        JSON.stringify(meta?.supersedes ?? []),
        document?.lines.join("\n") ?? "",
        document?.lines.length ?? 0,
      );
      if (document) addChunks(Number(inserted.lastInsertRowid), document, meta?.lang ?? "en");
    },
  };
}

interface ReadFile {
  readonly document: LoadedDocument | null;
  readonly hash: string;
  readonly problem: string | null;
}

function readDocument(source: SourceRoot, file: FoundFile): ReadFile {
  try {
    const bytes = readListedFile(file, source.root);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const document = loaderFor(file.path)?.load(decodeText(bytes), { path: file.path, alone: source.file !== null });
    return { document: document ?? null, hash, problem: null };
  } catch (thrown) {
    return { document: null, hash: "", problem: toLecternError(thrown).message };
  }
}

const prepareAll = (database: DatabaseSync) => ({
  findDocument: database.prepare("SELECT id FROM documents WHERE uri = ?"),
  chunkTexts: database.prepare("SELECT id, text FROM chunks WHERE document = ?"),
  deletePassage: database.prepare("DELETE FROM passages WHERE rowid = ?"),
  deleteName: database.prepare("DELETE FROM names WHERE rowid = ?"),
  deleteChunks: database.prepare("DELETE FROM chunks WHERE document = ?"),
  deleteDocument: database.prepare("DELETE FROM documents WHERE id = ?"),
  forgetWord: database.prepare("UPDATE words SET chunks = chunks - 1 WHERE word = ?"),
  countWord: database.prepare("INSERT INTO words VALUES(?, 1) ON CONFLICT(word) DO UPDATE SET chunks = chunks + 1"),
  addDocument: database.prepare("INSERT INTO documents VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
  addChunk: database.prepare("INSERT INTO chunks VALUES(NULL, ?, ?, ?, ?, ?, ?, ?)"),
  addPassage: database.prepare("INSERT INTO passages(rowid, title, heading, body) VALUES(?, ?, ?, ?)"),
  addName: database.prepare("INSERT INTO names(rowid, name) VALUES(?, ?)"),
});
