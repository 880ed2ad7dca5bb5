import type { Config } from "../config/config.ts";
import type { Args, Io, Option } from "./command.ts";
import { configFor, configOption } from "./configuration.ts";

/** Flags of every command about configured MCP servers. */
export const serverOptions: readonly Option[] = [configOption];

/** The configuration without its knowledge sources: these commands speak of foreign servers. */
export async function loadForServers(args: Args, io: Io): Promise<Config> {
  const config = await configFor(args, io, { withoutSources: true });
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
