import type { DocumentMeta } from "../document.ts";
import { decodeEntities } from "../entities.ts";
import { plainHeading } from "../title.ts";
import { namesGroups, unreadableGroups } from "./groups.ts";
import { readJsonHead } from "./json.ts";
import { readTomlKeys } from "./toml.ts";
import { type ReadKeys, readYamlKeys, type Value } from "./yaml.ts";

export interface FrontMatter {
  readonly meta: DocumentMeta;
  /** Lines the block takes, its fences included; 0 where there is none. */
  readonly lineCount: number;
  /** True where the page only sends its readers elsewhere. */
  readonly redirectOnly: boolean;
  /** Every key with a scalar or list, as written. */
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  /** Text fields that hold content (some sites keep whole pages there): name and text. */
  readonly content: readonly { readonly name: string; readonly text: string; readonly line: number }[];
}

/**
 * Reads the head of a page: YAML between lines of ---, TOML between lines of +++, or a JSON object; flat keys only, deeper structures are
 * skipped. Throws `config` where the page may restrict its readers in a form that is not understood: better hidden than shown to all.
 */
export function readFrontMatter(lines: readonly string[]): FrontMatter {
  const start = lines.findIndex((line) => line.trim() !== "");
  const head = start < 0 ? undefined : readHead(lines, start);
  if (head === undefined) {
    if (start >= 0) refuseUnreadGroups(lines, start);
    return { meta: toMeta(new Map(), undefined), lineCount: 0, redirectOnly: false, values: new Map(), content: [] };
  }
  const { values, groups, blocks, lineCount } = head;
  return { meta: toMeta(values, groups), lineCount, redirectOnly: values.has("redirect_to"), values, content: blocks };
}

function readHead(lines: readonly string[], start: number): (ReadKeys & { readonly lineCount: number }) | undefined {
  const fence = lines[start]!.trimEnd();
  if (fence.startsWith("{")) return readJsonHead(lines, start);
  if (fence !== "---" && fence !== "+++") return undefined;
  const closing = fence === "---" ? /^(?:---|\.\.\.)\s*$/ : /^\+\+\+\s*$/;
  const end = lines.findIndex((line, i) => i > start && closing.test(line));
  // Below blank lines a rule across the page is more likely.
  if (end < 0 || (start > 0 && !/^["']?\w[\w-]*["']?\s*[:=]/.test(lines[start + 1]!))) return undefined;
  const block = lines.slice(start + 1, end);
  const read = fence === "---" ? readYamlKeys(block) : readTomlKeys(block);
  const blocks = read.blocks.map((text) => ({ ...text, line: text.line + start }));
  return { ...read, blocks, lineCount: end + 1 };
}

/** A head that nobody closes is looked at this far, in lines. */
const unclosedHead = 200;

/** Heads in other forms: fences with a language, comments, keys without a fence, and those that do not end or do not parse. */
function refuseUnreadGroups(lines: readonly string[], start: number): void {
  const first = lines[start]!.trim();
  const rest = lines.slice(start, start + unclosedHead);
  const isFenced = /^(?:-{3}|\+{3}|;{3}|%YAML|\{\s*(?:$|["']))/.test(first);
  const isComment = first.startsWith("<!--");
  if (!isFenced && !isComment && !/^["']?\w[\w -]{0,40}["']?\s*:(?:\s|$)/.test(first)) return;
  const until = rest.findIndex((line) => (isFenced ? false : isComment ? line.includes("-->") : line.trim() === ""));
  const looked = until < 0 ? rest : rest.slice(0, until + 1);
  if (looked.some((line) => namesGroups(line.replace(/^\s*<!--/, "")))) throw unreadableGroups();
}

function toMeta(values: ReadonlyMap<string, Value>, groups: readonly string[] | undefined): DocumentMeta {
  const scalar = (...keys: string[]): string | undefined => {
    const value = keys.map((key) => values.get(key)).find((v) => typeof v === "string" && v !== "");
    return typeof value === "string" ? value : undefined;
  };
  const list = (...keys: string[]): string[] => keys.flatMap((key) => toList(values.get(key)));
  const title = scalar("title");
  const owner = scalar("owner", "owners") ?? list("owner", "owners")[0];
  const effectiveFrom = isoDate(scalar("effective_from"));
  const effectiveUntil = isoDate(scalar("effective_until"));
  const lang = scalar("lang", "language", "locale");
  return {
    ...(title && { title: plainHeading(decodeEntities(title)) }),
    keywords: list("keywords", "tags"),
    aliases: list("aliases", "redirect_from"),
    ...(owner && { owner }),
    ...(groups && { groups }),
    ...(effectiveFrom && { effectiveFrom }),
    ...(effectiveUntil && { effectiveUntil }),
    supersedes: list("supersedes"),
    ...(lang && { lang: lang.toLowerCase().split(/[-_]/)[0]! }),
  };
}

function toList(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value !== "string") return value;
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

const isoDate = (text: string | undefined): string | undefined => /^\d{4}-\d{2}-\d{2}/.exec(text ?? "")?.[0];
