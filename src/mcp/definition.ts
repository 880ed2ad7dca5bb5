import { isJsonObject, type JsonObject } from "../core/json.ts";
import { neutralise } from "../core/neutralise.ts";
import type { Tool, ToolAnnotations } from "../core/tools.ts";
import { type DefinitionFlag, flagDefinition } from "./flags.ts";
import { isDeeperThan } from "./transport/guard-checks.ts";

/** A tool that is not offered, and why. */
export interface QuarantinedTool {
  readonly server: string;
  /** The name as far as it can be shown. */
  readonly tool: string;
  readonly reason: string;
}

const maxNameLength = 128;
const maxDescription = 8_000;
const maxTitle = 200;
const maxSchemaBytes = 256 * 1024;
const maxSchemaDepth = 40;

/** Why a name cannot be a tool's; undefined where it can. Source: MCP 2026-07-28, tools (1 to 128 characters), plus what people cannot see. */
function nameFault(name: string): string | undefined {
  if (name.trim() === "") return "it has no name";
  if (name.length > maxNameLength) return `its name is longer than ${maxNameLength} characters`;
  if (name !== name.trim()) return "its name begins or ends with white space";
  if (neutralise(name) !== name || /[\n\t\u200c\u200d]/.test(name)) return "its name contains invisible or control characters";
  if (
    /\p{Script=Latin}/u.test(name) &&
    /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}]/u.test(name)
  ) {
    return "its name mixes letters of different alphabets that look alike";
  }
  if (name.normalize("NFKC") !== name) return "its name uses look-alike characters";
  return undefined;
}

/**
 * A server's schema as plain data: bounded in size and depth, texts neutralised, references outside itself removed.
 * Returns the reason as a string where it cannot be used.
 */
export function safeSchema(schema: unknown, what: string): JsonObject | string {
  if (schema === undefined || schema === null) return `its ${what} is missing`;
  if (!isJsonObject(schema)) return `its ${what} is not an object`;
  if (isDeeperThan(schema, maxSchemaDepth)) return `its ${what} is nested deeper than ${maxSchemaDepth} levels`;
  if (JSON.stringify(schema).length > maxSchemaBytes) return `its ${what} is larger than ${maxSchemaBytes / 1024} KiB`;
  return cleanNode(schema) as JsonObject;
}

/** Recursion is safe here: the depth was checked. */
function cleanNode(value: unknown): unknown {
  if (typeof value === "string") return neutralise(foldSpace(value.slice(0, maxDescription)));
  if (Array.isArray(value)) return value.map(cleanNode);
  if (!isJsonObject(value)) return value;
  const clean: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    // JSON.parse keeps this key as data; assigning it anywhere else would change the object's prototype.
    if (key === "__proto__") continue;
    // Nothing is ever fetched for a schema: references that leave it are dropped, so that nobody behind us fetches them either.
    if ((key === "$ref" || key === "$dynamicRef") && typeof child === "string" && !child.startsWith("#")) continue;
    clean[neutralise(key)] = key === "x-mcp-header" ? child : cleanNode(child);
  }
  return clean;
}

/** Long runs of blanks push a text's end out of sight. */
const foldSpace = (text: string): string =>
  text.replace(/[ \u00a0\u2000-\u200a\u3000]{9,}/g, "        ").replace(/(?:[ \t]*\n){4,}/g, "\n\n\n");

/** A description as it is shown: neutralised, HTML comments opened up (people do not see them where HTML is rendered, models do), cut. */
function cleanDescription(text: string): string {
  const cut = text.length > maxDescription ? `${text.slice(0, maxDescription)} […cut]` : text;
  return neutralise(foldSpace(cut)).replaceAll("<!--", "(hidden comment: ").replaceAll("-->", ")");
}

function annotationsOf(value: unknown): ToolAnnotations | undefined {
  if (!isJsonObject(value)) return undefined;
  const hints: Record<string, string | boolean> = {};
  if (typeof value.title === "string") hints.title = neutralise(value.title.slice(0, maxTitle));
  for (const key of ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"]) {
    const hint = value[key];
    if (typeof hint === "boolean") hints[key] = hint;
  }
  return hints;
}

/** A tool as it is offered, and what a person should know about its definition. */
export interface ReadTool {
  readonly tool: Tool;
  readonly flags: readonly DefinitionFlag[];
}

/** A server's tool definition, made safe; or the reason why it is not offered. Only what we know is kept: `_meta`, icons and the like are dropped. */
export function readDefinition(server: string, raw: unknown, prefix = server): ReadTool | QuarantinedTool {
  const rawName = isJsonObject(raw) ? raw.name : undefined;
  const shown = typeof rawName === "string" ? neutralise(rawName).replace(/\s+/g, " ").slice(0, 80) : "(unnamed)";
  const quarantined = (reason: string): QuarantinedTool => ({ server, tool: shown, reason });
  if (!isJsonObject(raw)) return quarantined("its definition is not an object");
  if (typeof rawName !== "string") return quarantined("it has no name");
  const fault = nameFault(rawName);
  if (fault !== undefined) return quarantined(fault);
  const inputSchema = safeSchema(raw.inputSchema, "input schema");
  if (typeof inputSchema === "string") return quarantined(inputSchema);
  const outputSchema = raw.outputSchema === undefined ? undefined : safeSchema(raw.outputSchema, "output schema");
  const title = raw.title;
  const annotations = annotationsOf(raw.annotations);
  const tool: Tool = {
    name: `${prefix}__${rawName}`,
    server,
    tool: rawName,
    description: typeof raw.description === "string" ? cleanDescription(raw.description) : "",
    inputSchema,
    ...(typeof title === "string" && { title: neutralise(title.slice(0, maxTitle)).replace(/\s+/g, " ") }),
    // An unusable output schema costs nothing but itself: answers are not validated against it.
    ...(outputSchema !== undefined && typeof outputSchema !== "string" && { outputSchema }),
    ...(annotations !== undefined && { annotations }),
  };
  return { tool, flags: flagDefinition(tool, raw) };
}

export const isQuarantined = (entry: ReadTool | QuarantinedTool): entry is QuarantinedTool => "reason" in entry;
