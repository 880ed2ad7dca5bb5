import { createHash } from "node:crypto";
import { isLecternError, LecternError } from "../../core/errors.ts";
import { type Chunk, chunkDocument } from "../chunk/chunk.ts";
import { decodeText } from "./decode.ts";
import type { LoadedDocument } from "./document.ts";
import { type FoundFile, readListedFile, type SourceRoot } from "./files.ts";
import { loaderFor } from "./formats.ts";

export interface ReadFile {
  /** Null where the file is not knowledge or cannot be used. */
  readonly document: LoadedDocument | null;
  /** Its passages; none where there is no document. */
  readonly chunks: readonly Chunk[];
  /** SHA-256 of the bytes, hexadecimal; empty where they could not be read. */
  readonly hash: string;
  readonly problem: string | null;
  /** True where the same file may be readable a moment later: too many open files, a share that is away. */
  readonly mayPass: boolean;
}

/** A file with more is no document; it would take all memory. */
const maxSections = 200_000;

/** Reads and understands one file. Never throws: an unusable file has a problem instead of a document. */
export async function readDocument(source: SourceRoot, file: FoundFile): Promise<ReadFile> {
  let hash = "";
  try {
    const bytes = readListedFile(file);
    hash = hashOf(bytes);
    const loader = await loaderFor(file.path);
    const about = { path: file.path, alone: source.file !== null };
    const document = loader?.formats === "binary" ? await loader.load(bytes, about) : loader?.load(decodeText(bytes), about);
    if ((document?.sections.length ?? 0) > maxSections)
      throw new LecternError("config", `has more than ${maxSections} headings or entries`, {
        fix: "Split the file, or leave it out.",
      });
    const chunks = document === undefined ? [] : chunkDocument(document);
    return { document: document ?? null, chunks, hash, problem: null, mayPass: false };
  } catch (thrown) {
    return { document: null, chunks: [], hash, problem: problemOf(thrown), mayPass: hash === "" && mayPass(thrown) };
  }
}

/** SHA-256 of a file's bytes, hexadecimal; undefined where it cannot be read. */
export function fileHash(file: FoundFile): string | undefined {
  try {
    return hashOf(readListedFile(file));
  } catch {
    return undefined;
  }
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A mode or a link is changed by somebody, which shows in the file's times; all else that the system says of a file may be over by itself. */
const mayPass = (thrown: unknown): boolean =>
  !isLecternError(thrown) && !["EACCES", "EPERM", "ELOOP"].includes((thrown as NodeJS.ErrnoException).code ?? "EACCES");

/** Why a file cannot be used, for people: it is their file, not our bug. */
function problemOf(thrown: unknown): string {
  if (isLecternError(thrown)) return thrown.message;
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM") return "cannot be read: permission denied";
  return code === "ENOENT" ? "is gone, or a link to nothing" : `cannot be read: ${message}`;
}
