import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { closest } from "../core/closest.ts";
import { LecternError } from "../core/errors.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Config, ServerConfig, SourceConfig } from "./config.ts";
import { cacheFolder, type Environment, readDotenv, stateFolder, userConfigFile } from "./env.ts";
import type { ConfigFile } from "./schema.ts";
import { type Origin, type OriginKind, parseSetting, settings } from "./settings.ts";

export interface LoadOptions {
  readonly env: Environment;
  readonly cwd: string;
  /** Flags by name without dashes, as typed. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  /** `--source [NAME=]PATH`, each. */
  readonly sources?: readonly string[];
  /** `--config FILE`: what the user names is trusted like a flag. Default: `lectern.config.json` in `cwd`, which is not. */
  readonly configFile?: string;
}

interface Layer {
  readonly path: string;
  readonly kind: OriginKind;
  readonly config: ConfigFile;
}

/**
 * Flags over environment (with `.env`) over `lectern.config.json` over the user's own file over defaults. Throws LecternError `config`
 * (or `usage` for flags) that names the source of the bad value and the fix. Starts nothing and reads no knowledge.
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { cwd, flags = {} } = options;
  const dotenv = dotenvOf(join(cwd, ".env"));
  const env: Environment = { ...dotenv, ...options.env };
  const dotenvNames = new Set(Object.keys(dotenv).filter((name) => options.env[name] === undefined));
  const layers = await fileLayers(options);
  const origins = new Map<string, Origin>();
  const values = new Map<string, unknown>();
  for (const layer of layers) collectFile(layer, values, origins);
  for (const setting of settings) {
    const fromEnv = setting.env === undefined ? undefined : env[setting.env];
    if (fromEnv !== undefined && fromEnv.trim() !== "") {
      const fromDotenv = dotenvNames.has(setting.env!);
      const origin: Origin = { kind: fromDotenv ? "dotenv" : "env", name: fromDotenv ? `${setting.env} (.env)` : setting.env! };
      values.set(setting.path, parseSetting(setting, fromEnv, origin));
      origins.set(setting.path, origin);
    }
    const fromFlag = setting.flag === undefined ? undefined : flags[setting.flag];
    if (fromFlag !== undefined && fromFlag !== false) {
      const origin: Origin = { kind: "flag", name: `--${setting.flag}` };
      values.set(setting.path, fromFlag === true ? true : parseSetting(setting, fromFlag, origin));
      origins.set(setting.path, origin);
    }
  }
  const root = layers.findLast((layer) => layer.kind !== "user_file")
    ? dirname(layers.findLast((layer) => layer.kind !== "user_file")!.path)
    : cwd;
  return assemble(values, origins, { options, env, dotenvNames, layers, root });
}

function dotenvOf(path: string): Environment {
  try {
    return readDotenv(path);
  } catch (error) {
    throw new LecternError("config", `${path} cannot be read: ${(error as Error).message}`, {
      fix: "Make it a readable text file, or remove it.",
      cause: error,
    });
  }
}

async function fileLayers({ env, cwd, configFile }: LoadOptions): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  const user = userConfigFile(env);
  if (existsSync(user)) layers.push({ path: user, kind: "user_file", config: await readConfigFile(user) });
  if (configFile !== undefined) {
    const path = resolve(cwd, configFile);
    if (!existsSync(path))
      throw new LecternError("config", `The configuration file ${path} does not exist.`, {
        fix: "Correct --config, or run lectern init to make one.",
      });
    layers.push({ path, kind: "flag", config: await readConfigFile(path) });
  } else {
    const path = join(cwd, "lectern.config.json");
    if (existsSync(path)) layers.push({ path, kind: "project_file", config: await readConfigFile(path) });
  }
  return layers;
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new LecternError("config", `${path} cannot be read as JSON: ${(error as Error).message}`, {
      fix: "Correct the file; it is plain JSON without comments.",
      cause: error,
    });
  }
  if (isJsonObject(parsed) && isJsonObject(parsed.azure) && ("apiKey" in parsed.azure || "key" in parsed.azure)) {
    throw new LecternError("config", `${path} holds an API key under "azure".`, {
      fix: "Remove it from the file, rotate the key, and set AZURE_OPENAI_API_KEY in the environment or .env instead.",
    });
  }
  const { configSchema } = await import("./schema.ts");
  const checked = configSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = issue!.path.join(".");
  if (issue!.code === "unrecognized_keys") {
    const key = issue!.keys[0]!;
    const near = closest(key, Object.keys(knownAt(configSchema.shape, issue!.path)));
    throw new LecternError("config", `${path}: unknown setting "${[...issue!.path, key].join(".")}".`, {
      fix: near ? `Did you mean "${near}"?` : "Remove it; docs/reference/configuration.md lists what there is.",
    });
  }
  throw new LecternError("config", `${path}: ${where === "" ? "the file" : `"${where}"`}: ${issue!.message}.`, {
    fix: `Correct ${where || "the file"} in ${basename(path)}.`,
  });
}

/** The settings that stand at a path of the schema, for "did you mean". */
function knownAt(shape: Readonly<Record<string, unknown>>, path: readonly PropertyKey[]): Readonly<Record<string, unknown>> {
  let at: unknown = shape;
  for (const key of path) {
    const next = (at as Record<PropertyKey, unknown> | undefined)?.[key] as
      | { unwrap?: () => { shape?: unknown }; shape?: unknown }
      | undefined;
    at = next?.shape ?? next?.unwrap?.().shape;
  }
  return (at ?? {}) as Readonly<Record<string, unknown>>;
}

function collectFile(layer: Layer, values: Map<string, unknown>, origins: Map<string, Origin>): void {
  const visit = (value: unknown, path: string): void => {
    if (isJsonObject(value) && (path === "" || ["azure", "limits", "log"].includes(path))) {
      for (const [key, child] of Object.entries(value)) if (key !== "$schema") visit(child, path === "" ? key : `${path}.${key}`);
      return;
    }
    values.set(path, value);
    origins.set(path, { kind: layer.kind, name: `${basename(layer.path)}: ${path}` });
  };
  visit(layer.config as JsonObject, "");
}

interface Context {
  readonly options: LoadOptions;
  readonly env: Environment;
  readonly dotenvNames: ReadonlySet<string>;
  readonly layers: readonly Layer[];
  readonly root: string;
}

function assemble(values: ReadonlyMap<string, unknown>, origins: ReadonlyMap<string, Origin>, context: Context): Config {
  const { options, env, dotenvNames, layers, root } = context;
  const section = (name: string): Record<string, unknown> =>
    Object.fromEntries(
      [...values].filter(([path]) => path.startsWith(`${name}.`)).map(([path, value]) => [path.slice(name.length + 1), value]),
    );
  const list = (path: string): readonly string[] => (values.get(path) as string[] | undefined) ?? [];
  const instructions = values.get("instructions") as string | undefined;
  return {
    azure: { api: "auto", auth: "auto", ...section("azure") },
    emulator: values.get("emulator") === true,
    sources: sourcesOf(options, values.get("sources") as ConfigFile["sources"], root),
    servers: layers.flatMap(serversOf),
    allow: list("allow"),
    ask: list("ask"),
    deny: list("deny"),
    trusted: list("trusted"),
    ...(instructions === undefined ? {} : { instructions }),
    answerPolicy: (values.get("answerPolicy") as Config["answerPolicy"] | undefined) ?? "sources_only",
    limits: { timeoutS: 120, ...section("limits") },
    logLevel: (values.get("log.level") as string | undefined) ?? "warn",
    cacheDir: cacheFolder(env),
    stateDir: stateFolder(env),
    root,
    origins,
    env,
    dotenvNames,
  };
}

function sourcesOf(
  { sources: typed, cwd }: LoadOptions,
  configured: ConfigFile["sources"],
  root: string,
): readonly SourceConfig[] {
  if (typed && typed.length > 0) return typed.map((text) => sourceFromFlag(text, cwd));
  return (configured ?? []).map((entry) =>
    typeof entry === "string"
      ? { path: resolve(root, entry) }
      : { ...(entry.name ? { name: entry.name } : {}), path: resolve(root, entry.path) },
  );
}

/** `NAME=PATH` or `PATH`; a path that exists as typed wins, so that an equals sign in a file name does no harm. */
export function sourceFromFlag(text: string, cwd: string): SourceConfig {
  const named = /^([\w.-]{1,64})=(.+)$/s.exec(text);
  if (!named || existsSync(isAbsolute(text) ? text : resolve(cwd, text))) return { path: resolve(cwd, text) };
  return { name: named[1]!, path: resolve(cwd, named[2]!) };
}

function serversOf(layer: Layer): readonly ServerConfig[] {
  return Object.entries(layer.config.mcpServers ?? {})
    .filter(([, server]) => server.disabled !== true)
    .map(([name, server]) => ({
      name,
      type: server.command !== undefined ? "stdio" : server.type === "sse" ? "sse" : "http",
      ...(server.command === undefined ? {} : { command: server.command }),
      args: server.args ?? [],
      env: Object.fromEntries(Object.entries(server.env ?? {}).map(([key, value]) => [key, String(value)])),
      ...(server.envFile === undefined ? {} : { envFile: server.envFile }),
      ...(server.cwd === undefined ? {} : { cwd: resolve(dirname(layer.path), server.cwd) }),
      ...(server.url === undefined ? {} : { url: server.url }),
      headers: server.headers ?? {},
      ...(server.timeout === undefined ? {} : { timeoutMs: server.timeout }),
      ...(server.includeTools === undefined ? {} : { includeTools: server.includeTools }),
      ...(server.excludeTools === undefined ? {} : { excludeTools: server.excludeTools }),
      origin: { kind: layer.kind, name: `${layer.path}: mcpServers.${name}` },
    }));
}
