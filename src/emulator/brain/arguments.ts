import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { BrainTool } from "./brain.ts";
import type { Part } from "./question.ts";
import { orderedText, placeIn, properties, required, wantsPlace } from "./tools.ts";
import { words } from "./words.ts";

const numbersIn = (text: string): number[] => (text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);

/** The arithmetic in a question, in signs: "3 plus 4" gives "3 + 4". */
function expression(text: string): string {
  const signs = text
    .toLowerCase()
    .replace(/\bplus\b/g, "+")
    .replace(/\bminus\b/g, "-")
    .replace(/\b(?:times|multiplied by)\b|×/g, "*")
    .replace(/\bdivided by\b|÷/g, "/")
    .replace(/(\d+(?:\.\d+)?)\s*(?:%|percent) of/g, "$1 / 100 *");
  const root = /square root of (\d+(?:\.\d+)?)/.exec(signs)?.[1];
  if (root !== undefined) return `sqrt(${root})`;
  return (/[\d(][\d\s.+\-*/^%()]*[\d)]/.exec(signs)?.[0] ?? signs).trim();
}

const operators = new Map([
  ["add", /\+|\bplus\b|\bsum\b|\badd\b/i],
  ["subtract", /\d\s*-\s*\d|\bminus\b|\bdifference\b/i],
  ["multiply", /\*|×|\btimes\b|\bmultipl|\bproduct\b/i],
  ["divide", /\d\s*[/÷]\s*\d|\bdivided?\b/i],
]);

/** What a question still has to give: numbers and named values are each given once. */
interface Source {
  readonly part: Part;
  readonly numbers: number[];
  readonly used: Set<Json>;
  /** The request without its opening verb. */
  readonly ordered: string;
}

/** The value of an enumeration that the question names; "to USD" goes to a parameter called `to`. */
function enumValue(name: string, values: readonly Json[], { part, used }: Source): Json | undefined {
  const asked = words(part.text);
  const named = values.filter((value) => typeof value === "string" && words(value).every((word) => asked.includes(word)));
  const directed = /^(?:to|target|destination|output)/i.test(name)
    ? named.find((value) => new RegExp(`\\b(?:to|into|in)\\s+${String(value)}\\b`, "i").test(part.text))
    : undefined;
  const position = (value: Json): number => asked.indexOf(words(String(value))[0] ?? "");
  const found =
    directed ??
    named.filter((value) => !used.has(value)).sort((a, b) => position(a) - position(b))[0] ??
    values.find((value) => typeof value === "string" && operators.get(value)?.test(part.text));
  if (found !== undefined) used.add(found);
  return found;
}

/** What a text is to say: after "saying", "about", a colon, or all of the request. */
function content(text: string): string {
  return /\b(?:saying|about|that says|with the (?:text|message|title|subject))\s+(.+)$/is.exec(text)?.[1] ?? text;
}

function stringValue(name: string, schema: JsonObject, { part, ordered }: Source): string | undefined {
  const about = `${name} ${typeof schema.description === "string" ? schema.description : ""}`.toLowerCase();
  const quoted = /["“'‘](.+?)["”'’](?=\s|$|[.,?!])/.exec(part.text)?.[1];
  if (/\b(?:expression|formula|calculation|equation)\b/.test(about)) return expression(part.text);
  const address = /[\w.+-]+@[\w.-]+\.\w+/.exec(part.text)?.[0];
  if (/e-?mail/.test(about) || (address !== undefined && /^(?:to|recipients?|cc|bcc|addressee)$/i.test(name))) return address;
  if (/\b(?:date|day)\b/.test(about)) return /\d{4}-\d{2}-\d{2}/.exec(part.text)?.[0];
  if (/\b(?:url|uri|link)\b/.test(about)) return /https?:\/\/\S+/.exec(part.text)?.[0];
  if (wantsPlace(about)) return placeIn(about, part.text);
  if (/\b(?:pattern|glob)\b/.test(about)) return quoted ?? /\S*[*?]\S*\w/.exec(part.text)?.[0] ?? part.terms.join(" ");
  if (/\b(?:path|file|directory|folder)\b/.test(about)) {
    return quoted ?? /(?:\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)+|\b[\w-]+\.\w{1,5}\b/.exec(part.text)?.[0];
  }
  // A tool that asks for the question gets it whole; one that asks for keywords gets the words that carry it.
  if (/\bquestion|plain words|natural language\b/.test(about) && !/\bkeywords?\b/.test(about)) return part.text;
  if (/\b(?:quer(?:y|ies)|search|keywords?|terms?|topic)\b/.test(about)) return part.terms.join(" ") || part.text;
  return quoted ?? content(ordered);
}

function value(name: string, schema: JsonObject, source: Source): Json | undefined {
  if (Array.isArray(schema.enum)) return enumValue(name, schema.enum, source);
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  switch (type) {
    case "integer":
    case "number":
      return source.numbers.shift();
    case "boolean":
      return undefined;
    case "array": {
      const items = isJsonObject(schema.items) ? schema.items : {};
      if (items.type === "number" || items.type === "integer") return source.numbers.splice(0);
      const one = value(name, items, source);
      return one === undefined ? undefined : [one];
    }
    case "object":
      return {};
    default:
      return stringValue(name, schema, source);
  }
}

/** What a required parameter gets when the question says nothing for it. */
function fallback(schema: JsonObject, part: Part): Json {
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0]!;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "integer" || type === "number") return typeof schema.minimum === "number" ? schema.minimum : 1;
  if (type === "boolean") return false;
  if (type === "array") return [];
  if (type === "object") return {};
  return part.text;
}

/** Arguments for a call, from the question: required parameters always, optional ones only where the question plainly fills them. */
export function fillArguments(tool: BrainTool, part: Part): JsonObject {
  const must = new Set(required(tool));
  const source: Source = { part, numbers: numbersIn(part.text), used: new Set(), ordered: orderedText(part, tool) };
  const filled: Record<string, Json> = {};
  const all = properties(tool);
  for (const [name, schema] of all) {
    const plain = must.has(name) || Array.isArray(schema.enum) || wantsPlace(name) || (must.size === 0 && all.length === 1);
    if (!plain) continue;
    const found = value(name, schema, source);
    if (found !== undefined) filled[name] = found;
    else if (must.has(name)) filled[name] = fallback(schema, part);
  }
  return filled;
}
