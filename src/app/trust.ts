import type { Config, ServerConfig } from "../config/config.ts";
import { decidingVariables, envFileHash, usedVariables, variablesFor } from "../config/expand.ts";
import { trustOf } from "../config/settings.ts";
import { visible, withoutSecretArguments } from "../config/visible.ts";
import { LecternError } from "../core/errors.ts";
import { hashOf, openApprovals } from "./approvals.ts";
import { ownServers } from "./own-servers.ts";

export interface Trust {
  /** Why a server may not be started; undefined where it may. */
  refusal(server: ServerConfig): string | undefined;
  /** Throws `usage` for a name that no approval can help, `config` where the approval cannot be kept. */
  approve(server: ServerConfig): void;
  revoke(server: ServerConfig): void;
  isApproved(server: ServerConfig): boolean;
}

/**
 * Approvals of servers named in project files, kept in the user's state folder. Servers from flags or the user's own file need none.
 * Decision: docs/reference/configuration.md, "What a project may decide".
 */
export function createTrust(config: Config): Trust {
  const approvals = openApprovals(config, "servers");
  const isApproved = (server: ServerConfig): boolean =>
    !isReserved(server) && (trustOf[server.origin.kind] === 3 || approvals.has(fingerprint(server, config)));
  return {
    isApproved,
    refusal(server) {
      if (isReserved(server))
        return `not started: the name ${server.name} is kept for Lectern's own server. Give it another name.`;
      if (isApproved(server)) return undefined;
      return `not started: ${server.origin.name} stands in a file of the project, and exactly this definition has not been approved. Read it and approve it with: lectern mcp trust ${server.name}`;
    },
    approve(server) {
      if (isReserved(server)) {
        throw new LecternError("usage", `The name ${server.name} is kept for Lectern's own server.`, {
          fix: `Give the server of ${server.origin.name} another name.`,
        });
      }
      approvals.add(fingerprint(server, config), server.origin.name);
    },
    revoke: (server) => approvals.remove(fingerprint(server, config)),
  };
}

const isReserved = (server: ServerConfig): boolean => ownServers.includes(server.name.toLowerCase());

/**
 * Names a server definition by everything that decides what is run or sent: the file it stands in, command, arguments, variables, headers, and
 * what the project's `.env` and the `envFile` put into it. The user's own variables are not part of it: they are nobody else's to change; nor are
 * tokens and keys of the `.env` under such names, so that one can be filled in or renewed.
 */
function fingerprint(server: ServerConfig, config: Config): string {
  const { origin, name, type, command, args, env, envFile, cwd, url, headers, inputs } = server;
  const variables = variablesFor(server, config);
  const fromDotenv = decidingVariables(server)
    .filter((variable) => config.dotenvNames.has(variable))
    .map((variable) => [variable, variables[variable]]);
  const parts = [origin.name, name, type, command, args, env, envFile, cwd, url, headers, inputs, fromDotenv];
  return hashOf([...parts, envFileHash(server, variables)]);
}

/** The full command or address as written (variables not expanded), every control or invisible character made visible: what a person approves. */
export function commandLine(server: ServerConfig): string {
  const isForeign = trustOf[server.origin.kind] < 3;
  const words = server.type === "stdio" ? [server.command ?? "", ...server.args] : [server.type, server.url ?? ""];
  // What the user wrote may be a secret and needs no approval; what a project wrote is shown to the letter.
  const shown = (value: string): string => (isForeign || value.includes("${") ? value : "...");
  const extra = [
    ...Object.entries(server.env).map(([key, value]) => ["env", `${key}=${shown(value)}`]),
    ...Object.entries(server.headers).map(([key, value]) => ["header", `${key}: ${shown(value)}`]),
    ...(server.envFile ? [["envFile", server.envFile]] : []),
    ...(server.cwd ? [["cwd", server.cwd]] : []),
  ];
  return [
    (isForeign ? words : withoutSecretArguments(words)).map(word).join(" "),
    ...extra.map(([label, value]) => `${label} ${word(value!)}`),
  ].join("\n");
}

/** What an approval hands over beside the command: variables by name and where they come from, and characters that look like others. */
export function approvalNotes(server: ServerConfig, config: Config): readonly string[] {
  const variables = usedVariables(server);
  const [dotenv, own] = [
    variables.filter((name) => config.dotenvNames.has(name)),
    variables.filter((name) => isOwn(name, config)),
  ];
  const foreign = [...new Set(commandLine(server).match(/[^\0-\x7f]/gu) ?? [])];
  return [
    ...(own.length > 0 ? [`receives from your environment: ${own.join(", ")}`] : []),
    ...dotenv.map((name) => `from .env: ${name}=${shownValue(name, config.env[name] ?? "")}`),
    ...(foreign.length > 0 ? [`not plain letters: ${foreign.slice(0, 20).map(codePoint).join(", ")}`] : []),
  ];
}

const isOwn = (name: string, config: Config): boolean => config.env[name] !== undefined && !config.dotenvNames.has(name);
const codePoint = (character: string): string =>
  `${character} (U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")})`;

/** Secrets of a `.env` are the user's; they are named, not shown. Anything that could be a command or a path is shown. */
function shownValue(name: string, value: string): string {
  const isSecret = /key|token|secret|passw|credential/i.test(name) && /^[\w.+/=~-]{8,}$/.test(value) && !/^[-./~]|\//.test(value);
  return isSecret ? `(not shown, ${value.length} characters)` : word(value);
}

function word(text: string): string {
  const shown = visible(text);
  return /^[\w@%+=:,./\\{}$-]+$/.test(shown) ? shown : JSON.stringify(shown).replaceAll("\\\\u{", "\\u{");
}
