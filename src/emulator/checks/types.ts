import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { Refused } from "../refusals/table.ts";

/** The type of a value in the words of the service. */
function typeWord(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal number";
  return `a ${typeof value}`;
}

/** Throws Refused for a value of another type than a parameter takes. `expected` with its article. */
export function wrongType(param: string, expected: string, value: Json): never {
  throw new Refused("400-invalid-type", { param, expected, got: typeWord(value) });
}

export function missing(param: string): never {
  throw new Refused("400-missing-parameter", { param });
}

/** Names in quotes as the service lists them: `'a', 'b', and 'c'`. */
export function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  if (quoted.length < 3) return quoted.join(" and ");
  return `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
}

/** Throws Refused for a value that is none of those known; what is no text counts as an empty one. */
export function checkOneOf(param: string, value: Json | undefined, values: readonly string[]): void {
  const given = typeof value === "string" ? value : "";
  if (!values.includes(given)) throw new Refused("400-invalid-value", { param, value: given, values: listed(values) });
}

/** A text that must be there. */
export function checkText(param: string, value: Json | undefined): void {
  if (value === undefined || value === null) missing(param);
  if (typeof value !== "string") wrongType(param, "a string", value);
}

/** A text that must be there and say something. */
export function checkName(param: string, value: Json | undefined): void {
  checkText(param, value);
  if (value === "") throw new Refused("400-empty-string", { param });
}

/** Throws Refused for a field that an object of the request does not have. */
export function checkFields(param: string, value: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown !== undefined) throw new Refused("400-unknown-parameter", { param: `${param}.${unknown}` });
}

/** Objects of a list, each with the way to it; throws Refused for what is none. */
export function objectsAt(param: string, value: Json | undefined, what = "an object"): (readonly [string, JsonObject])[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: Json, index) => {
    const at = `${param}[${index}]`;
    return [at, isJsonObject(entry) ? entry : wrongType(at, what, entry)] as const;
  });
}
