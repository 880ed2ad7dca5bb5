import { resolve } from "node:path";
import { LecternError } from "../core/errors.ts";
import type { ServerConfig } from "./config.ts";
import { type Environment, readDotenv } from "./env.ts";

/** `${VAR}`, `${env:VAR}` and `${VAR:-default}`, as Claude and VS Code write them. */
const variable = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * A server with its variables filled in. Call it only for servers that are trusted: this is where secrets enter.
 * Throws `config` for a variable that is not set and has no default, naming it and where it stands.
 */
export function expandServer(server: ServerConfig, env: Environment): ServerConfig {
  const expand = (text: string): string =>
    text.replace(variable, (_, name: string, fallback: string | undefined) => {
      const value = env[name] || fallback;
      if (value !== undefined) return value;
      throw new LecternError("config", `${server.origin.name} uses \${${name}}, which is not set.`, {
        fix: `Set ${name}, or write \${${name}:-default}.`,
      });
    });
  const expandAll = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, expand(value)]));
  const fromFile =
    server.envFile === undefined
      ? {}
      : (readDotenv(resolve(server.cwd ?? ".", expand(server.envFile))) as Record<string, string>);
  return {
    ...server,
    ...(server.command === undefined ? {} : { command: expand(server.command) }),
    ...(server.url === undefined ? {} : { url: expand(server.url) }),
    ...(server.cwd === undefined ? {} : { cwd: expand(server.cwd) }),
    args: server.args.map(expand),
    env: { ...fromFile, ...expandAll(server.env) },
    headers: expandAll(server.headers),
  };
}
