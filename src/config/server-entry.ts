import { dirname, resolve } from "node:path";
import type { ServerConfig, ServerInput } from "./config.ts";
import type { ServerEntry } from "./schema.ts";
import { type OriginKind, trustOf } from "./settings.ts";
import { visible } from "./visible.ts";

/** Where a server's definition stands. */
export interface ServerPlace {
  /** Absolute path of the file. */
  readonly path: string;
  readonly kind: OriginKind;
  /** `mcpServers` or `servers`. */
  readonly section: string;
  /** Folder that relative paths start from; default: that of the file. */
  readonly folder?: string;
  /** Where the server runs when its definition does not say; default: where Lectern runs. */
  readonly defaultCwd?: string;
  readonly inputs?: Readonly<Record<string, ServerInput>>;
}

/** A name as every part of Lectern can use it: letters, digits, `_`, `.` and `-`, at most 64, a letter or digit first. */
export function toServerName(written: string): string {
  const name = written
    .trim()
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64)
    .replace(/-+$/, "");
  return name === "" ? "server" : name;
}

/** One entry of `mcpServers` or `servers` in Lectern's own terms; variables stay as they are written. */
export function toServerConfig(written: string, entry: ServerEntry, place: ServerPlace): ServerConfig {
  const folder = place.folder ?? dirname(place.path);
  // A path that begins with a variable is completed once the variable is known.
  const absolute = (path: string): string => (path.startsWith("${") ? path : resolve(folder, path));
  const cwd = entry.cwd === undefined ? place.defaultCwd : absolute(entry.cwd);
  return {
    name: toServerName(written),
    type: entry.command !== undefined ? "stdio" : entry.type === "sse" ? "sse" : "http",
    ...(entry.command === undefined ? {} : { command: entry.command }),
    args: entry.args ?? [],
    env: Object.fromEntries(
      Object.entries(entry.env ?? {}).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])),
    ),
    ...(entry.envFile === undefined ? {} : { envFile: absolute(entry.envFile) }),
    ...(cwd === undefined || entry.command === undefined ? {} : { cwd }),
    ...(entry.url === undefined ? {} : { url: entry.url }),
    headers: entry.headers ?? {},
    ...(entry.timeout === undefined ? {} : { timeoutMs: entry.timeout }),
    ...(entry.includeTools === undefined ? {} : { includeTools: entry.includeTools }),
    ...(entry.excludeTools === undefined ? {} : { excludeTools: entry.excludeTools }),
    knowledge: entry.knowledge === true && trustOf[place.kind] === 3,
    workspaceFolder: folder,
    inputs: place.inputs ?? {},
    origin: { kind: place.kind, name: `${place.path}: ${visible(`${place.section}.${written}`)}` },
  };
}
