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

/** What an error says: its message, or its `detail`, which servers on FastAPI send as text or as a list; "" where it says nothing. */
export function messageOf(error: Json | undefined): string {
  if (typeof error === "string") return error;
  const detail = field(error, "detail");
  const details = Array.isArray(detail)
    ? detail.map((entry) => `${text(entry, "msg") ?? ""}: ${JSON.stringify(field(entry, "loc") ?? null)}`)
    : [];
  return text(error, "message") ?? text(error, "detail") ?? details.join("; ");
}
