import { createHash } from "node:crypto";
import { basename, resolve, sep } from "node:path";
import { LecternError } from "../core/errors.ts";
import type { Config, ServerConfig } from "./config.ts";
import { type Environment, homeFolder, readDotenv } from "./env.ts";
import { visible } from "./visible.ts";

/** `${VAR}` and `${VAR:-default}` as Claude writes them; `${env:VAR}`, `${input:id}`, `${workspaceFolder}` as VS Code does. */
const variable = /\$\{([A-Za-z_/][\w.]*)(?::(?!-)([^}:]*))?(?::-([^}]*))?\}/g;

/** The variable that holds the answer to a VS Code input: `github-token` is `LECTERN_INPUT_GITHUB_TOKEN`. */
export const inputVariable = (id: string): string => `LECTERN_INPUT_${id.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase()}`;

/**
 * The variables a server's definition is filled in from. A server of the user's own file gets nothing of the project's `.env`, which could
 * else turn an address or a path in it to where the project likes.
 */
export function variablesFor(server: ServerConfig, config: Pick<Config, "env" | "dotenvNames">): Environment {
  if (server.origin.kind !== "user_file") return config.env;
  return Object.fromEntries(Object.entries(config.env).filter(([name]) => !config.dotenvNames.has(name)));
}

/**
 * A server with its variables filled in. Call it only for servers that are trusted: this is where secrets enter. Values are taken as they
 * are: what looks like a variable in them stays. Throws `config` for a variable that is not set and has no default, naming it and where it
 * stands, and for an `envFile` that is not there.
 */
export function expandServer(server: ServerConfig, env: Environment): ServerConfig {
  const expand = (text: string): string => fillIn(text, server, env);
  const expandAll = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, expand(value)]));
  const cwd = server.cwd === undefined ? undefined : resolve(server.workspaceFolder, expand(server.cwd));
  return {
    ...server,
    ...(server.command === undefined ? {} : { command: expand(server.command) }),
    ...(server.url === undefined ? {} : { url: httpUrl(expand(server.url), server) }),
    ...(cwd === undefined ? {} : { cwd }),
    args: server.args.map(expand),
    env: { ...envFileOf(server, env), ...expandAll(server.env) },
    headers: expandAll(server.headers),
  };
}

/** Names under which a server takes a secret: what stands behind them decides whom it works for, not what runs. */
const secretName = /(?:^|[-_])(?:api[-_]?key|key|token|secret|password|passwd|pat|credentials?|authorization)$/i;

/** Names of the variables that decide what runs and where it goes: all but those that only fill in a secret under a secret's name. */
export function decidingVariables(server: ServerConfig): readonly string[] {
  const withoutSecrets = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !secretName.test(name)));
  return usedVariables({ ...server, env: withoutSecrets(server.env), headers: withoutSecrets(server.headers) });
}

/** Names of the variables of the environment that a definition uses, sorted. */
export function usedVariables(server: ServerConfig): readonly string[] {
  const { command = "", args, env, envFile = "", cwd = "", url = "", headers } = server;
  const texts = [command, ...args, ...Object.values(env), envFile, cwd, url, ...Object.values(headers)];
  const names = texts
    .flatMap((text) => [...text.matchAll(variable)])
    .flatMap(([, name = "", kind]) => variableName(name, kind) ?? []);
  return [...new Set(names)].sort();
}

/** A hash of the file of variables, "" where there is none: approvals hold as long as it stays the same. */
export function envFileHash(server: ServerConfig, env: Environment): string {
  const values = envFileOf(server, env, { missing: {} });
  return server.envFile === undefined ? "" : createHash("sha256").update(JSON.stringify(values)).digest("hex");
}

function envFileOf(
  server: ServerConfig,
  env: Environment,
  options: { readonly missing?: Environment } = {},
): Record<string, string> {
  if (server.envFile === undefined) return {};
  try {
    const path = resolve(server.workspaceFolder, fillIn(server.envFile, server, env));
    const values = readDotenv(path, options);
    return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  } catch (error) {
    if (options.missing) return {};
    if (error instanceof LecternError) throw error;
    throw new LecternError(
      "config",
      `${server.origin.name}: the envFile cannot be read: ${(error as NodeJS.ErrnoException).code ?? ""}`,
      {
        fix: "Correct envFile, or leave it out.",
        cause: error,
      },
    );
  }
}

/** The variable of the environment that stands behind `${name}` or `${name:kind}`; undefined for what is known without one. */
function variableName(name: string, argument: string | undefined): string | undefined {
  if (argument === undefined) return Object.hasOwn(known, name) || editorsOwn.has(name) ? undefined : name;
  if (name === "env") return argument;
  return name === "input" ? inputVariable(argument) : undefined;
}

/** What stands for the file at hand or the editor itself. Source: VS Code's variables reference, read 2026-11. */
const editorsOwn: ReadonlySet<string> = new Set([
  ...[
    "file",
    "fileWorkspaceFolder",
    "relativeFile",
    "relativeFileDirname",
    "fileBasename",
    "fileBasenameNoExtension",
    "fileExtname",
  ],
  ...["fileDirname", "fileDirnameBasename", "cwd", "lineNumber", "columnNumber", "selectedText", "execPath", "defaultBuildTask"],
]);

const known: Readonly<Record<string, (server: ServerConfig, env: Environment) => string>> = {
  workspaceFolder: (server) => server.workspaceFolder,
  workspaceRoot: (server) => server.workspaceFolder,
  workspaceFolderBasename: (server) => basename(server.workspaceFolder),
  userHome: (_, env) => homeFolder(env),
  pathSeparator: () => sep,
  "/": () => sep,
};

function fillIn(text: string, server: ServerConfig, env: Environment): string {
  return text.replace(variable, (whole, name: string, argument: string | undefined, fallback: string | undefined) => {
    if (argument === undefined && Object.hasOwn(known, name)) return known[name]!(server, env);
    const from = variableName(name, argument);
    if (from === undefined) {
      if (fallback !== undefined) return fallback;
      throw new LecternError("config", `${server.origin.name} uses ${visible(whole)}, which only the editor can fill in.`, {
        fix: "Write the value, or an environment variable in its place.",
      });
    }
    const input = name === "input" ? server.inputs[argument!] : undefined;
    const value = env[from] || (fallback ?? input?.default);
    if (value !== undefined) return value;
    const about = input?.description ? ` (${visible(input.description)})` : "";
    throw new LecternError("config", `${server.origin.name} uses ${visible(whole)}, but ${visible(from)}${about} is not set.`, {
      fix: `Set ${visible(from)} in the environment${server.origin.kind === "user_file" ? "" : " or in .env"}.`,
    });
  });
}

function httpUrl(text: string, server: ServerConfig): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return text;
  throw new LecternError("config", `${server.origin.name}: the url is no http(s) address, or holds a user name.`, {
    fix: "Write https://host/path; secrets belong into headers.",
  });
}
