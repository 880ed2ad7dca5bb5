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
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { LecternError } from "../../core/errors.ts";
import { foreignEnding, isReadable, maxBytesOf } from "./formats.ts";
import { globToRegExp, ignoreRules, isGlob, splitGlob } from "./glob.ts";

/** A file of a source, as the directory tells it. */
export interface FoundFile {
  /** Path below the source's root, with forward slashes. */
  readonly path: string;
  readonly absolute: string;
  /** Real path of the folder it must lie in. */
  readonly within: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Changes with content, name and permissions alike. */
  readonly ctimeMs: number;
}

export interface SourceRoot {
  readonly name: string;
  /** The folder, as it was named; for a single file, the folder it stands in. What it leads to is looked up anew each time: it may be a link that is switched. */
  readonly root: string;
  /** The one file of the source, when it is a file. */
  readonly file: string | null;
  /** The files that belong to the source, as a pattern below the root; null: all. */
  readonly pattern: string | null;
}

export interface Listing {
  readonly files: readonly FoundFile[];
  /** Paths of documents of kinds that are not read. */
  readonly foreign: readonly string[];
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
    const named = resolve(folder);
    const isFile = statSync(named).isFile();
    const name = source.name ?? (basename(named).replace(/\.[^.]+$/, "") || "root");
    return isFile
      ? { name, root: dirname(named), file: basename(named), pattern: null }
      : { name, root: named, file: null, pattern };
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
  const listing: OpenListing = { files: [], foreign: [], problems: [], within: "" };
  try {
    // A file that was named itself may be a link to anywhere, as in mounted configuration volumes.
    listing.within = source.file === null ? realpathSync(source.root) : dirname(realpathSync(join(source.root, source.file)));
  } catch {
    listing.problems.push({ path: source.file ?? ".", reason: "cannot be read" });
    return listing;
  }
  if (source.file !== null) {
    addFile(listing, source.file, join(source.root, source.file));
    return listing;
  }
  const wanted = source.pattern === null ? undefined : globToRegExp(source.pattern);
  const ignored = readIgnoreFile(listing);
  const links: string[] = [];
  const folders = [{ path: "", depth: 0 }];
  let seen = 0;
  for (let folder = folders.shift(); folder !== undefined && listing.files.length < maxFiles; folder = folders.shift()) {
    for (const entry of entriesOf(listing, folder.path)) {
      if (++seen % entriesPerTurn === 0) await nextTurn();
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name === "node_modules" || ignored(path)) continue;
      if (entry.isDirectory()) {
        if (folder.depth < maxDepth) folders.push({ path, depth: folder.depth + 1 });
        else listing.problems.push({ path, reason: `is nested more than ${maxDepth} folders deep` });
      } else if (wanted !== undefined && !wanted.test(path)) continue;
      else if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isFile()) addFile(listing, path);
    }
  }
  if (listing.files.length >= maxFiles) listing.problems.push({ path: ".", reason: `holds more than ${maxFiles} files` });
  addLinks(listing, links, ignored);
  return listing;
}

interface OpenListing {
  readonly files: FoundFile[];
  readonly foreign: string[];
  readonly problems: { path: string; reason: string }[];
  within: string;
}

function entriesOf(listing: OpenListing, folder: string): Dirent[] {
  try {
    return readdirSync(join(listing.within, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    listing.problems.push({ path: folder || ".", reason: "cannot be read" });
    return [];
  }
}

/** Licence texts and descriptions of where a base comes from; a page about licences is neither. */
const isNotKnowledge = (path: string): boolean =>
  // Word keeps a file beginning with ~$ beside each open document.
  /(?:^|\/)(?:LICENSE[^/]*|licen[sc]e(?:\.\w+)?|SOURCE\.json|~\$[^/]*)$/.test(path);

function addFile({ files, foreign, problems, within }: OpenListing, path: string, absolute: string = join(within, path)): void {
  if (isNotKnowledge(path)) return;
  if (!isReadable(path)) {
    if (foreignEnding(path) !== undefined) foreign.push(path);
    return;
  }
  try {
    const stat = statSync(absolute);
    if (stat.isFile()) files.push({ path, absolute, within, size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs });
  } catch {
    problems.push({ path, reason: "cannot be read" });
  }
}

/** Links to files that are not listed themselves, as mounted configuration volumes have them. */
function addLinks(listing: OpenListing, links: readonly string[], ignored: (path: string) => boolean): void {
  const { within } = listing;
  const listed = new Set(listing.files.map((file) => file.absolute));
  for (const path of links) {
    if (isNotKnowledge(path) || !isReadable(path)) continue;
    try {
      const real = realpathSync(join(within, path));
      if (!isInside(real, within)) listing.problems.push({ path, reason: leadsOut });
      // What the ignore file keeps out stays out under another name.
      else if (!listed.has(real) && !ignored(relative(within, real).split(sep).join("/"))) addFile(listing, path);
    } catch {
      listing.problems.push({ path, reason: "is a link that leads nowhere" });
    }
  }
}

const leadsOut = "leads out of its source";
const isInside = (path: string, root: string): boolean => path.startsWith(root.endsWith(sep) ? root : root + sep);

/** Where the file is there and cannot be read, nobody knows what it would keep out: then all is. */
function readIgnoreFile({ problems, within }: OpenListing): (path: string) => boolean {
  try {
    return ignoreRules(readFileSync(join(within, ignoreFile), "utf8"));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return () => false;
    problems.push({ path: ignoreFile, reason: "cannot be read, so everything is left out" });
    return () => true;
  }
}

/**
 * Reads a listed file by handle: a regular file inside the root, the one its path names before and after opening.
 * Devices and pipes are never opened for waiting. Throws `config` for anything else and for files over the limit.
 */
export function readListedFile(file: FoundFile): Uint8Array {
  const real = realpathSync(file.absolute);
  if (!isInside(real, file.within)) throw refused(leadsOut);
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
