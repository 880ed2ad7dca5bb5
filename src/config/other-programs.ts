import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { visible } from "./visible.ts";

/** A part of another program's file that names MCP servers. */
export interface ServerSection {
  /** As messages name it: `mcp.servers`. */
  readonly name: string;
  readonly entries: Json;
  /** What VS Code would ask for, beside the servers. */
  readonly inputs: Json | undefined;
}

/**
 * Where programs keep MCP servers in their files: `mcpServers` (Claude, Cursor, Windsurf, Gemini and others), `servers` (VS Code's `mcp.json`),
 * `mcp.servers` (VS Code's `settings.json`), `settings.mcp.servers` (its workspace files). Source: their documentation, read 2026-11.
 */
const places: readonly (readonly string[])[] = [["servers"], ["mcpServers"], ["mcp", "servers"], ["settings", "mcp", "servers"]];

/** The parts of a file that name MCP servers, all of them. */
export function serverSections(content: JsonObject): readonly ServerSection[] {
  return places.flatMap((path) => {
    const holder = path.slice(0, -1).reduce<Json | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), content);
    const entries = isJsonObject(holder) ? holder[path.at(-1)!] : undefined;
    return entries === undefined || !isJsonObject(holder) ? [] : [{ name: path.join("."), entries, inputs: holder.inputs }];
  });
}

/** What to tell of a file without such a part; undefined for one that holds nothing at all. */
export function nothingFound(path: string, content: JsonObject): string | undefined {
  const keys = Object.keys(content).filter((key) => key !== "$schema" && key !== "inputs");
  if (keys.length === 0) return undefined;
  return `${path}: no MCP servers were found. They are looked for under "mcpServers", "servers" or "mcp": {"servers": …}; the file has ${firstOf(keys)}. Write each as "mcpServers": {"NAME": {"command": "…", "args": ["…"]}}, or with a "url".`;
}

/** What to tell of servers that Claude Code keeps for single folders, where `claude mcp add` puts them unless told otherwise; undefined where there are none. */
export function onlyForFolders(path: string, { projects }: JsonObject): string | undefined {
  const entries = isJsonObject(projects) ? Object.values(projects) : [];
  const names = entries.flatMap((entry) =>
    isJsonObject(entry) && isJsonObject(entry.mcpServers) ? Object.keys(entry.mcpServers) : [],
  );
  if (names.length === 0) return undefined;
  return `${path}: ${firstOf(names)} are Claude's for single folders ("projects") and are not read from there. Copy those you want to "mcpServers", in this file or in .mcp.json.`;
}

const firstOf = (names: readonly string[]): string =>
  names
    .slice(0, 6)
    .map((name) => `"${visible(name).slice(0, 40)}"`)
    .join(", ") + (names.length > 6 ? ", …" : "");

const typeNames: Readonly<Record<string, string>> = {
  streamableHttp: "http",
  streamable_http: "http",
  "http-stream": "http",
  remote: "http",
  local: "stdio",
};

/** An entry as another program writes it, in the words of `mcpServers` here; what has no other word stays as it is. */
export function inOurWords(entry: Json): Json {
  if (!isJsonObject(entry)) return entry;
  const { serverUrl, httpUrl, enabled, isActive, type, ...rest } = entry;
  const address = rest.url ?? serverUrl ?? httpUrl;
  const isOff = enabled === false || isActive === false;
  const known = typeof type === "string" && Object.hasOwn(typeNames, type) ? typeNames[type]! : type;
  const all = { ...rest, type: known, url: address, ...(isOff ? { disabled: true } : {}) };
  // Some programs write null for what is not there.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null)) as JsonObject;
}

/** Shorter limits are seconds, or of no use. Source: Claude Code, which does not take them either; Cline and Roo Code count seconds. */
const leastTimeoutMs = 1_000;

/** An entry without what would mean something else here than there, and what to tell of it. */
export function withoutMisunderstandings(entry: Json): { readonly entry: Json; readonly remarks: readonly string[] } {
  if (!isJsonObject(entry)) return { entry, remarks: [] };
  const { timeout, ...rest } = entry;
  const isShort = typeof timeout === "number" && timeout > 0 && timeout < leastTimeoutMs;
  const remarks = [
    ...(isShort
      ? [`has a timeout of ${timeout}, which is not used: here it is in milliseconds (${timeout} seconds are ${timeout * 1000})`]
      : []),
    ...(rest.sandboxEnabled === true
      ? ["is to run in VS Code's sandbox; here it runs with your rights, and gets few of your variables"]
      : []),
  ];
  return { entry: isShort ? rest : entry, remarks };
}
