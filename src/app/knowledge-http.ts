import type { Writable } from "node:stream";
import { LecternError } from "../core/errors.ts";
import type { ServedApp } from "../core/served-tools.ts";

export interface ServeKnowledgeHttpOptions {
  /** `HOST:PORT` as typed. */
  readonly listen: string;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly allowedHosts: readonly string[];
  readonly signal: AbortSignal;
  readonly stderr: Writable;
  readonly cwd: string;
}

/** Serves an app over HTTP until the signal aborts; prints the ready line on stderr. Throws `usage` for flags that do not fit. */
export async function serveKnowledgeHttp(_app: ServedApp, options: ServeKnowledgeHttpOptions): Promise<number> {
  throw new LecternError("usage", `Serving over HTTP (${options.listen}) is not built yet.`, {
    fix: "Leave --http out to serve over stdio.",
  });
}
