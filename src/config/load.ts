import { existsSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import type { Config, ServerConfig, SourceConfig } from "./config.ts";
import { loadProjectDotenv, type ProjectDotenv } from "./dotenv.ts";
import { cacheFolder, type Environment, stateFolder } from "./env.ts";
import { type Layer, readLayers, rootOf } from "./layers.ts";
import { mergeEnvironment, mergeFile, mergeRules, Values } from "./merge.ts";
import { pickServers } from "./pick-servers.ts";
import { checkProjectSource } from "./project-limits.ts";

export interface LoadOptions {
  readonly env: Environment;
  readonly cwd: string;
  /** Flags by name without dashes, as typed. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  /** `--source [NAME=]PATH`, each. */
  readonly sources?: readonly string[];
  /** `--config FILE`: what the user names is trusted like a flag. Default: the project's files in `cwd`, which are not. */
  readonly configFile?: string;
  /** Leaves the sources of the files out, for commands that read no knowledge. Default false. */
  readonly withoutSources?: boolean;
}

/**
 * Flags over environment (with `.env`) over the project's files over the user's own file over defaults. Throws LecternError `config`
 * (or `usage` for flags) that names the source of the bad value and the fix. Starts nothing and reads no knowledge. What a project may
 * decide and what not: docs/reference/configuration.md.
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { cwd, flags = {} } = options;
  const dotenv = loadProjectDotenv(cwd, options.env);
  // A variable that is set to nothing counts as not set, here as for every setting.
  const dotenvNames = new Set(Object.keys(dotenv.values).filter((name) => !options.env[name]?.trim()));
  const env: Environment = { ...options.env, ...Object.fromEntries([...dotenvNames].map((name) => [name, dotenv.values[name]])) };
  const layers = await readLayers(options);
  const values = new Values();
  for (const layer of layers) mergeFile(layer, values);
  mergeEnvironment({ env, dotenvNames, cwd }, flags, values);
  if (options.sources?.length) values.set("sources", options.sources, { kind: "flag", name: "--source" });
  const picked = pickServers(layers);
  const notices = [...dotenv.notices, ...picked.notices, ...mergeRules(layers, picked.servers, values)];
  return { ...assemble(values, { options, env, layers, servers: picked.servers, dotenv }), notices, dotenvNames };
}

interface Context {
  readonly options: LoadOptions;
  readonly env: Environment;
  readonly layers: readonly Layer[];
  readonly servers: readonly ServerConfig[];
  readonly dotenv: ProjectDotenv;
}

function assemble(values: Values, context: Context): Omit<Config, "notices" | "dotenvNames"> {
  const { options, env, layers, servers, dotenv } = context;
  const get = (path: string): unknown => values.values.get(path);
  const list = (path: string): readonly string[] => (get(path) as string[] | undefined) ?? [];
  const instructions = get("instructions") as string | undefined;
  return {
    azure: { api: "auto", auth: "auto", ...values.section("azure") },
    emulator: get("emulator") === true,
    sources: sourcesOf(options, layers),
    servers,
    allow: list("allow"),
    ask: list("ask"),
    deny: list("deny"),
    trusted: list("trusted"),
    ...(instructions === undefined ? {} : { instructions }),
    answerPolicy: (get("answerPolicy") as Config["answerPolicy"] | undefined) ?? "sources_only",
    limits: { timeoutS: 120, ...values.section("limits") },
    logLevel: (get("log.level") as string | undefined) ?? "warn",
    // The real environment only: a project must not choose where approvals and indexes are looked up.
    cacheDir: cacheFolder(options.env),
    stateDir: stateFolder(options.env),
    root: rootOf(layers, options.cwd),
    origins: values.origins,
    overridden: values.overridden,
    files: [
      ...layers.map(({ path, kind }) => ({ path, kind })),
      ...(dotenv.path === undefined ? [] : [{ path: dotenv.path, kind: "dotenv" as const }]),
    ],
    env,
  };
}

function sourcesOf({ sources: typed, cwd, withoutSources }: LoadOptions, layers: readonly Layer[]): readonly SourceConfig[] {
  if (withoutSources) return [];
  if (typed && typed.length > 0) return typed.map((text) => sourceFromFlag(text, cwd));
  const layer = layers.findLast((candidate) => candidate.config.sources !== undefined);
  if (!layer) return [];
  return layer.config.sources!.map((entry) => {
    const { name, path } = typeof entry === "string" ? { name: undefined, path: entry } : entry;
    if (layer.kind === "project_file") checkProjectSource(path, layer);
    return { ...(name ? { name } : {}), path: resolve(dirname(layer.path), path) };
  });
}

/** `NAME=PATH` or `PATH`; a path that exists as typed wins, so that an equals sign in a file name does no harm. */
export function sourceFromFlag(text: string, cwd: string): SourceConfig {
  const named = /^([\w.-]{1,64})=(.+)$/s.exec(text);
  if (!named || existsSync(isAbsolute(text) ? text : resolve(cwd, text))) return { path: resolve(cwd, text) };
  return { name: named[1]!, path: resolve(cwd, named[2]!) };
}
