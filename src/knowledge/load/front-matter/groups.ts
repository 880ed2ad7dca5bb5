import { LecternError } from "../../../core/errors.ts";
import type { Json } from "../../../core/json.ts";
import { flowItems, isPlainScalar, unquote } from "./scalars.ts";

/** The error of a file that restricts its readers in a form that cannot be read: it is named, and shown to nobody. */
export const unreadableGroups = (): LecternError =>
  new LecternError("config", "names groups in a form that cannot be read, so nobody is shown it", {
    fix: 'Write "groups: [hr, legal]" between lines of --- at the head of the page.',
  });

/** Groups as one text, separated by commas. */
export const groupsInText = (text: string): readonly string[] =>
  text
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "");

/** Groups of a JSON value: a text, a list of texts, or nothing (nobody). Throws `config` for anything else. */
export function groupsInJson(value: Json): readonly string[] {
  if (value === null) return [];
  if (typeof value === "string") return groupsInText(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw unreadableGroups();
}

/** Where keys may stand in YAML, TOML and JSON: at the head of a line, in braces, behind a dot. */
const groupsKey =
  /^\s*(?:[-?]\s+)*(?:[&!]\S*\s+)?["']?groups["']?\s*[:=]|^\s*\?\s*["']?groups["']?\s*$|\{(?:[^{}]*[,\s])?["']?groups["']?\s*[:=]|^[\s\w"'.-]*\.\s*["']?groups["']?\s*=/i;

/** True where a line may set groups. */
export const namesGroups = (line: string): boolean => groupsKey.test(line);

/**
 * Groups as YAML writes them: `a, b`, `"a"`, `[a, "b"]` or lines of `- a`. Anything else (nested values, anchors, tags, text blocks)
 * throws `config`: half a list may name the wrong readers.
 */
export function groupsInYaml(rest: string, below: readonly string[]): readonly string[] {
  const first = withoutComment(rest).trim();
  const lines = below.map((line) => withoutComment(line).trimEnd()).filter((line) => line.trim() !== "");
  if (first.startsWith("[")) return flowItems([first, ...lines].join(" ")) ?? refuse();
  if (first === "") return lines.map(listItem);
  if (lines.length > 0 || !(isPlainScalar(first) || isQuoted(first))) return refuse();
  return /^(?:null|~)$/i.test(first) ? [] : groupsInText(unquote(first));
}

function listItem(line: string, _index: number, lines: readonly string[]): string {
  const [, indent, item] = /^(\s*)-\s+(.+)$/.exec(line) ?? [];
  if (item === undefined || indent !== /^\s*/.exec(lines[0]!)?.[0]) return refuse();
  return isPlainScalar(item) || isQuoted(item) ? unquote(item) : refuse();
}

const isQuoted = (text: string): boolean => /^(?:"[^"\\]*"|'[^']*')$/.test(text);

function refuse(): never {
  throw unreadableGroups();
}

/** A line without its comment; a mark inside of quotes is none. */
export function withoutComment(line: string): string {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    const begins = i === 0 || /[\s[,=]/.test(line[i - 1]!);
    if (quote !== "") {
      if (character === "\\" && quote === '"') i++;
      else if (character === quote) quote = "";
    } else if (begins && (character === '"' || character === "'")) quote = character;
    else if (begins && character === "#") return line.slice(0, i).trimEnd();
  }
  return line.trimEnd();
}
