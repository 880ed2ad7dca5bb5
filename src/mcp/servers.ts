import type { Transport } from "@modelcontextprotocol/client";
import { neutralise } from "../core/neutralise.ts";
import type { HttpAuth } from "./auth/types.ts";
import { readMoreTool } from "./result-store.ts";
import type { SpawnRequest } from "./transport/spawn-plan.ts";

interface CommonServer {
  /** A source of documents: its `uri` and `path` are kept in citations. For other servers both are replaced, so that none can pass for a source. */
  readonly knowledge?: boolean;
  /** Which protocol to speak: found out by default; set it where that is known. `modern` is 2026-07-28, `legacy` 2025-11-25 and older. */
  readonly era?: "auto" | "modern" | "legacy";
  /** Milliseconds for starting, agreeing on a protocol and listing the tools; the toolbox's default where absent. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds a call may stay without an answer or progress; the toolbox's default where absent. */
  readonly callTimeoutMs?: number;
}

export interface StdioServer extends CommonServer, SpawnRequest {
  readonly type: "stdio";
}

export interface HttpServer extends CommonServer {
  readonly type: "http";
  readonly url: string;
  /** Sent with every request; hold secrets, so they never enter messages. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: HttpAuth;
  /** Lets the sign-in of this server use loopback addresses, there also without TLS. Default false. */
  readonly allowLoopbackSignIn?: boolean;
}

export interface InProcessServer extends CommonServer {
  readonly type: "in_process";
  /** Our end of a linked pair; the other end is already being served. */
  readonly connect: () => Transport | Promise<Transport>;
}

export type ServerConfig = StdioServer | HttpServer | InProcessServer;

/** Programs that fetch what they run when it is not there yet. */
const launchers = /^(?:npx|bunx|pnpx|dlx|uvx|pipx|dnx|docker|podman)(?:\.(?:exe|cmd|bat|ps1))?$/i;

/** Whether starting a server may mean downloading it first; `cmd /c npx …`, `pnpm dlx …` and the like too. */
const mayBeDownloaded = (config: ServerConfig): boolean =>
  config.type === "stdio" &&
  [config.command, ...(config.args ?? []).slice(0, 3)].some((word) => launchers.test(word.split(/[\\/]/).at(-1)!));

/** Milliseconds for starting a server, agreeing on a protocol and listing its tools, where nothing else is said. */
export const connectTimeoutFor = (config: ServerConfig): number => (mayBeDownloaded(config) ? 30_000 : 15_000);

/** That a server was not ready in time, and what may help. */
export const notReady = (config: ServerConfig, timeoutMs: number): string =>
  `it was not ready within ${timeoutMs / 1000} s${mayBeDownloaded(config) ? "; if it is still being downloaded, run its command once by hand, and try again" : ""}`;

/** Whether a server may be called that: anything that can be read and is not long. */
export const isServerName = (name: string): boolean =>
  name.trim() !== "" && name.length <= 64 && neutralise(name) === name && !/[\n\t]/.test(name);

/**
 * The first parts of tool names for servers, one each: letters, digits, dots, dashes and single underscores, none at the ends. So the first
 * two underscores of a tool's name always end the server's part, and no two tools share a name. The host's own tools have a prefix of theirs.
 */
export function toolPrefixes(servers: readonly string[]): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>();
  const taken = new Set([readMoreTool.server]);
  for (const server of servers) {
    const plain = server.replace(/[^A-Za-z0-9.-]+/g, "_").replace(/^_+|_+$/g, "") || "server";
    let prefix = plain;
    for (let number = 2; taken.has(prefix); number++) prefix = `${plain}-${number}`;
    taken.add(prefix);
    prefixes.set(server, prefix);
  }
  return prefixes;
}
