import { posix } from "node:path";

/** A link as it stands in a page. */
export interface PageLink {
  readonly text: string;
  readonly target: string;
  /** Line in the page, from 1. */
  readonly line: number;
}

/** What a link means within its source. */
export type ResolvedLink =
  | { readonly kind: "external" }
  | { readonly kind: "document"; readonly path: string; readonly anchor: string }
  /** A path inside the source that is no document: an image, a form, or nothing at all. */
  | { readonly kind: "file"; readonly path: string };

/** Longer lines hold data rather than links. */
const maxLineChars = 20_000;

/** All inline and reference-style links of readable lines; code is skipped. Targets may hold balanced parentheses and spaces in `<...>`. */
export function linksIn(lines: readonly string[]): PageLink[] {
  const links: PageLink[] = [];
  let fence: string | null = null;
  lines.forEach((line, i) => {
    const mark = /^\s*(?:>\s*)*(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    if (fence !== null || mark !== undefined) return;
    if (line.length > maxLineChars) return;
    const prose = line.replace(/`[^`]*`/g, (code) => " ".repeat(code.length));
    for (const match of prose.matchAll(
      /(?<!\\)\[((?:[^[\]]|\[[^[\]]{0,200}\]){0,300})\]\(\s{0,9}(?:<([^<>]{0,500})>|((?:[^\s()]|\([^\s()]{0,200}\)){0,1000}))[^()]{0,300}\)/g,
    )) {
      links.push({ text: match[1]!, target: match[2] ?? match[3]!, line: i + 1 });
    }
    const defined = /^\s{0,3}\[([^\]]+)\]:\s+<?(\S+?)>?(?:\s+["'(].*)?$/.exec(prose);
    if (defined && !defined[1]!.startsWith("^")) links.push({ text: defined[1]!, target: defined[2]!, line: i + 1 });
  });
  return links.filter((link) => link.target !== "");
}

export interface LinkSite {
  /** Paths of all documents of the source. */
  readonly paths: Iterable<string>;
  /** Other addresses of documents (`redirect_from`, `aliases`), as address and path. */
  readonly aliases: Iterable<readonly [address: string, path: string]>;
}

/** Makes a function that tells what a link of a page leads to. */
export function createLinkResolver({ paths, aliases }: LinkSite): (link: string, from: string) => ResolvedLink {
  const byPath = new Map<string, string>();
  for (const path of paths) for (const name of namesOf(path)) if (!byPath.has(name)) byPath.set(name, path);
  const byAlias = new Map([...aliases].map(([address, path]) => [trimmed(address), path]));
  const find = (address: string): string | undefined => byPath.get(trimmed(address)) ?? byAlias.get(trimmed(address));
  // Sites serve a folder of the source as their root; which one shows in the paths themselves.
  const folders = new Set([...byPath.values()].flatMap((path) => (path.includes("/") ? [path.slice(0, path.indexOf("/"))] : [])));

  return (link, from) => {
    const blob = /^https?:\/\/(?:www\.)?github\.com\/[^/]+\/[^/]+\/(?:blob|tree)\/[^/]+\/(.+)$/.exec(link);
    if (blob === null && /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return { kind: "external" };
    const [address = "", anchor = ""] = decoded(blob?.[1] ?? link).split("#", 2);
    if (address === "" && blob === null) return { kind: "document", path: from, anchor };
    const bare = address.replace(/\?.*$/, "");
    const absolute = blob !== null || bare.startsWith("/");
    const path = absolute ? bare.replace(/^\/+/, "") : posix.join(posix.dirname(from), bare);
    const fromRoot = (name: string): string | undefined =>
      find(name) ?? [...folders].map((folder) => find(`${folder}/${name}`)).find((hit) => hit !== undefined);
    const found = find(path) ?? fromRoot(absolute ? path : bare);
    if (found !== undefined) return { kind: "document", path: found, anchor };
    return blob === null ? { kind: "file", path } : { kind: "external" };
  };
}

const trimmed = (address: string): string => address.replace(/^\/+|\/+$/g, "").toLowerCase();

/** Everything a document may be linked as: with and without its ending, its folder for an index. */
function namesOf(path: string): string[] {
  const bare = path.replace(/\.[^./]+$/, "");
  const folder = /^(.*?)\/?(?:index|readme)$/i.exec(bare)?.[1];
  return [path, bare, `${bare}.html`, ...(folder === undefined ? [] : [folder])].map(trimmed);
}

function decoded(link: string): string {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}
