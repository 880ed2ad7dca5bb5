import type { Transport } from "@modelcontextprotocol/client";
import type { HttpAuth } from "./auth/types.ts";
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

/** What a name may look like: it becomes the first part of every tool name. */
export const serverNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
