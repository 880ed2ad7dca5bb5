import { readFileSync } from "node:fs";
import { homedir, platform, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { parseEnv } from "node:util";
import { LecternError } from "../core/errors.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's own environment. The only place in Lectern that reads it; everything else is handed what it needs. */
export function processEnvironment(): Environment {
  return process.env;
}

/** The variables of a `.env` file; `missing` where there is no such file. Throws what reading it throws otherwise (a folder, no permission). */
export function readDotenv(path: string, { missing }: { readonly missing?: Environment } = {}): Environment {
  try {
    return parseEnv(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    if (missing && (error as NodeJS.ErrnoException).code === "ENOENT") return missing;
    throw error;
  }
}

/** The user's home folder. `HOME` first, as `os.homedir` has it, but that of the environment handed in. */
export function homeFolder(env: Environment): string {
  const given = absolute(platform() === "win32" ? env.USERPROFILE : env.HOME);
  if (given !== undefined) return given;
  try {
    // `homedir` repeats an empty HOME.
    return absolute(homedir()) ?? userInfo().homedir;
  } catch (cause) {
    throw new LecternError("config", "This user has no home folder.", { fix: "Set HOME to a folder (an absolute path).", cause });
  }
}

/** The user's cache folder for Lectern: `LECTERN_CACHE_DIR`, else the platform's own. Holds what can be made again: indexes, learned limits. */
export function cacheFolder(env: Environment): string {
  if (env.LECTERN_CACHE_DIR) return env.LECTERN_CACHE_DIR;
  if (platform() === "win32") return join(env.LOCALAPPDATA ?? join(homeFolder(env), "AppData", "Local"), "lectern", "cache");
  if (platform() === "darwin") return join(homeFolder(env), "Library", "Caches", "lectern");
  return join(absolute(env.XDG_CACHE_HOME) || join(homeFolder(env), ".cache"), "lectern");
}

/** The user's state folder for Lectern: `LECTERN_STATE_DIR`, else the platform's own. Holds what the user decided: approvals, pins. */
export function stateFolder(env: Environment): string {
  if (env.LECTERN_STATE_DIR) {
    if (isAbsolute(env.LECTERN_STATE_DIR)) return env.LECTERN_STATE_DIR;
    // A relative one would mean another folder in each project, and a project could bring its own approvals along.
    throw new LecternError("config", `LECTERN_STATE_DIR is "${env.LECTERN_STATE_DIR}"; it must be an absolute path.`, {
      fix: "Write the whole path, or leave it out.",
    });
  }
  if (platform() === "win32") return join(env.LOCALAPPDATA ?? join(homeFolder(env), "AppData", "Local"), "lectern", "state");
  if (platform() === "darwin") return join(homeFolder(env), "Library", "Application Support", "lectern");
  return join(absolute(env.XDG_STATE_HOME) || join(homeFolder(env), ".local", "state"), "lectern");
}

/** Relative paths count as not set. Source: XDG Base Directory Specification 0.8. */
export const absolute = (path: string | undefined): string | undefined => (path && isAbsolute(path) ? path : undefined);
