import { join } from "node:path";
import type { Config, ServerConfig } from "../../config/config.ts";
import { isLecternError, type LecternError } from "../../core/errors.ts";
import type { RunEvent } from "../../core/events.ts";
import type { Tool } from "../../core/tools.ts";
import type { KnowledgeStore } from "../../knowledge/store.ts";
import type { ServerConfig as Connected } from "../../mcp/servers.ts";
import type { ServerStatus } from "../../mcp/toolbox.ts";
import { knowledgeServerName } from "../own-servers.ts";
import type { World } from "./world.ts";

/** How the configured MCP servers are: connected, or why not. */
interface ServersSeen {
  readonly tools: readonly Tool[];
  readonly status: readonly ServerStatus[];
  /** Servers that were not started, by name. */
  readonly refused: ReadonlyMap<string, Refusal>;
}

export type Refusal =
  | { readonly kind: "not_approved" | "unusable"; readonly reason: string }
  /** Named in a file that the project keeps for another program, and not approved: perhaps not even meant for Lectern. */
  | { readonly kind: "of_other_program" };

/** How the knowledge base is. */
export type BaseSeen = { readonly store: KnowledgeStore; readonly tools: readonly Tool[] } | { readonly error: LecternError };

/** Connects servers and knowledge base once, when first asked; closing ends them all. */
export interface OpenServers extends AsyncDisposable {
  servers(): Promise<ServersSeen>;
  /** Undefined where the configuration names no source. */
  base(): Promise<BaseSeen | undefined>;
}

/** Starts nothing by itself: ask early, so that servers boot while other checks run. */
export function openServers(config: Config, world: World, signal: AbortSignal): OpenServers {
  const opened = new AsyncDisposableStack();
  let servers: Promise<ServersSeen> | undefined;
  let base: Promise<BaseSeen | undefined> | undefined;
  return {
    servers: () => {
      servers ??= connect(config, world, signal, opened);
      return servers;
    },
    base: () => {
      base ??= openBase(config, opened);
      return base;
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([servers, base]);
      await opened.disposeAsync();
    },
  };
}

async function connect(config: Config, world: World, signal: AbortSignal, opened: AsyncDisposableStack): Promise<ServersSeen> {
  const refused = new Map<string, Refusal>();
  const admitted: Record<string, Connected> = {};
  for (const server of config.servers) {
    const outcome = await admit(config, server, [
      ...(config.sources.length > 0 ? [knowledgeServerName] : []),
      ...Object.keys(admitted),
    ]);
    if ("kind" in outcome) refused.set(server.name, outcome as Refusal);
    else Object.assign(admitted, outcome);
  }
  if (Object.keys(admitted).length === 0) return { tools: [], status: [], refused };
  const [{ createToolbox }, { fileEraStore }] = await Promise.all([import("../../mcp/toolbox.ts"), import("../era-file.ts")]);
  const toolbox = await createToolbox(admitted, {
    signal,
    baseEnv: world.env,
    connectTimeoutMs: world.limits.serversMs,
    // One look is enough: a server that ends is a finding, not a thing to be mended.
    maxRestarts: 0,
    shutdown: { graceMs: 300, termMs: 700 },
    eraStore: fileEraStore(join(config.cacheDir, "mcp-eras.json")),
  });
  opened.use(toolbox);
  return { tools: toolbox.tools(), status: toolbox.servers(), refused };
}

/** One server in the toolbox's terms, or why it is not started. One at a time, so that each reason is its own server's. */
async function admit(
  config: Config,
  server: ServerConfig,
  taken: readonly string[],
): Promise<Record<string, Connected> | Refusal> {
  const [{ foreignServers }, { createTrust }] = await Promise.all([import("../servers.ts"), import("../trust.ts")]);
  let reason = "";
  const one = { ...config, servers: [server], notices: [] };
  const onEvent = (event: RunEvent): void => {
    if (event.type === "server") reason = event.reason ?? "";
  };
  const servers = await foreignServers(one, { taken, onEvent });
  if (Object.keys(servers).length > 0) return { ...servers };
  if (createTrust(config).isApproved(server)) return { kind: "unusable", reason };
  return reason === "" ? { kind: "of_other_program" } : { kind: "not_approved", reason };
}

async function openBase(config: Config, opened: AsyncDisposableStack): Promise<BaseSeen | undefined> {
  if (config.sources.length === 0) return undefined;
  const { openKnowledgeApp } = await import("../knowledge-server.ts");
  try {
    const { app, store } = opened.use(await openKnowledgeApp(config));
    const tools = app.tools.map(({ name, description, inputSchema }): Tool => {
      return { name: `${knowledgeServerName}__${name}`, server: knowledgeServerName, tool: name, description, inputSchema };
    });
    return { store, tools };
  } catch (error) {
    if (isLecternError(error)) return { error };
    throw error;
  }
}
