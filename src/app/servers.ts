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
  const servers: Record<string, ServerConfig> = {};
  if (config.servers.length === 0) return servers;
  const [{ expandServer }, { createTrust }] = await Promise.all([import("../config/expand.ts"), import("./trust.ts")]);
  const trust = createTrust(config);
  for (const server of config.servers) {
    const name = server.name.trim().replace(/\s+/g, "-");
    const refusal = taken.includes(name) || name in servers ? "another server has this name" : trust.refusal(server);
    if (refusal !== undefined) {
      onEvent({ type: "server", name, state: "failed", reason: refusal });
      continue;
    }
    servers[name] = toToolboxServer(expandServer(server, config.env));
  }
  return servers;
}

function toToolboxServer(server: Configured): ServerConfig {
  const common = server.timeoutMs === undefined ? {} : { callTimeoutMs: server.timeoutMs };
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
