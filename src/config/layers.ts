import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { LecternError } from "../core/errors.ts";
import type { ConfigNotice, ServerConfig } from "./config.ts";
import { readConfigFile } from "./config-file.ts";
import { homeFolder } from "./env.ts";
import { type Places, projectConfigName, projectServerFiles, userConfigFile } from "./places.ts";
import type { ConfigFile } from "./schema.ts";
import { toServerConfig, toServerName } from "./server-entry.ts";
import { isServersFile, readServersFile } from "./server-files.ts";
import type { OriginKind } from "./settings.ts";

/** One file that was read. */
export interface Layer {
  readonly path: string;
  /** The path as messages show it. */
  readonly shown: string;
  readonly kind: OriginKind;
  readonly config: ConfigFile;
  readonly servers: readonly ServerConfig[];
  /** Names of servers that this file switches off. */
  readonly disabled: readonly string[];
  readonly notices: readonly ConfigNotice[];
  /** A file of another program, of which only the servers count. */
  readonly isOthers: boolean;
}

/** All files that count, weakest first: the user's own, then either the one given by `--config` or the project's. */
export async function readLayers({ env, cwd, configFile }: Places): Promise<readonly Layer[]> {
  const user = userConfigFile(env);
  const defaultCwd = homeFolder(env);
  const layers = existsSync(user) ? [await readLayer(user, { kind: "user_file", cwd, defaultCwd })] : [];
  if (configFile !== undefined) {
    const path = resolve(cwd, configFile);
    if (!existsSync(path)) {
      throw new LecternError("config", `The configuration file ${path} does not exist.`, {
        fix: "Correct --config, or run lectern init to make one.",
      });
    }
    return [...layers, await readLayer(path, { kind: "flag", cwd })];
  }
  const own = join(cwd, projectConfigName);
  const project = existsSync(own) ? await readLayer(own, { kind: "project_file", cwd }) : undefined;
  const wanted = [...layers, ...(project ? [project] : [])].findLast((layer) => layer.config.mcpFiles !== undefined)?.config
    .mcpFiles;
  const others = wanted === false ? [] : projectServerFiles.map((name) => join(cwd, name)).filter((path) => existsSync(path));
  // The project's own file is the strongest of them, but other programs' files hold nothing that it could override but server names.
  return [
    ...layers,
    ...(await Promise.all(others.toReversed().map((path) => readOthersFile(path, cwd)))),
    ...(project ? [project] : []),
  ];
}

interface LayerPlace {
  readonly kind: OriginKind;
  readonly cwd: string;
  readonly defaultCwd?: string;
}

async function readLayer(path: string, place: LayerPlace): Promise<Layer> {
  const { kind, cwd, defaultCwd } = place;
  const shown = shownPath(path, cwd);
  const start = defaultCwd === undefined ? {} : { defaultCwd };
  if (isServersFile(path))
    return { path, shown, kind, config: {}, isOthers: true, ...(await readServersFile(path, { kind, ...start })) };
  const config = await readConfigFile(path);
  const entries = Object.entries(config.mcpServers ?? {});
  return {
    path,
    shown,
    kind,
    config,
    servers: entries
      .filter(([, entry]) => entry.disabled !== true)
      .map(([name, entry]) => toServerConfig(name, entry, { path, kind, section: "mcpServers", ...start })),
    disabled: entries.filter(([, entry]) => entry.disabled === true).map(([name]) => toServerName(name)),
    notices: [],
    isOthers: false,
  };
}

/** A file that another program keeps in the project: one that cannot be read is that program's business, and no reason not to start. */
async function readOthersFile(path: string, cwd: string): Promise<Layer> {
  const shown = shownPath(path, cwd);
  const empty = { path, shown, kind: "project_file", config: {}, servers: [], disabled: [], isOthers: true } as const;
  try {
    return { ...empty, ...(await readServersFile(path, { kind: "project_file" })) };
  } catch (error) {
    const message = `${(error as Error).message} Its MCP servers are left out.`;
    return { ...empty, notices: [{ code: "server_file_unreadable", message }] };
  }
}

/** Relative where it lies below the current folder, else as it is. */
function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below.startsWith("..") || isAbsolute(below) ? path : below;
}
