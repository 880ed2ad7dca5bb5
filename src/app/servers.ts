import { basename } from "node:path";
import type { Config, ServerConfig as Configured } from "../config/config.ts";
import type { RunEvent } from "../core/events.ts";
import type { ServerConfig } from "../mcp/servers.ts";

export interface ForeignServersOptions {
  /** Names in use already. */
  readonly taken: readonly string[];
  readonly onEvent: (event: RunEvent) => void;
}

/** The configured MCP servers that may be started, in the toolbox's terms; each that may not is an event with the reason and the fix. */
export async function foreignServers(
  config: Config,
  { taken, onEvent }: ForeignServersOptions,
): Promise<Readonly<Record<string, ServerConfig>>> {
  for (const notice of config.notices) if (notice.code.startsWith("server_")) onEvent({ type: "notice", ...notice });
  if (config.servers.length === 0) return {};
  const [{ expandServer, variablesFor }, { createTrust }] = await Promise.all([
    import("../config/expand.ts"),
    import("./trust.ts"),
  ]);
  const trust = createTrust(config);
  const servers = new Map<string, ServerConfig>();
  const waiting: Configured[] = [];
  for (const server of config.servers) {
    const { name } = server;
    const refusal = taken.includes(name) ? "another server has this name" : trust.refusal(server);
    if (refusal !== undefined && isOfOtherProgram(server)) waiting.push(server);
    else if (refusal !== undefined) onEvent({ type: "server", name, state: "failed", reason: refusal });
    else {
      try {
        servers.set(name, toToolboxServer(expandServer(server, variablesFor(server, config))));
      } catch (error) {
        // A variable that is not set: this server cannot start, and the others need not suffer.
        onEvent({ type: "server", name, state: "failed", reason: reasonOf(error) });
      }
    }
  }
  if (waiting.length > 0) onEvent({ type: "notice", code: "servers_not_approved", message: waitingMessage(waiting) });
  return Object.fromEntries(servers);
}

/** Named in a file that the project keeps for another program, so perhaps not even meant for Lectern. */
const isOfOtherProgram = (server: Configured): boolean =>
  server.origin.kind === "project_file" && !server.origin.name.includes("lectern.config.json: ");

function waitingMessage(servers: readonly Configured[]): string {
  const files = [...new Set(servers.map((server) => basename(server.origin.name.split(": ")[0]!)))].join(" and ");
  const names = servers.map((server) => server.name).join(", ");
  const first = servers.length === 1 ? servers[0]!.name : "NAME";
  return `MCP servers named in the project's ${files} are not started until you approve them: ${names}. Read and approve: lectern mcp trust ${first} (or switch this off: "mcpFiles": false).`;
}

function reasonOf(error: unknown): string {
  const { message, fix } = error as { message: string; fix?: string };
  return fix === undefined ? message : `${message} ${fix}`;
}

function toToolboxServer(server: Configured): ServerConfig {
  const common = { knowledge: server.knowledge, ...(server.timeoutMs === undefined ? {} : { callTimeoutMs: server.timeoutMs }) };
  if (server.type === "stdio") {
    return {
      type: "stdio",
      command: server.command!,
      args: server.args,
      env: server.env,
      ...(server.cwd === undefined ? {} : { cwd: server.cwd }),
      ...common,
    };
  }
  return { type: "http", url: server.url!, headers: server.headers, ...common };
}
