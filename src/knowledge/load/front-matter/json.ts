import { isJsonObject, type Json, parseJson } from "../../../core/json.ts";
import { groupsInJson } from "./groups.ts";
import { keyName, type ReadKeys, type Value } from "./yaml.ts";

/** Reads the JSON object that a page begins with; undefined where it begins with none. Throws `config` for groups that cannot be read. */
export function readJsonHead(lines: readonly string[], start: number): (ReadKeys & { readonly lineCount: number }) | undefined {
  // Such a head ends with a brace at the start of a line, or stands on one line.
  const end = /^\{.*\}\s*$/.test(lines[start]!) ? start : lines.findIndex((line, i) => i > start && /^\}\s*$/.test(line));
  const parsed = end < 0 ? undefined : parseJson(lines.slice(start, end + 1).join("\n"));
  if (!isJsonObject(parsed)) return undefined;
  const values = new Map<string, Value>();
  let groups: readonly string[] | undefined;
  for (const [written, value] of Object.entries(parsed) as [string, Json][]) {
    const key = keyName(written);
    if (key === "groups") groups = [...(groups ?? []), ...groupsInJson(value)];
    else if (typeof value === "string") values.set(key, value);
    else if (typeof value === "number" || typeof value === "boolean") values.set(key, String(value));
    else if (Array.isArray(value))
      values.set(
        key,
        value.filter((item) => typeof item === "string"),
      );
  }
  return { values, groups, blocks: [], lineCount: end + 1 };
}
