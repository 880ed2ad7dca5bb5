import { LecternError } from "../../core/errors.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { ToolAnnotations } from "../../core/tools.ts";
import type { KnowledgeStore } from "../store.ts";

/** What every knowledge tool is made from. */
export interface ToolParts {
  readonly store: KnowledgeStore;
}

/** Knowledge tools look things up: they change nothing, and nothing outside the base. */
export const readOnly: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

export const text = (description: string): JsonObject => ({ type: "string", description });

/** A string argument; undefined where absent or empty. Throws `usage` for another type. */
export function stringArgument(args: JsonObject, name: string): string | undefined {
  const value = args[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new LecternError("usage", `"${name}" must be a string`);
  return value.trim() === "" ? undefined : value;
}

/** A whole number within bounds; numbers outside are brought to the nearest bound. Throws `usage` for another type. */
export function integerArgument(args: JsonObject, name: string, bounds: { min: number; max: number }): number | undefined {
  const value = args[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw new LecternError("usage", `"${name}" must be a number`);
  return Math.min(bounds.max, Math.max(bounds.min, Math.trunc(number)));
}

/** Strings of an array argument, empty ones left out. */
export function stringsArgument(args: JsonObject, name: string): string[] {
  const value: Json | undefined = args[name];
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string" && item.trim() !== "") : [];
}
