import { join } from "node:path";
import { isNamed } from "../agent/policy.ts";
import type { Config } from "../config/config.ts";
import { processEnvironment } from "../config/env.ts";
import type { RunEvent } from "../core/events.ts";
import type { ServedApp } from "../core/served-tools.ts";
import type { Toolbox } from "../core/tools.ts";
import { version } from "../core/version.ts";
import type { InProcessServer, ServerConfig } from "../mcp/servers.ts";
import type { McpToolbox } from "../mcp/toolbox.ts";
import { type SpawnedServer, spawnServer } from "../mcp/transport/spawn.ts";
import { planSpawn } from "../mcp/transport/spawn-plan.ts";
import { chosenTools } from "./chosen-tools.ts";
import { knowledgeRequest } from "./knowledge-process.ts";
import { knowledgeFailure, knowledgeProblems } from "./knowledge-report.ts";
import type { LecternOptions } from "./options.ts";
import { customServerName, knowledgeServerName, ownServers } from "./own-servers.ts";
import { pinnedToolbox } from "./pinned-toolbox.ts";
import { foreignServers } from "./servers.ts";

export interface OpenedToolbox extends AsyncDisposable {
  readonly toolbox: Toolbox;
  /** The same toolbox with what only MCP has; undefined where there are no servers. */
  readonly mcp: McpToolbox | undefined;
}

/** A large base that is read for the first time is indexed before its server answers; a ready index takes a tenth of a second. */
const indexingMs = 300_000;

type OpenOptions = LecternOptions & { readonly onEvent: (event: RunEvent) => void };

/**
 * Connects every server the configuration names: the knowledge base, tools given in code, foreign servers that are trusted. A knowledge
 * base that cannot be opened is an error (`config`); a foreign server that does not start is an event.
 */
export async function openToolbox(config: Config, options: OpenOptions): Promise<OpenedToolbox> {
  if (options.noTools) return nothing;
  await using opened = new AsyncDisposableStack();
  const env = options.env ?? processEnvironment();
  const servers: Record<string, ServerConfig> = {};
  const adopt: Record<string, SpawnedServer> = { ...options.adopt };
  if (config.sources.length > 0) servers[knowledgeServerName] = await knowledgeServer(config, { ...options, env }, adopt, opened);
  if (options.tools) servers[customServerName] = await inProcess({ name: customServerName, version, tools: options.tools });
  Object.assign(servers, await foreignServers(config, { taken: Object.keys(servers), onEvent: options.onEvent }));
  if (Object.keys(servers).length === 0) return nothing;
  const [{ createToolbox }, { fileEraStore }] = await Promise.all([import("../mcp/toolbox.ts"), import("./era-file.ts")]);
  const toolbox = await createToolbox(servers, {
    baseEnv: env,
    onEvent: options.onEvent,
    eraStore: fileEraStore(join(config.cacheDir, "mcp-eras.json")),
    adopt,
    offersResources: (tool) => !ownServers.includes(tool.server) && isNamed(config, tool),
    ...(options.elicit ? { elicit: options.elicit } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  opened.use(toolbox);
  const process = adopt[knowledgeServerName];
  const failure = knowledgeFailure(toolbox.servers(), process);
  if (failure) throw failure;
  for (const problem of knowledgeProblems(process))
    options.onEvent({ type: "notice", code: "knowledge_problem", message: problem });
  const resources = opened.move();
  const pinned = pinnedToolbox(chosenTools(toolbox, config.servers), {
    config,
    own: ownServers,
    onEvent: options.onEvent,
  });
  return { toolbox: pinned, mcp: toolbox, [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose]() };
}

async function knowledgeServer(
  config: Config,
  options: OpenOptions & { readonly env: Readonly<Record<string, string | undefined>> },
  adopt: Record<string, SpawnedServer>,
  opened: AsyncDisposableStack,
): Promise<ServerConfig> {
  if (options.transport === "in_process") {
    const { openKnowledgeApp } = await import("./knowledge-server.ts");
    const onNotice = (message: string): void => options.onEvent({ type: "notice", code: "knowledge_problem", message });
    const app = opened.use(await openKnowledgeApp(config, { onNotice }));
    return { ...(await inProcess(app.app, options.groups)), knowledge: true };
  }
  const request = knowledgeRequest(config, options.groups)!;
  // Our own server speaks the modern protocol, so nothing needs to be found out.
  adopt[knowledgeServerName] ??= spawnServer(planSpawn(request, { baseEnv: options.env }));
  return { type: "stdio", ...request, knowledge: true, era: "modern", connectTimeoutMs: indexingMs };
}

async function inProcess(app: ServedApp, groups: readonly string[] = []): Promise<InProcessServer> {
  const { createInProcessTransport } = await import("../serve/in-process.ts");
  return {
    type: "in_process",
    era: "modern",
    connect: () => createInProcessTransport(app, { caller: { subject: null, groups, scopes: [] } }),
  };
}

const nothing: OpenedToolbox = {
  toolbox: {
    tools: () => noTools,
    instructions: () => [],
    call: async () => ({ content: [{ type: "text", text: "There are no tools." }], isError: true }),
    async [Symbol.asyncDispose]() {},
  },
  mcp: undefined,
  async [Symbol.asyncDispose]() {},
};
const noTools: readonly never[] = [];
