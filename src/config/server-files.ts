import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { LecternError } from "../core/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import type { ConfigNotice, ServerConfig, ServerInput } from "./config.ts";
import { parseConfigJson } from "./jsonc.ts";
import { isServerEntry } from "./quick-check.ts";
import type { ServerEntry } from "./schema.ts";
import { type ServerPlace, toServerConfig, toServerName } from "./server-entry.ts";
import { visible } from "./visible.ts";
import type { WrongValue } from "./wrong-value.ts";

export interface ServersFile {
  readonly servers: readonly ServerConfig[];
  /** Names that the file switches off. */
  readonly disabled: readonly string[];
  readonly notices: readonly ConfigNotice[];
}

/** Files of other programs that name MCP servers, by name: Claude's `.mcp.json` and `claude_desktop_config.json`, VS Code's `mcp.json`. */
export const isServersFile = (path: string): boolean => /^(?:\.?mcp|claude_desktop_config)\.json$/.test(basename(path));

/**
 * Reads a file of another program: `mcpServers` (Claude) or `servers` with `inputs` (VS Code), comments allowed. An entry that makes no sense is
 * left out with a notice, since the rest is still of use. Throws `config` where the file as a whole cannot be read.
 */
export async function readServersFile(path: string, place: Pick<ServerPlace, "kind" | "defaultCwd">): Promise<ServersFile> {
  const content = parseFile(path);
  const section = isJsonObject(content.servers) ? "servers" : "mcpServers";
  const entries = content[section];
  if (entries === undefined) return { servers: [], disabled: [], notices: [] };
  if (!isJsonObject(entries)) throw unreadable(path, `"${section}" is no object`);
  const inputs = inputsOf(content.inputs);
  // VS Code's paths start from the workspace, the folder that holds .vscode.
  const parent = dirname(path);
  const folder = basename(parent) === ".vscode" ? dirname(parent) : parent;
  return readEntries(entries, { ...place, path, section, folder, inputs });
}

/** The entries of one section; those that make no sense become notices. */
async function readEntries(entries: JsonObject, place: ServerPlace): Promise<ServersFile> {
  const servers: ServerConfig[] = [];
  const disabled: string[] = [];
  const notices: ConfigNotice[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const problem = isServerEntry(entry) ? undefined : await problemWith(entry);
    if (problem !== undefined) {
      const where = visible([place.section, name, ...problem.path].join("."));
      notices.push({ code: "server_left_out", message: `${place.path}: ${where} ${problem.problem}; the server is left out.` });
    } else if ((entry as ServerEntry).disabled) disabled.push(toServerName(name));
    else servers.push(toServerConfig(name, entry as ServerEntry, place));
  }
  return { servers, disabled, notices };
}

async function problemWith(entry: Json): Promise<WrongValue | undefined> {
  const [{ serverSchema }, { wrongValue }] = await Promise.all([import("./schema.ts"), import("./wrong-value.ts")]);
  const issue = serverSchema.safeParse(entry).error?.issues[0];
  return issue && wrongValue(issue, entry);
}

function parseFile(path: string): JsonObject {
  let parsed: Json;
  try {
    parsed = parseConfigJson(readFileSync(path, "utf8"), { comments: true });
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
  if (!isJsonObject(parsed)) throw unreadable(path, "it is no JSON object");
  return parsed;
}

const unreadable = (path: string, why: string, cause?: unknown): LecternError =>
  new LecternError("config", `${path} cannot be read: ${why}.`, { fix: "Correct the file, or remove it.", cause });

/** What VS Code would ask for. Answers that a command of the editor would give are unknown here, so those have no default. */
function inputsOf(inputs: Json | undefined): Readonly<Record<string, ServerInput>> {
  if (!Array.isArray(inputs)) return {};
  const known = inputs.flatMap((input: Json): [string, ServerInput][] => {
    if (!isJsonObject(input) || typeof input.id !== "string") return [];
    const { description, default: preset } = input;
    return [
      [
        input.id,
        {
          ...(typeof description === "string" ? { description } : {}),
          ...(typeof preset === "string" ? { default: preset } : {}),
        },
      ],
    ];
  });
  return Object.fromEntries(known);
}
