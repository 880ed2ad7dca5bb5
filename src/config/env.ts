import { readFileSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's own environment. The only place in Lectern that reads it; everything else is handed what it needs. */
export function processEnvironment(): Environment {
  return process.env;
}

/** The variables of a `.env` file; none where there is no such file. Throws what reading it throws otherwise (a folder, no permission). */
export function readDotenv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** The user's cache folder for Lectern: `LECTERN_CACHE_DIR`, else the platform's own. Holds what can be made again: indexes, learned limits. */
export function cacheFolder(env: Environment): string {
  if (env.LECTERN_CACHE_DIR) return env.LECTERN_CACHE_DIR;
  if (platform() === "win32") return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "lectern", "cache");
  if (platform() === "darwin") return join(homedir(), "Library", "Caches", "lectern");
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "lectern");
}

/** The user's state folder for Lectern: `LECTERN_STATE_DIR`, else the platform's own. Holds what the user decided: approvals, pins. */
export function stateFolder(env: Environment): string {
  if (env.LECTERN_STATE_DIR) return env.LECTERN_STATE_DIR;
  if (platform() === "win32") return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "lectern", "state");
  if (platform() === "darwin") return join(homedir(), "Library", "Application Support", "lectern");
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "lectern");
}

/** Where a user keeps settings for all projects: `<config home>/lectern/config.json`. */
export function userConfigFile(env: Environment): string {
  if (platform() === "win32") return join(env.APPDATA ?? join(homedir(), "AppData", "Roaming"), "lectern", "config.json");
  return join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "lectern", "config.json");
}
