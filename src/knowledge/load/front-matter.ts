import type { DocumentMeta } from "./document.ts";
import { decodeEntities } from "./entities.ts";
import { plainHeading } from "./title.ts";

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

type Value = string | readonly string[];

/**
 * Reads the YAML block at the head of a page: flat keys with scalars, quoted strings, `[a, b]` and `- a` lists, `|` and `>` blocks.
 * Deeper structures are skipped, not refused. Never throws.
 */
export function readFrontMatter(lines: readonly string[]): FrontMatter {
  const end = lines[0]?.trimEnd() === "---" ? lines.findIndex((line, i) => i > 0 && /^(?:---|\.\.\.)\s*$/.test(line)) : -1;
  if (end < 0)
    return {
      meta: { keywords: [], aliases: [], supersedes: [] },
      lineCount: 0,
      redirectOnly: false,
      values: new Map(),
      content: [],
    };
  const { values, blocks } = readKeys(lines.slice(1, end));
  return {
    meta: toMeta(values),
    lineCount: end + 1,
    redirectOnly: values.has("redirect_to"),
    values,
    content: blocks,
  };
}

function readKeys(lines: readonly string[]): { values: Map<string, Value>; blocks: FrontMatter["content"] } {
  const values = new Map<string, Value>();
  const blocks: { name: string; text: string; line: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const match = /^([A-Za-z_][\w-]*)\s*:(?:\s+(.*)|)$/.exec(lines[i]!);
    if (!match) continue;
    const key = match[1]!.toLowerCase().replaceAll("-", "_");
    const rest = (match[2] ?? "").trim();
    const nested = indentedAfter(lines, i + 1);
    if (/^[|>][+-]?\d*$/.test(rest)) {
      const text = nested.map((line) => line.replace(/^ {1,4}|^\t/, "")).join("\n");
      values.set(key, text.replace(/\s+/g, " ").trim());
      if (rest.startsWith("|")) blocks.push({ name: key, text, line: i + 2 });
    } else if (rest === "") {
      values.set(key, listItems(nested));
    } else {
      values.set(
        key,
        rest.startsWith("[") ? flowItems([rest, ...nested].join(" ")) : unquote([rest, ...nested.map((l) => l.trim())].join(" ")),
      );
    }
  }
  return { values, blocks };
}

function indentedAfter(lines: readonly string[], start: number): readonly string[] {
  let end = start;
  while (end < lines.length && (/^\s/.test(lines[end]!) || /^-\s/.test(lines[end]!) || lines[end] === "")) end++;
  return lines.slice(start, end);
}

const listItems = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const item = /^\s*-\s+(.*)$/.exec(line);
    return item ? [unquote(item[1]!.trim())] : [];
  });

const flowItems = (text: string): string[] =>
  text
    .replace(/^\[|\]\s*(?:#.*)?$/g, "")
    .split(",")
    .map((item) => unquote(item.trim()))
    .filter((item) => item !== "");

function unquote(text: string): string {
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (double) return double[1]!.replace(/\\(["\\])/g, "$1");
  const single = /^'((?:[^']|'')*)'/.exec(text);
  if (single) return single[1]!.replaceAll("''", "'");
  return text.replace(/\s+#.*$/, "").trim();
}

function toMeta(values: ReadonlyMap<string, Value>): DocumentMeta {
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
    ...(values.has("groups") && { groups: list("groups") }),
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
