import { existsSync } from "node:fs";
import { LecternError } from "../core/errors.ts";
import { isPattern } from "./load/files.ts";
import type { KnowledgeSource, KnowledgeStore, RefreshProgress } from "./store.ts";

export interface OpenKnowledgeOptions {
  /** Files, folders or patterns (`docs/**\/*.md`). */
  readonly sources: readonly KnowledgeSource[];
  /** Folder for the index (the user's cache folder, usually); never inside a source. */
  readonly cacheDir: string;
  /** The clock that decides what is in force. Default: the system's. */
  readonly now?: () => Date;
  /** Follow changes of the files while open. Default true; if not, they are compared with the index before the base is open. */
  readonly watch?: boolean;
  /** How often to look for changes where the file system tells of none, in milliseconds. Default 2,000. */
  readonly pollMs?: number;
  /** Called while documents are read into the index. */
  readonly onProgress?: (progress: RefreshProgress) => void;
  /**
   * Told, in words for the base's keeper, of files that can no longer be used, when the index cannot follow its files any more, and when it
   * can again; not of what `problems` names when the base is opened. Default: nobody.
   */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Opens a knowledge base: files are loaded, cut into passages and indexed; a ready index is reused and only changed files are read.
 * Throws `config` where a source cannot be opened or nothing in them can be read.
 */
export async function openKnowledge(options: OpenKnowledgeOptions): Promise<KnowledgeStore> {
  if (options.sources.length === 0)
    throw new LecternError("config", "No knowledge source is given", { fix: "Name a file or folder with --source PATH." });
  const missing = options.sources.find(({ path }) => !isPattern(path) && !existsSync(path));
  if (missing !== undefined) {
    throw new LecternError("config", `The knowledge source ${missing.path} does not exist, or may not be read.`, {
      fix: "Check the path given with --source (or in the configuration).",
    });
  }
  const { openSqliteStore } = await import("./stores/sqlite/sqlite-store.ts");
  const store = await openSqliteStore(options);
  if (store.counts({ everybody: true }).chunks > 0) return store;
  const problems = store.problems();
  await store[Symbol.asyncDispose]();
  const paths = options.sources.map((source) => source.path).join(", ");
  const found = problems.map((problem) => `${problem.path} ${problem.reason}`).join("; ");
  throw new LecternError("config", `Nothing to answer from in ${paths}${found && `: ${found}`}`, {
    fix: "Point --source to a Q&A file (JSON) or a folder of Markdown, text, HTML, PDF or Word files.",
  });
}
