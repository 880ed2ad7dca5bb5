import { existsSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { absolute, type Environment, homeFolder } from "./env.ts";

/** A file of another program that may name MCP servers. */
export interface KnownServerFile {
  readonly path: string;
  /** `Claude Desktop`, ... */
  readonly program: string;
}

/**
 * Files in which other programs on this machine keep their MCP servers, those that exist. Source: the documentation of each program, read
 * 2026-11. The project's own `.mcp.json` and `.vscode/mcp.json` are not among them: they are read anyway.
 */
export function findServerFiles(env: Environment, cwd: string): readonly KnownServerFile[] {
  const home = homeFolder(env);
  const settings = settingsFolder(env, home);
  const known: readonly KnownServerFile[] = [
    { program: "Claude Desktop", path: join(settings, "Claude", "claude_desktop_config.json") },
    { program: "Claude Code", path: join(home, ".claude.json") },
    { program: "VS Code", path: join(settings, "Code", "User", "mcp.json") },
    { program: "Cursor", path: join(home, ".cursor", "mcp.json") },
    { program: "Cursor, this project", path: join(cwd, ".cursor", "mcp.json") },
  ];
  return known.filter(({ path }) => existsSync(path));
}

function settingsFolder(env: Environment, home: string): string {
  if (platform() === "win32") return env.APPDATA ?? join(home, "AppData", "Roaming");
  if (platform() === "darwin") return join(home, "Library", "Application Support");
  return absolute(env.XDG_CONFIG_HOME) ?? join(home, ".config");
}
