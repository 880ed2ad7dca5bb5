import { groupsInText, namesGroups, unreadableGroups, withoutComment } from "./groups.ts";
import { flowItems } from "./scalars.ts";
import { keyName, type ReadKeys, type Value } from "./yaml.ts";

const keyLine = /^\s*(["']?)([A-Za-z_][\w-]*)\1\s*=\s*(.*)$/;
const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')$/;

/**
 * Reads flat TOML, as Hugo writes it between lines of +++: keys with texts, numbers, dates and lists of them, before the first table.
 * Tables and texts of several lines are skipped. Throws `config` where they, or anything else that is not understood, may set groups.
 */
export function readTomlKeys(lines: readonly string[]): ReadKeys {
  const values = new Map<string, Value>();
  let groups: readonly string[] | undefined;
  let elsewhere = false;
  let inTable = false;
  for (let i = 0; i < lines.length; i++) {
    inTable ||= /^\s*\[/.test(lines[i]!);
    const match = inTable ? null : keyLine.exec(lines[i]!);
    if (!match) {
      elsewhere ||= namesGroups(lines[i]!) || /^\s*\[+\s*["']?groups\b/i.test(lines[i]!);
      continue;
    }
    const key = keyName(match[2]!);
    const taken = valueFrom(lines, i, match[3]!);
    const value = readValue(taken.text);
    i += taken.more;
    if (key === "groups") {
      if (groups !== undefined || value === undefined) throw unreadableGroups();
      groups = typeof value === "string" ? groupsInText(value) : value;
    } else if (value === undefined) elsewhere ||= namesGroups(taken.text);
    else values.set(key, value);
  }
  if (groups === undefined && elsewhere) throw unreadableGroups();
  return { values, groups, blocks: [] };
}

/** The text of a value, and how many lines it takes beyond its first. */
function valueFrom(lines: readonly string[], from: number, rest: string): { readonly text: string; readonly more: number } {
  const fence = /^(?:"""|''')/.exec(rest)?.[0];
  if (fence !== undefined) {
    if (rest.indexOf(fence, 3) > 0) return { text: rest, more: 0 };
    const end = lines.findIndex((line, i) => i > from && line.includes(fence));
    return { text: rest, more: Math.max(0, end - from) };
  }
  const first = withoutComment(rest);
  if (!first.startsWith("[") || first.endsWith("]")) return { text: first, more: 0 };
  const parts = [first];
  for (let i = from + 1; i < lines.length && !parts.at(-1)!.endsWith("]"); i++) parts.push(withoutComment(lines[i]!).trim());
  return { text: parts.join(" "), more: parts.length - 1 };
}

function readValue(text: string): Value | undefined {
  if (text.startsWith("[")) return flowItems(text);
  const match = quoted.exec(text);
  if (match) return match[1]?.replace(/\\(["\\])/g, "$1") ?? match[2]!;
  return /^[\w.:+-]+(?: [\w.:+-]+)?$/.test(text) ? text : undefined;
}
