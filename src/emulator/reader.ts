import { closest } from "../core/closest.ts";
import { LecternError } from "../core/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";

/** Reads one value of a file; errors name the file and the way to the value. */
export interface Reader {
  /** For example `emulator.json: deployments.default.region`. */
  readonly at: string;
  readonly value: Json | undefined;
}

export function complain(reader: Reader, what: string, fix: string): never {
  throw new LecternError("config", `${reader.at} ${what}.`, { fix });
}

function kindOf(value: Json): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

function expected(reader: Reader, what: string): never {
  return complain(reader, `must be ${what}, not ${kindOf(reader.value ?? null)}`, `Write ${what} there, or leave it out.`);
}

/** The fields of an object. Unknown names are refused with the nearest known one. */
export function fields<Name extends string>(reader: Reader, names: readonly Name[]): (name: Name) => Reader {
  const object: JsonObject = isJsonObject(reader.value) ? reader.value : expected(reader, "an object");
  for (const given of Object.keys(object)) {
    if ((names as readonly string[]).includes(given)) continue;
    const near = closest(given, names);
    complain(reader, `has no "${given}"`, near === undefined ? `It may have: ${names.join(", ")}.` : `Did you mean "${near}"?`);
  }
  return (name) => ({ at: `${reader.at}${reader.at.endsWith(":") ? " " : "."}${name}`, value: object[name] });
}

/** The entries of an object with names of the reader's own choice. */
export function entries(reader: Reader): (readonly [string, Reader])[] {
  const object: JsonObject = isJsonObject(reader.value) ? reader.value : expected(reader, "an object");
  return Object.entries(object).map(([name, value]) => [name, { at: `${reader.at}.${name}`, value }] as const);
}

export function items(reader: Reader): Reader[] {
  const list = Array.isArray(reader.value) ? reader.value : expected(reader, "a list");
  return list.map((value: Json, index) => ({ at: `${reader.at}[${index}]`, value }));
}

export function stringOf(reader: Reader): string {
  return typeof reader.value === "string" ? reader.value : expected(reader, "a text");
}

export function booleanOf(reader: Reader): boolean {
  return typeof reader.value === "boolean" ? reader.value : expected(reader, "true or false");
}

export function numberOf(reader: Reader, limits: { readonly min?: number; readonly max?: number } = {}): number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = limits;
  const { value } = reader;
  if (typeof value !== "number" || !Number.isFinite(value)) return expected(reader, "a number");
  if (value < min || value > max) return complain(reader, `is ${value}`, `Choose a number from ${min} to ${max}.`);
  return value;
}

export function oneOf<const Value extends string>(reader: Reader, values: readonly Value[]): Value {
  const found = values.find((value) => value === reader.value);
  if (found !== undefined) return found;
  const near = typeof reader.value === "string" ? closest(reader.value, values) : undefined;
  const fix = near === undefined ? `Choose one of ${values.join(", ")}.` : `Did you mean "${near}"?`;
  return complain(reader, `is ${JSON.stringify(reader.value ?? null)}`, fix);
}

/** A regular expression, without case and across lines. */
export function patternOf(reader: Reader): RegExp {
  const source = stringOf(reader);
  try {
    return new RegExp(source, "iu");
  } catch (cause) {
    return complain(
      reader,
      `is no regular expression (${cause instanceof Error ? cause.message : ""})`,
      "Escape special signs with a backslash.",
    );
  }
}

/** What `read` makes of the value; undefined where there is none. */
export function optional<Value>(reader: Reader, read: (reader: Reader) => Value): Value | undefined {
  return reader.value === undefined ? undefined : read(reader);
}

/** The same as a property to spread: nothing where there is no value. */
export function property<Name extends string, const Value>(
  name: Name,
  reader: Reader,
  read: (reader: Reader) => Value,
): { readonly [key in Name]?: Value } {
  return reader.value === undefined ? {} : ({ [name]: read(reader) } as { readonly [key in Name]?: Value });
}
