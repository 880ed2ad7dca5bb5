import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { LecternError } from "../core/errors.ts";
import type { ServedApp } from "../core/served-tools.ts";
import type { AuthOptions } from "../serve/auth/open-auth.ts";

export interface ServeKnowledgeHttpOptions {
  /** `HOST:PORT` as typed. */
  readonly listen: string;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly allowedHosts: readonly string[];
  readonly signal: AbortSignal;
  readonly stderr: Writable;
}

/** Serves an app over HTTP until the signal aborts; prints the ready line on stderr. Throws `usage` for flags that do not fit. */
export async function serveKnowledgeHttp(app: ServedApp, options: ServeKnowledgeHttpOptions): Promise<number> {
  const { serveTools } = await import("../serve/serve-tools.ts");
  const { signal, stderr, allowedHosts } = options;
  const tell = (problem: string): void => void stderr.write(`! ${problem}\n`);
  await using serving = await serveTools({
    server: app,
    http: { ...address(options.listen), ...(allowedHosts.length > 0 ? { allowedHosts } : {}) },
    auth: authOf(options.values, tell),
    onError: (thrown) => tell(thrown instanceof Error ? thrown.message : String(thrown)),
  });
  stderr.write(`${JSON.stringify({ ready: true, url: serving.url })}\n`);
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await serving.close();
  return 0;
}

/** `HOST:PORT`, `[::1]:PORT` or `:PORT` (loopback). */
function address(listen: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/i.exec(listen);
  const port = Number(match?.[3]);
  if (!match || port > 65_535)
    throw new LecternError("usage", `--http is "${listen}"; it must be HOST:PORT.`, {
      fix: "For example --http 127.0.0.1:8050; port 0 picks a free one.",
    });
  return { host: match[1] || match[2] || "127.0.0.1", port };
}

function authOf(values: ServeKnowledgeHttpOptions["values"], onProblem: (problem: string) => void): AuthOptions {
  const text = (name: string): string | undefined => (typeof values[name] === "string" ? values[name] : undefined);
  const needed = (name: string): string => {
    const value = text(name);
    if (value === undefined)
      throw new LecternError("usage", `--auth ${text("auth")} needs --${name}.`, { fix: "See lectern knowledge serve --help." });
    return value;
  };
  const kind = text("auth") ?? "none";
  switch (kind) {
    case "none":
      return { type: "none" };
    case "token":
      return {
        type: "token",
        tokenFile: resolve(needed("token-file")),
        onProblem,
        ...(text("scope") === undefined ? {} : { scope: text("scope")! }),
      };
    case "oidc": {
      const [jwks, scope, tenant, publicUrl] = [text("jwks"), text("scope"), text("tenant"), text("public-url")];
      return {
        type: "oidc",
        issuer: needed("issuer"),
        audience: needed("audience"),
        ...(jwks === undefined ? {} : { jwks }),
        ...(scope === undefined ? {} : { scope }),
        ...(tenant === undefined ? {} : { tenant }),
        ...(publicUrl === undefined ? {} : { publicUrl }),
      };
    }
    default:
      throw new LecternError("usage", `--auth is "${kind}"; it must be none, token or oidc.`, {
        fix: "Leave it out to serve on loopback without sign-in.",
      });
  }
}
