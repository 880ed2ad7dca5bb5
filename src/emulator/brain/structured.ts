import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isDeclined } from "./languages.ts";

/** What the request wants the text to be: any JSON object, or one of this schema. */
export type TextFormat = "json_object" | { readonly schema: JsonObject };

const maxDepth = 12;

function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  const target = typeof schema.$ref === "string" ? /^#\/(?:\$defs|definitions)\/(.+)$/.exec(schema.$ref)?.[1] : undefined;
  for (const group of target === undefined ? [] : [root.$defs, root.definitions]) {
    const found = isJsonObject(group) ? group[target!] : undefined;
    if (isJsonObject(found)) return found;
  }
  return schema;
}

/** A value of the schema that says the text where it can: texts get it, numbers the first one in it. */
function fillSchema(given: JsonObject, text: string, root: JsonObject, depth: number): Json {
  const schema = resolve(given, root);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum.find((value) => text.includes(String(value))) ?? schema.enum[0] ?? null;
  const union = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray);
  const [option] = Array.isArray(union) ? union.filter(isJsonObject) : [];
  if (option !== undefined && depth < maxDepth) return fillSchema(option, text, root, depth + 1);
  const type = Array.isArray(schema.type) ? (schema.type.find((each) => each !== "null") ?? "null") : schema.type;
  switch (type) {
    case "object": {
      const properties = isJsonObject(schema.properties) ? schema.properties : {};
      const entries = Object.entries(properties).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]));
      return depth >= maxDepth
        ? {}
        : Object.fromEntries(entries.map(([name, inner]) => [name, fillSchema(inner, text, root, depth + 1)]));
    }
    case "array":
      return isJsonObject(schema.items) && depth < maxDepth ? [fillSchema(schema.items, text, root, depth + 1)] : [];
    case "integer":
      return Math.trunc(Number(/-?\d+/.exec(text)?.[0] ?? 0));
    case "number":
      return Number(/-?\d+(?:\.\d+)?/.exec(text)?.[0] ?? 0);
    case "boolean":
      return !/^no\b/i.test(text) && !isDeclined(text);
    case "null":
      return null;
    default:
      return text;
  }
}

/** The text as JSON of the format asked for. */
export function structured(text: string, format: TextFormat): string {
  if (format === "json_object") return JSON.stringify({ answer: text });
  return JSON.stringify(fillSchema(format.schema, text, format.schema, 0));
}
