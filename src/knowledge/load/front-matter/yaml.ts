import { groupsInYaml, namesGroups, unreadableGroups } from "./groups.ts";
import { flowItems, unquote } from "./scalars.ts";

/** A scalar or a list, as written. */
export type Value = string | readonly string[];

/** The keys of a head that we can read. */
export interface ReadKeys {
  readonly values: ReadonlyMap<string, Value>;
  /** Who may read the page; undefined where it says nothing of groups. */
  readonly groups: readonly string[] | undefined;
  /** Text blocks: name, text and the line of the file they begin in, from 0. */
  readonly blocks: readonly { readonly name: string; readonly text: string; readonly line: number }[];
}

const keyLine = /^(["']?)([A-Za-z_][\w-]*)\1\s*:(?:\s+(.*)|)$/;

/** Names of keys without regard to case and to `-` or `_`. */
export const keyName = (written: string): string => written.toLowerCase().replaceAll("-", "_");

/**
 * Reads flat YAML: keys with scalars, quoted strings, `[a, b]` and `- a` lists, `|` and `>` blocks. Deeper structures are skipped.
 * Throws `config` where they, or anything else that is not understood, may set groups.
 */
export function readYamlKeys(lines: readonly string[]): ReadKeys {
  const values = new Map<string, Value>();
  const blocks: { name: string; text: string; line: number }[] = [];
  let groups: readonly string[] | undefined;
  let elsewhere = false;
  for (let i = 0; i < lines.length; i++) {
    const match = keyLine.exec(lines[i]!);
    if (!match) {
      elsewhere ||= namesGroups(lines[i]!);
      continue;
    }
    const key = keyName(match[2]!);
    const rest = (match[3] ?? "").trim();
    const nested = indentedAfter(lines, i + 1);
    if (key === "groups") {
      if (groups !== undefined) throw unreadableGroups();
      groups = groupsInYaml(rest, indentedAfter(lines, i + 1, { comments: true }));
    } else if (/^[|>][+-]?\d*$/.test(rest)) {
      const text = nested.map((line) => line.replace(/^ {1,4}|^\t/, "")).join("\n");
      values.set(key, text.replace(/\s+/g, " ").trim());
      if (rest.startsWith("|")) blocks.push({ name: key, text, line: i + 2 });
      i += nested.length;
    } else if (rest === "") {
      values.set(key, listItems(nested));
    } else {
      elsewhere ||= /^\{/.test(rest) && namesGroups(rest);
      const whole = [rest, ...nested.map((line) => line.trim())].join(" ");
      values.set(key, rest.startsWith("[") ? (flowItems(whole) ?? roughItems(whole)) : unquote(whole));
    }
  }
  if (groups === undefined && elsewhere) throw unreadableGroups();
  return { values, groups, blocks };
}

function indentedAfter(lines: readonly string[], start: number, { comments = false } = {}): readonly string[] {
  let end = start;
  while (end < lines.length && (/^(?:\s|-\s|$)/.test(lines[end]!) || (comments && lines[end]!.startsWith("#")))) end++;
  return lines.slice(start, end);
}

const listItems = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const item = /^\s*-\s+(.*)$/.exec(line);
    return item ? [unquote(item[1]!.trim())] : [];
  });

/** What can be made of a list that is not quite one. */
const roughItems = (text: string): string[] =>
  text
    .replace(/^\[|\]\s*(?:#.*)?$/g, "")
    .split(",")
    .map((item) => unquote(item.trim()))
    .filter((item) => item !== "");
