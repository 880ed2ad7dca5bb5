import { isJsonObject, type Json } from "../core/json.ts";
import { visible } from "./visible.ts";

/** What the schema says is wrong with a file. Source: zod 4's issues, as far as our schema makes them. */
export interface Issue {
  readonly code?: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly origin?: string;
  readonly values?: readonly unknown[];
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly errors?: readonly (readonly Issue[])[];
}

export interface WrongValue {
  /** Full path of the value in the file. */
  readonly path: readonly PropertyKey[];
  /** What stands there and what must: `is text; it must be a number`. */
  readonly problem: string;
  readonly fix: string | undefined;
}

/** An issue in words. Of the value only its kind is told, since configuration files may hold secrets; short words of a fixed choice excepted. */
export function wrongValue(issue: Issue, content: Json): WrongValue {
  const deeper = (issue.errors ?? []).flat().find((inner) => inner.path.length > 0);
  if (deeper) return wrongValue({ ...deeper, path: [...issue.path, ...deeper.path] }, content);
  const value = valueAt(content, issue.path);
  if (issue.code === "custom") return { path: issue.path, problem: issue.message, fix: undefined };
  if (issue.code === "invalid_key")
    return { path: issue.path, problem: "is no usable name; it must have 1 to 200 characters", fix: undefined };
  if (value === undefined) return { path: issue.path, problem: `is missing; it must be ${expectation(issue)}`, fix: undefined };
  return { path: issue.path, problem: `is ${found(value, issue)}; it must be ${expectation(issue)}`, fix: fixFor(issue, value) };
}

function valueAt(content: Json, path: readonly PropertyKey[]): Json | undefined {
  let at: Json | undefined = content;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isJsonObject(at)) at = at[String(key)];
    else return undefined;
  }
  return at;
}

function found(value: Json, issue: Issue): string {
  if (typeof value === "string" && issue.code === "invalid_value" && /^[\w.-]{1,24}$/.test(value)) return `"${visible(value)}"`;
  if (typeof value === "string") return value === "" ? "empty" : "text";
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  // A number in place of text can be a secret (`"headers": {"pin": 1234}`); one that is out of range is a setting of ours.
  const isOurs = ["too_small", "too_big"].includes(issue.code ?? "") || issue.expected === "int";
  return typeof value === "number" && !isOurs ? "a number" : String(value);
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

function expectation(issue: Issue): string {
  const { code, origin, minimum, maximum, inclusive, values = [], errors = [] } = issue;
  switch (code) {
    case "invalid_type":
      return kinds[issue.expected ?? ""] ?? String(issue.expected);
    case "invalid_value":
      return `one of ${values.join(", ")}`;
    case "invalid_union":
      return [...new Set(errors.flatMap(([first]) => (first ? [expectation(first)] : [])))].join(" or ");
    case "too_small":
      return origin === "string" ? "text" : inclusive ? `${minimum} or more` : `above ${minimum}`;
    case "too_big":
      return `${maximum} or less`;
    case "invalid_format":
      return "a name of letters, digits and _ (in a source also . and -)";
    default:
      return "another value";
  }
}

/** The usual slips: quotes around a number, one value in place of a list. */
function fixFor({ code, expected }: Issue, value: Json): string | undefined {
  if (code !== "invalid_type") return undefined;
  if (
    (expected === "number" || expected === "int") &&
    typeof value === "string" &&
    value.trim() !== "" &&
    Number.isFinite(Number(value))
  )
    return "Write the number without quotes.";
  if (expected === "boolean" && typeof value === "string" && /^(true|false)$/i.test(value))
    return "Write true or false without quotes.";
  if (expected === "array" && typeof value === "string") return "Put it into brackets, as a list of one.";
  return undefined;
}
