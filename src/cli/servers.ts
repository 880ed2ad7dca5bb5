import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import type { Args, Io, Option } from "./command.ts";

/** Flags of every command about configured MCP servers. */
export const serverOptions: readonly Option[] = [
  { name: "config", type: "string", value: "FILE", summary: "Configuration file; default lectern.config.json here." },
];

/** The configuration without its knowledge sources: these commands speak of foreign servers. */
export async function loadForServers(args: Args, io: Io): Promise<Config> {
  const configFile = args.string("config");
  const config = await loadConfig({
    env: io.env,
    cwd: io.cwd,
    withoutSources: true,
    ...(configFile === undefined ? {} : { configFile }),
  });
  io.learnSecrets?.(config.env);
  return config;
}

/** Silence would look like a fault. */
export function printNoServers(io: Io): void {
  io.stderr.write("No MCP servers are configured. Add them under mcpServers in lectern.config.json, or run lectern init.\n");
}

/** What was left out of the configuration and why, on stderr. */
export function printNotices(config: Config, io: Io): void {
  for (const { message } of config.notices) io.stderr.write(`! ${message}\n`);
}
