import { join } from "node:path";
import type { Writable } from "node:stream";
import type { Config } from "../config/config.ts";
import type { ServedApp } from "../core/served-tools.ts";
import { version } from "../core/version.ts";
import type { OpenKnowledgeOptions } from "../knowledge/open.ts";
import type { KnowledgeStore } from "../knowledge/store.ts";

type OpenStoreOptions = Omit<OpenKnowledgeOptions, "sources" | "cacheDir">;

/** Opens the configured knowledge base. Throws `config` where nothing in it can be read. */
export async function openStore(config: Config, options: OpenStoreOptions = {}): Promise<KnowledgeStore> {
  const { openKnowledge } = await import("../knowledge/open.ts");
  return openKnowledge({ ...options, sources: config.sources, cacheDir: join(config.cacheDir, "knowledge") });
}

/** The knowledge base as a server to be served in this process. */
export async function openKnowledgeApp(
  config: Config,
  { openaiCompatible = false, ...options }: { readonly openaiCompatible?: boolean } & OpenStoreOptions = {},
): Promise<AsyncDisposable & { readonly app: ServedApp; readonly store: KnowledgeStore }> {
  const { createKnowledgeApp } = await import("../knowledge/app.ts");
  const store = await openStore(config, options);
  return {
    store,
    app: createKnowledgeApp(store, { version, openaiCompatible }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

export interface ServeKnowledgeOptions {
  readonly config: Config;
  /** Groups of the one client at the other end of stdio. */
  readonly groups: readonly string[];
  /** Also offer `search` and `fetch` as ChatGPT's connectors expect them. */
  readonly openaiCompatible: boolean;
  readonly signal: AbortSignal;
  readonly stderr: Writable;
  readonly http?: {
    readonly listen: string;
    readonly values: Readonly<Record<string, string | boolean | undefined>>;
    readonly allowedHosts: readonly string[];
  };
}

/** Serves the knowledge base until its input ends or the signal aborts; gives the exit code. */
export async function serveKnowledge(options: ServeKnowledgeOptions): Promise<number> {
  const { config, groups, signal, stderr, http, openaiCompatible } = options;
  // Loading the protocol needs no index and opening the index needs no protocol.
  const protocol = http === undefined ? import("../serve/stdio.ts") : undefined;
  const onNotice = (notice: string): void => void stderr.write(`! ${notice}\n`);
  await using opened = await openKnowledgeApp(config, { openaiCompatible, onNotice });
  for (const { path, reason } of opened.store.problems()) stderr.write(`! ${path} ${reason}\n`);
  if (http !== undefined) {
    const { serveKnowledgeHttp } = await import("./knowledge-http.ts");
    return await serveKnowledgeHttp(opened.app, { ...http, signal, stderr });
  }
  // Stopped while the index was opened: there is nobody to serve.
  signal.throwIfAborted();
  const serving = (await protocol!).serveStdio(opened.app, { caller: { subject: null, groups, scopes: [] } });
  signal.addEventListener("abort", () => void serving.close(), { once: true });
  await serving.closed;
  return 0;
}
