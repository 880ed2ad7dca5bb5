import { LecternError } from "../core/errors.ts";
import type { Elicit } from "./elicitation.ts";
import { loadSdk, type Sdk, Session, type SessionOptions } from "./engine.ts";
import type { EraStore } from "./era-store.ts";
import { eraKey } from "./era-store.ts";
import { engineCode, exitText, httpStatus, reasonOf } from "./errors.ts";
import type { HttpServer, InProcessServer, ServerConfig, StdioServer } from "./servers.ts";
import { GuardedTransport } from "./transport/guard.ts";
import { openHttp, openSse } from "./transport/http.ts";
import { type SpawnedServer, spawnServer } from "./transport/spawn.ts";
import { planSpawn } from "./transport/spawn-plan.ts";
import { StdioTransport } from "./transport/stdio.ts";

export interface OpenOptions {
  /** Ends the attempt; whatever was started is ended too. */
  readonly signal: AbortSignal;
  readonly connectTimeoutMs: number;
  readonly baseEnv: Readonly<Record<string, string | undefined>>;
  /** Processes the caller started already, by server name; each is used once and then owned here. */
  readonly adopted: Map<string, SpawnedServer>;
  readonly eraStore: EraStore | undefined;
  readonly elicit: Elicit | undefined;
  readonly onToolsChanged: () => void;
  readonly onClosed: () => void;
}

/** A connected server with what must be closed again. */
export interface Opened {
  readonly session: Session;
  /** Whether call arguments go into HTTP headers where the server's schema says so. */
  readonly mirrorsHeaders: boolean;
  /** Why it stopped working; the exit of its process says more than the engine's error. */
  reasonFor(error: unknown): string;
  close(): Promise<void>;
  endNow(): void;
}

/** Rejects as soon as the signal is aborted, after `stop` was called. */
async function abortable<T>(signal: AbortSignal, work: Promise<T>, stop: () => void): Promise<T> {
  const onAbort = (): void => stop();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) stop();
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Connects to one server. Rejects with the reason; nothing is left running then. */
export async function openServer(name: string, config: ServerConfig, options: OpenOptions): Promise<Opened> {
  switch (config.type) {
    case "stdio":
      return await openStdio(name, config, options);
    case "in_process":
      return await openInProcess(config, options);
    case "http":
      return await openOverHttp(config, options);
  }
}

const sessionOptions = (
  sdk: Sdk,
  transport: GuardedTransport,
  era: SessionOptions["era"],
  options: OpenOptions,
): SessionOptions => ({
  sdk,
  transport,
  era,
  connectTimeoutMs: options.connectTimeoutMs,
  onToolsChanged: options.onToolsChanged,
  onClosed: options.onClosed,
  ...(options.elicit && { elicit: options.elicit }),
});

async function openStdio(name: string, config: StdioServer, options: OpenOptions): Promise<Opened> {
  const key = eraKey(config);
  const known = config.era ?? "auto";
  const era = known === "auto" && (await options.eraStore?.get(key)) === "legacy" ? "legacy" : known;
  const start = (): SpawnedServer => spawnServer(planSpawn(config, { baseEnv: options.baseEnv }));
  const adopted = options.adopted.get(name);
  options.adopted.delete(name);
  try {
    return await openProcess(adopted ?? start(), era, options, key);
  } catch (error) {
    options.signal.throwIfAborted();
    // Some older servers exit at a question they do not know; a few newer ones refuse the older handshake. Both are asked once more, in their own words.
    if (known !== "auto") throw error;
    if (era === "auto" && error instanceof ServerEnded && error.exit.error === null)
      return await openProcess(start(), "legacy", options, key);
    if (era === "legacy" && engineCode(error) === -32022) return await openProcess(start(), "modern", options, key);
    throw error;
  }
}

/** The process ended before the connection stood. */
class ServerEnded extends LecternError {
  readonly exit: NonNullable<SpawnedServer["exit"]>;
  constructor(server: SpawnedServer, cause: unknown) {
    super("service", exitText(server.exit!, server.stderrTail()), { cause });
    this.exit = server.exit!;
  }
}

async function openProcess(
  server: SpawnedServer,
  era: SessionOptions["era"],
  options: OpenOptions,
  key: string,
): Promise<Opened> {
  const pipes = new StdioTransport(server);
  const transport = new GuardedTransport(pipes, { stdio: true });
  // The exit is known a moment after the pipe broke.
  const settle = (): Promise<unknown> => Promise.race([server.exited, new Promise((resolve) => setTimeout(resolve, 250))]);
  try {
    const opening = loadSdk().then((sdk) => Session.open(sessionOptions(sdk, transport, era, options)));
    const session = await abortable(options.signal, opening, () => void pipes.close());
    if (era === "auto") await options.eraStore?.set(key, session.era);
    const reasonFor = (error: unknown): string =>
      server.exit !== undefined && pipes.reason === undefined
        ? exitText(server.exit, server.stderrTail())
        : (pipes.reason ?? reasonOf(error));
    return { session, mirrorsHeaders: false, reasonFor, close: () => session.close(), endNow: () => server.endNow() };
  } catch (error) {
    if (!options.signal.aborted) await settle();
    const ended = server.exit !== undefined && pipes.reason === undefined;
    await pipes.close();
    if (ended && !options.signal.aborted) throw new ServerEnded(server, error);
    if (pipes.reason !== undefined) throw new LecternError("service", pipes.reason, { cause: error });
    throw error;
  }
}

async function openInProcess(config: InProcessServer, options: OpenOptions): Promise<Opened> {
  const transport = new GuardedTransport(await config.connect(), { stdio: true });
  const opening = loadSdk().then((sdk) => Session.open(sessionOptions(sdk, transport, config.era ?? "auto", options)));
  const session = await abortable(options.signal, opening, () => void transport.close());
  return { session, mirrorsHeaders: false, reasonFor: reasonOf, close: () => session.close(), endNow: () => {} };
}

async function openOverHttp(config: HttpServer, options: OpenOptions): Promise<Opened> {
  const sdk = await loadSdk();
  const connect = async (open: typeof openHttp): Promise<Opened> => {
    const transport = new GuardedTransport(open(sdk, config));
    const opening = Session.open(sessionOptions(sdk, transport, open === openSse ? "legacy" : (config.era ?? "auto"), options));
    const session = await abortable(options.signal, opening, () => void transport.close());
    return {
      session,
      mirrorsHeaders: session.era === "modern",
      reasonFor: reasonOf,
      close: () => session.close(),
      endNow: () => {},
    };
  };
  try {
    return await connect(openHttp);
  } catch (error) {
    // Only these three say "not this transport"; anything else would be the same answer again. Source: MCP 2026-07-28, transports, backwards compatibility.
    if (![400, 404, 405].includes(httpStatus(error) ?? 0) || config.era === "modern") throw error;
    return await connect(openSse).catch(() => {
      throw error;
    });
  }
}
