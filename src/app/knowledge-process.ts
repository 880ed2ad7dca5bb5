import { fileURLToPath } from "node:url";
import type { Config, SourceConfig } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import { type SpawnedServer, spawnServer } from "../mcp/transport/spawn.ts";
import { planSpawn } from "../mcp/transport/spawn-plan.ts";
import { knowledgeServerName } from "./own-servers.ts";

/** The command that serves a knowledge base over stdio: this very program, on the running interpreter. */
function knowledgeCommand(options: { readonly sources: readonly SourceConfig[]; readonly groups?: readonly string[] }): {
  readonly command: string;
  readonly args: readonly string[];
} {
  // From source this file ends in .ts and so does the program; from dist both end in .js.
  const main = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../cli/main.ts" : "../cli/main.js", import.meta.url));
  const sources = options.sources.flatMap(({ name, path }) => ["--source", name === undefined ? path : `${name}=${path}`]);
  const groups = (options.groups ?? []).flatMap((group) => ["--as-group", group]);
  return { command: process.execPath, args: [main, "knowledge", "serve", ...sources, ...groups] };
}

/** The variables that the knowledge server needs beside the reduced default ones. */
function knowledgeEnvironment(cacheDir: string): Readonly<Record<string, string>> {
  return { LECTERN_CACHE_DIR: cacheDir };
}

/** What the knowledge server is started from; undefined where the configuration has no sources. */
export function knowledgeRequest(
  config: Config,
  groups: readonly string[] = [],
): { readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } | undefined {
  if (config.sources.length === 0) return undefined;
  return { ...knowledgeCommand({ sources: config.sources, groups }), env: knowledgeEnvironment(config.cacheDir) };
}

/**
 * Starts the knowledge server's process now, to be adopted by the toolbox later: it boots while the heavy modules are still loading.
 * Whoever calls this ends it if no toolbox takes it over.
 */
export function spawnKnowledge(
  config: Config,
  options: { readonly env: Environment; readonly groups?: readonly string[] },
): Readonly<Record<string, SpawnedServer>> {
  const request = knowledgeRequest(config, options.groups);
  return request === undefined ? {} : { [knowledgeServerName]: spawnServer(planSpawn(request, { baseEnv: options.env })) };
}
