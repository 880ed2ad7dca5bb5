import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { checkArgument, checkOptions, kinds } from "../core/check-arguments.ts";
import { LecternError } from "../core/errors.ts";
import type { Config, SourceConfig } from "./config.ts";
import type { ProjectDotenv } from "./dotenv.ts";
import { cacheFolder, type Environment, stateFolder } from "./env.ts";
import type { FromFiles } from "./from-files.ts";
import { hasConfigFiles } from "./places.ts";
import { mergeEnvironment, Values } from "./values.ts";

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

const { object, text, texts, flag } = kinds;
const shape = { env: object, cwd: text, flags: object, sources: texts, configFile: text, withoutSources: flag };

/**
 * Flags over environment (with `.env`) over the project's files over the user's own file over defaults. Throws LecternError `config`
 * (or `usage` for flags) that names the source of the bad value and the fix. Starts nothing and reads no knowledge. What a project may
 * decide and what not: docs/reference/configuration.md.
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  checkOptions("loadConfig", options, shape);
  checkArgument("loadConfig: env", options.env, shape.env);
  checkArgument("loadConfig: cwd", options.cwd, shape.cwd);
  const { cwd, flags = {} } = options;
  const values = new Values();
  // Where there are no files, the modules that read them (and zod behind them) are not loaded.
  const fromFiles = hasConfigFiles(options) ? await (await import("./from-files.ts")).readFiles(options, values) : undefined;
  const dotenv = existsSync(join(cwd, ".env")) ? (await import("./dotenv.ts")).loadProjectDotenv(cwd, options.env) : undefined;
  const dotenvValues = dotenv?.values ?? {};
  // A variable that is set to nothing counts as not set, here as for every setting.
  const dotenvNames = new Set(Object.keys(dotenvValues).filter((name) => !options.env[name]?.trim()));
  const env: Environment = { ...options.env, ...Object.fromEntries([...dotenvNames].map((name) => [name, dotenvValues[name]])) };
  mergeEnvironment({ env, dotenvNames, cwd }, flags, values);
  if (options.sources?.length) values.set("sources", options.sources, { kind: "flag", name: "--source" });
  return assemble(values, { options, env, fromFiles, dotenv, dotenvNames });
}

interface Context {
  readonly options: LoadOptions;
  readonly env: Environment;
  readonly fromFiles: FromFiles | undefined;
  readonly dotenv: ProjectDotenv | undefined;
  readonly dotenvNames: ReadonlySet<string>;
}

function assemble(values: Values, { options, env, fromFiles, dotenv, dotenvNames }: Context): Config {
  const get = (path: string): unknown => values.values.get(path);
  const list = (path: string): readonly string[] => (get(path) as string[] | undefined) ?? [];
  const instructions = get("instructions") as string | undefined;
  return {
    azure: { api: "auto", auth: "auto", ...values.section("azure") },
    emulator: get("emulator") === true,
    sources: sourcesOf(options, fromFiles),
    servers: fromFiles?.servers ?? [],
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
    root: fromFiles?.root ?? options.cwd,
    origins: values.origins,
    overridden: values.overridden,
    files: [...(fromFiles?.files ?? []), ...(dotenv?.path === undefined ? [] : [{ path: dotenv.path, kind: "dotenv" as const }])],
    notices: [...(dotenv?.notices ?? []), ...(fromFiles?.notices ?? [])],
    env,
    dotenvNames,
  };
}

function sourcesOf(
  { sources: typed, cwd, withoutSources }: LoadOptions,
  fromFiles: FromFiles | undefined,
): readonly SourceConfig[] {
  if (withoutSources) return [];
  return typed?.length ? typed.map((text) => sourceFromFlag(text, cwd)) : (fromFiles?.sources() ?? []);
}

/** `NAME=PATH` or `PATH`; a path that exists as typed wins, so that an equals sign in a file name does no harm. */
export function sourceFromFlag(text: string, cwd: string): SourceConfig {
  if (text.trim() === "")
    throw new LecternError("usage", "--source is empty.", {
      fix: "Name a file or folder; an unset variable in the command is the usual cause.",
    });
  const named = /^([\w.-]{1,64})=(.+)$/s.exec(text);
  if (!named || existsSync(isAbsolute(text) ? text : resolve(cwd, text))) return { path: resolve(cwd, text) };
  return { name: named[1]!, path: resolve(cwd, named[2]!) };
}
