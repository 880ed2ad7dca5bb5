import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { LecternError } from "../core/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import type { ConfigNotice, ServerConfig, ServerInput } from "./config.ts";
import { parseConfigJson } from "./jsonc.ts";
import { inOurWords, nothingFound, onlyForFolders, serverSections, withoutMisunderstandings } from "./other-programs.ts";
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

/** Files in which other programs keep their MCP servers, by name: Claude's, Cursor's, VS Code's, Windsurf's, Cline's, Roo's, Copilot's. */
const serversFile =
  /^(?:\.?mcp|claude_desktop_config|\.claude|mcp_config|mcp-config|mcp_settings|cline_mcp_settings)\.json$|\.code-workspace$/;

/** Claude keeps all its settings there, and has them without any server. */
const claudesSettings = /^(?:claude_desktop_config|\.claude)\.json$/;

/** What only Lectern's own file holds. */
const ownSettings = [
  "azure",
  "sources",
  "mcpFiles",
  "allow",
  "ask",
  "deny",
  "trusted",
  "instructions",
  "answerPolicy",
  "limits",
  "log",
];

/** Whether a file is another program's that names MCP servers: by its name, or, for `settings.json`, by what it holds. */
export function isServersFile(path: string): boolean {
  if (basename(path) !== "settings.json") return serversFile.test(basename(path));
  try {
    const content = parseConfigJson(readFileSync(path, "utf8"), { comments: true });
    return isJsonObject(content) && !ownSettings.some((key) => Object.hasOwn(content, key));
  } catch {
    return false;
  }
}

/** Folders in a project in which programs keep their files; paths in those start from the folder above. */
const programFolders = [".vscode", ".cursor", ".roo", ".gemini", ".kiro", ".windsurf"];

/**
 * Reads the MCP servers in a file of another program, wherever in it they stand (`serverSections`), comments allowed. An entry that makes no sense
 * is left out with a notice, since the rest is still of use. Throws `config` where the file as a whole cannot be read.
 */
export async function readServersFile(path: string, place: Pick<ServerPlace, "kind" | "defaultCwd">): Promise<ServersFile> {
  const content = parseFile(path);
  const sections = serverSections(content);
  const parent = dirname(path);
  const folder = programFolders.includes(basename(parent)) ? dirname(parent) : parent;
  const read = sections.map(({ name, entries, inputs }) => {
    if (!isJsonObject(entries)) throw unreadable(path, `"${name}" is no object`);
    return readEntries(entries, { ...place, path, section: name, folder, inputs: inputsOf(inputs) });
  });
  const message = claudesSettings.test(basename(path))
    ? onlyForFolders(path, content)
    : sections.length === 0
      ? nothingFound(path, content)
      : undefined;
  const all = await Promise.all(read);
  return {
    servers: all.flatMap(({ servers }) => servers),
    disabled: all.flatMap(({ disabled }) => disabled),
    notices: [
      ...all.flatMap(({ notices }) => notices),
      ...(message === undefined
        ? []
        : [{ code: sections.length === 0 ? "server_file_without_servers" : "server_remark", message }]),
    ],
  };
}

/** The entries of one section; those that make no sense become notices. */
async function readEntries(entries: JsonObject, place: ServerPlace): Promise<ServersFile> {
  const servers: ServerConfig[] = [];
  const disabled: string[] = [];
  const notices: ConfigNotice[] = [];
  for (const [name, written] of Object.entries(entries)) {
    const { entry, remarks } = withoutMisunderstandings(inOurWords(written));
    const problem = isServerEntry(entry) ? undefined : await problemWith(entry);
    const label = `${place.path}: ${visible(`${place.section}.${name}`)}`;
    for (const remark of remarks) notices.push({ code: "server_remark", message: `${label} ${remark}.` });
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
