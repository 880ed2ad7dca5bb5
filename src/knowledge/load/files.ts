import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { LecternError } from "../../core/errors.ts";
import { loaderFor } from "./loaders.ts";

/** A file of a source, as the directory tells it. */
export interface FoundFile {
  /** Path below the source's root, with forward slashes. */
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface SourceRoot {
  readonly name: string;
  /** Real path of the folder; for a single file, of the folder it stands in. */
  readonly root: string;
  /** The one file of the source, when it is a file. */
  readonly file: string | null;
}

export interface Listing {
  readonly files: readonly FoundFile[];
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** Largest file that is read, in bytes. */
export const maxFileBytes = 16 * 1024 * 1024;
const maxDepth = 40;
const maxFiles = 100_000;

/** Finds what a source path means. Throws `config` where it does not exist or cannot be read. */
export function openSource(source: { name?: string; path: string }): SourceRoot {
  try {
    const real = realpathSync(source.path);
    const isFile = statSync(real).isFile();
    const name = source.name ?? basename(real).replace(/\.[^.]+$/, "");
    return isFile ? { name, root: join(real, ".."), file: basename(real) } : { name, root: real, file: null };
  } catch (cause) {
    throw new LecternError("config", `Knowledge source ${source.path} cannot be opened`, {
      cause,
      fix: "Check the path given with --source (or in the configuration) and that it may be read.",
    });
  }
}

/** All files of a source that a loader reads, sorted by path. Symbolic links are followed only to what lies inside the root. */
export function listFiles(source: SourceRoot): Listing {
  const files: FoundFile[] = [];
  const problems: { path: string; reason: string }[] = [];
  const add = (absolute: string, path: string): void => {
    if (isNotKnowledge(path) || loaderFor(path) === undefined) return;
    try {
      const stat = statSync(absolute);
      if (!stat.isFile()) return;
      files.push({ path, absolute, size: stat.size, mtimeMs: stat.mtimeMs });
    } catch {
      problems.push({ path, reason: "cannot be read" });
    }
  };
  const walk = (folder: string, depth: number): void => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules" || files.length >= maxFiles) continue;
      const absolute = join(folder, entry.name);
      if (entry.isDirectory() && depth < maxDepth) walk(absolute, depth + 1);
      else if (entry.isFile()) add(absolute, relative(source.root, absolute).split(sep).join("/"));
    }
  };
  if (source.file !== null) add(join(source.root, source.file), source.file);
  else walk(source.root, 0);
  return { files, problems };
}

const isNotKnowledge = (path: string): boolean => /(?:^|\/)(?:LICENSE[^/]*|SOURCE\.json)$/i.test(path);

/** Reads a listed file by handle: a regular file inside the root that is what its path says. Throws `config` otherwise. */
export function readListedFile(file: FoundFile, root: string): Uint8Array {
  const real = realpathSync(file.absolute);
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw refused("leads out of its source");
  const handle = openSync(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw refused("is no regular file");
    if (stat.size > maxFileBytes) throw refused(`is larger than ${maxFileBytes / 1024 / 1024} MiB`);
    const bytes = Buffer.alloc(stat.size);
    let read = 0;
    for (let got = -1; got !== 0 && read < stat.size; read += got) got = readSync(handle, bytes, read, stat.size - read, read);
    return bytes.subarray(0, read);
  } finally {
    closeSync(handle);
  }
}

const refused = (reason: string): LecternError =>
  new LecternError("config", reason, { fix: "Leave the file out of the source." });
