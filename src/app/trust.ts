import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Config, ServerConfig } from "../config/config.ts";
import { trustOf } from "../config/settings.ts";
import { JsonFile } from "./json-file.ts";

/** What was approved, by hash: the whole definition as written in the file, so that any change asks again. */
interface Approvals {
  readonly servers?: Readonly<Record<string, { readonly what: string; readonly at: string }>>;
}

export interface Trust {
  /** Why a server may not be started; undefined where it may. */
  refusal(server: ServerConfig): string | undefined;
  approve(server: ServerConfig): void;
  isApproved(server: ServerConfig): boolean;
}

/** Names a server definition by everything that decides what is run or sent: the file it stands in, command, arguments, variables, headers. */
function fingerprint(server: ServerConfig): string {
  const { origin, name, type, command, args, env, envFile, cwd, url, headers } = server;
  return createHash("sha256")
    .update(JSON.stringify([origin.name, name, type, command, args, env, envFile, cwd, url, headers]))
    .digest("hex");
}

/**
 * Approvals of servers named in project files, kept in the user's state folder. Servers from flags or the user's own file need none.
 * Decision: docs/decisions/0005-trust.md.
 */
export function createTrust(config: Config): Trust {
  const file = new JsonFile<Approvals>(join(config.stateDir, "trust.json"), {});
  const isApproved = (server: ServerConfig): boolean =>
    trustOf[server.origin.kind] === 3 || file.read().servers?.[fingerprint(server)] !== undefined;
  return {
    isApproved,
    refusal: (server) =>
      isApproved(server)
        ? undefined
        : `not started: ${server.origin.name} is a project file, and this definition has not been approved. Review and approve it with: lectern mcp trust ${server.name}`,
    approve(server) {
      const what = commandLine(server);
      file.update((approvals) => ({
        ...approvals,
        servers: { ...approvals.servers, [fingerprint(server)]: { what, at: new Date().toISOString() } },
      }));
    },
  };
}

/** The full command or address as written (variables not expanded), every control or invisible character made visible: what a person approves. */
export function commandLine(server: ServerConfig): string {
  const words = server.type === "stdio" ? [server.command ?? "", ...server.args] : [server.type, server.url ?? ""];
  const extra = [
    ...Object.entries(server.env).map(([key, value]) => `env ${key}=${value}`),
    ...Object.entries(server.headers).map(([key, value]) => `header ${key}: ${value}`),
    ...(server.envFile ? [`envFile ${server.envFile}`] : []),
    ...(server.cwd ? [`cwd ${server.cwd}`] : []),
  ];
  return [words.map(visible).join(" "), ...extra.map(visible)].join("\n");
}

function visible(word: string): string {
  const shown = word.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{e0000}-\u{e007f}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return /^[\w@%+=:,./\\{}-]+$/.test(shown) ? shown : JSON.stringify(shown).replaceAll("\\\\u{", "\\u{");
}
