import type { Json } from "../core/json.ts";
import { isJsonObject } from "../core/json.ts";

/** Member of an object, or undefined for anything else: wire data is read leniently, since new fields and shapes appear at any time. */
export function field(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[name] : undefined;
}

/** A string member, or undefined. */
export function text(value: Json | undefined, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" ? found : undefined;
}

/** A number member, or undefined. */
export function number(value: Json | undefined, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === "number" ? found : undefined;
}

/** An array member, or an empty one. */
export function list(value: Json | undefined, name: string): readonly Json[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}
