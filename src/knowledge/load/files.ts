import {
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, join, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { LecternError } from "../../core/errors.ts";
import { isReadable, maxBytesOf } from "./formats.ts";
import { globToRegExp, ignoreRules, isGlob, splitGlob } from "./glob.ts";

/** A file of a source, as the directory tells it. */
export interface FoundFile {
  /** Path below the source's root, with forward slashes. */
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Changes with content, name and permissions alike. */
  readonly ctimeMs: number;
}

export interface SourceRoot {
  readonly name: string;
  /** Real path of the folder; for a single file, of the folder it stands in. */
  readonly root: string;
  /** The one file of the source, when it is a file. */
  readonly file: string | null;
  /** The files that belong to the source, as a pattern below the root; null: all. */
  readonly pattern: string | null;
}

export interface Listing {
  readonly files: readonly FoundFile[];
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** Lines of this file at the root of a source name what is left out, as in git's ignore files. */
const ignoreFile = ".lecternignore";
const maxDepth = 40;
const maxFiles = 100_000;
const entriesPerTurn = 400;

/** True where a path is a pattern: a folder that is there is meant itself, whatever its name (`handbook [2024]`). */
export const isPattern = (path: string): boolean => isGlob(path) && !existsSync(path);

/** Finds what a source path (a file, a folder or a pattern) means. Throws `config` where it does not exist or cannot be read. */
export function openSource(source: { name?: string; path: string }): SourceRoot {
  const { folder, pattern } = isPattern(source.path)
    ? splitGlob(source.path.split(sep).join("/"))
    : { folder: source.path, pattern: null };
  try {
    const real = realpathSync(folder);
    const isFile = statSync(real).isFile();
    const name = source.name ?? (basename(real).replace(/\.[^.]+$/, "") || "root");
    return isFile
      ? { name, root: join(real, ".."), file: basename(real), pattern: null }
      : { name, root: real, file: null, pattern };
  } catch (cause) {
    throw new LecternError("config", `Knowledge source ${source.path} cannot be opened`, {
      cause,
      fix: "Check the path given with --source (or in the configuration) and that it may be read.",
    });
  }
}

/**
 * All files of a source that a loader reads, in a fixed order. Hidden files, `node_modules` and what the ignore file names are left out.
 * Links are followed to files inside the root only; folders behind links are not entered.
 */
export async function listFiles(source: SourceRoot): Promise<Listing> {
  const listing = { files: [] as FoundFile[], problems: [] as { path: string; reason: string }[] };
  if (source.file !== null) {
    addFile(listing, source, source.file);
    return listing;
  }
  const wanted = source.pattern === null ? undefined : globToRegExp(source.pattern);
  const ignored = readIgnoreFile(source.root);
  const links: string[] = [];
  const folders = [{ path: "", depth: 0 }];
  let seen = 0;
  for (let folder = folders.shift(); folder !== undefined && listing.files.length < maxFiles; folder = folders.shift()) {
    for (const entry of entriesOf(listing, source, folder.path)) {
      if (++seen % entriesPerTurn === 0) await nextTurn();
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name === "node_modules" || ignored(path)) continue;
      if (entry.isDirectory()) {
        if (folder.depth < maxDepth) folders.push({ path, depth: folder.depth + 1 });
        else listing.problems.push({ path, reason: `is nested more than ${maxDepth} folders deep` });
      } else if (wanted !== undefined && !wanted.test(path)) continue;
      else if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isFile()) addFile(listing, source, path);
    }
  }
  if (listing.files.length >= maxFiles) listing.problems.push({ path: ".", reason: `holds more than ${maxFiles} files` });
  addLinks(listing, source, links);
  return listing;
}

interface OpenListing {
  readonly files: FoundFile[];
  readonly problems: { path: string; reason: string }[];
}

function entriesOf(listing: OpenListing, source: SourceRoot, folder: string): Dirent[] {
  try {
    return readdirSync(join(source.root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    listing.problems.push({ path: folder || ".", reason: "cannot be read" });
    return [];
  }
}

/** Licence texts and descriptions of where a base comes from; a page about licences is neither. */
const isNotKnowledge = (path: string): boolean => /(?:^|\/)(?:LICENSE[^/]*|licen[sc]e(?:\.\w+)?|SOURCE\.json)$/.test(path);

function addFile(listing: OpenListing, source: SourceRoot, path: string): void {
  if (isNotKnowledge(path) || !isReadable(path)) return;
  const absolute = join(source.root, path);
  try {
    const stat = statSync(absolute);
    if (stat.isFile()) listing.files.push({ path, absolute, size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs });
  } catch {
    listing.problems.push({ path, reason: "cannot be read" });
  }
}

/** Links to files that are not listed themselves, as mounted configuration volumes have them. */
function addLinks(listing: OpenListing, source: SourceRoot, links: readonly string[]): void {
  const listed = new Set(listing.files.map((file) => file.absolute));
  for (const path of links) {
    if (isNotKnowledge(path) || !isReadable(path)) continue;
    try {
      const real = realpathSync(join(source.root, path));
      if (!isInside(real, source.root)) listing.problems.push({ path, reason: leadsOut });
      else if (!listed.has(real)) addFile(listing, source, path);
    } catch {
      listing.problems.push({ path, reason: "is a link that leads nowhere" });
    }
  }
}

const leadsOut = "leads out of its source";
const isInside = (path: string, root: string): boolean => path.startsWith(root.endsWith(sep) ? root : root + sep);

function readIgnoreFile(root: string): (path: string) => boolean {
  try {
    return ignoreRules(readFileSync(join(root, ignoreFile), "utf8"));
  } catch {
    return () => false;
  }
}

/**
 * Reads a listed file by handle: a regular file inside the root, the one its path names before and after opening.
 * Devices and pipes are never opened for waiting. Throws `config` for anything else and for files over the limit.
 */
export function readListedFile(file: FoundFile, root: string): Uint8Array {
  const real = realpathSync(file.absolute);
  if (!isInside(real, root)) throw refused(leadsOut);
  const handle = openSync(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw refused("is no regular file");
    const named = statSync(realpathSync(file.absolute));
    if (named.ino !== stat.ino || named.dev !== stat.dev) throw refused("was exchanged while it was read");
    const maxBytes = maxBytesOf(file.path);
    if (stat.size > maxBytes) throw refused(`is larger than ${maxBytes / 1024 / 1024} MiB`);
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
