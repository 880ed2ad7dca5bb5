import { createHash } from "node:crypto";
import type { Tool } from "../core/tools.ts";

/** What was approved: the hash of each tool's definition, by `Tool.name`. Plain data, to be kept by the caller. */
export type Pins = Readonly<Record<string, string>>;

/** How the tools of today differ from what was approved. */
export interface Drift {
  /** Same name, other definition. */
  readonly changed: readonly Tool[];
  readonly added: readonly Tool[];
  /** Names that are gone. */
  readonly removed: readonly string[];
}

/** JSON with sorted keys, so that the same definition always gives the same text. Definitions are bounded in depth when they are read. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, child]) => `${JSON.stringify(key)}:${canonical(child)}`).join(",")}}`;
}

/** Hash of everything about a tool that the model or a policy reads: name, title, description, both schemas, annotations. SHA-256, hex. */
export function definitionHash({ server, tool, title, description, inputSchema, outputSchema, annotations }: Tool): string {
  const parts = { server, tool, title, description, inputSchema, outputSchema, annotations };
  return createHash("sha256").update(canonical(parts)).digest("hex");
}

/** Pins for tools as they are now. */
export function pinsOf(tools: readonly Tool[]): Pins {
  return Object.fromEntries(tools.map((tool) => [tool.name, definitionHash(tool)]));
}

/** Compares tools with what was approved. Servers that have no pin at all are new as a whole: their tools are `added`. */
export function comparePins(tools: readonly Tool[], pins: Pins): Drift {
  const pinned = new Map(Object.entries(pins));
  const names = new Set(tools.map((tool) => tool.name));
  return {
    changed: tools.filter((tool) => pinned.has(tool.name) && pinned.get(tool.name) !== definitionHash(tool)),
    added: tools.filter((tool) => !pinned.has(tool.name)),
    removed: [...pinned.keys()].filter((name) => !names.has(name)),
  };
}
