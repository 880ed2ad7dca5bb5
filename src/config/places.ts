import { existsSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { absolute, type Environment, homeFolder } from "./env.ts";

/** Where configuration is looked for. */
export interface Places {
  readonly env: Environment;
  readonly cwd: string;
  /** What `--config` names; it is read in place of the project's files. */
  readonly configFile?: string;
}

/** Lectern's own file in a project. */
export const projectConfigName = "lectern.config.json";
/** Files of other programs in a project that name MCP servers. Source: Claude Code and VS Code documentation, read 2026-11. */
export const projectServerFiles: readonly string[] = [".mcp.json", join(".vscode", "mcp.json")];

/** Whether there is any file to read, so that nothing is loaded for reading none. */
export function hasConfigFiles({ env, cwd, configFile }: Places): boolean {
  const names = [userConfigFile(env), ...[projectConfigName, ...projectServerFiles].map((name) => join(cwd, name))];
  return configFile !== undefined || names.some((path) => existsSync(path));
}

/** Where a user keeps settings for all projects: `<config home>/lectern/config.json`. */
export function userConfigFile(env: Environment): string {
  if (platform() === "win32") return join(env.APPDATA ?? join(homeFolder(env), "AppData", "Roaming"), "lectern", "config.json");
  return join(absolute(env.XDG_CONFIG_HOME) || join(homeFolder(env), ".config"), "lectern", "config.json");
}
