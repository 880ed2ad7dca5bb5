import { isLecternError, LecternError } from "../core/errors.ts";
import { knownSecrets, secretsGiven } from "../core/known-secrets.ts";
import { oneLine, withoutSecrets } from "../core/neutralise.ts";
import { DirectSession } from "./direct-session.ts";
import { type EngineOptions, EngineSession, loadSdk } from "./engine.ts";
import { eraKey } from "./era-store.ts";
import { engineCode, exitText, reasonOf } from "./errors.ts";
import { abortable, type Opened, type OpenOptions, sessionOptions } from "./opening.ts";
import type { InProcessServer, ServerConfig, StdioServer } from "./servers.ts";
import type { Session } from "./session.ts";
import { GuardedTransport } from "./transport/guard.ts";
import { type ServerExit, type SpawnedServer, spawnServer } from "./transport/spawn.ts";
import { planSpawn } from "./transport/spawn-plan.ts";
import { StdioTransport } from "./transport/stdio.ts";

/** Takes the secrets that a server was given out of a text. */
type Hide = (text: string) => string;

/** Connects to one server. Rejects with the reason; nothing is left running then. No reason repeats a secret that the server was given. */
export async function openServer(name: string, config: ServerConfig, options: OpenOptions): Promise<Opened> {
  // Made only for a server that fails.
  let clean: Hide | undefined;
  const hide: Hide = (text) => {
    clean ??= knownSecrets(secretsOf(config));
    return clean(text);
  };
  try {
    const opened = await openAs(name, config, { ...options, hide });
    return { ...opened, reasonFor: (error) => opened.reasonFor(withoutGiven(error, hide)) };
  } catch (error) {
    throw withoutGiven(error, hide);
  }
}

/** The same error. Reasons are made of its words, and cut: half of a secret would no longer be found. */
function withoutGiven(error: unknown, hide: Hide): unknown {
  if (error instanceof Error) error.message = hide(error.message);
  return error;
}

function secretsOf(config: ServerConfig): readonly string[] {
  if (config.type === "in_process") return [];
  if (config.type === "stdio") return secretsGiven(config.env ?? {});
  const { searchParams, pathname } = new URL(config.url);
  // Some services put the key into the path.
  const inPath = Object.fromEntries(pathname.split("/").entries());
  return secretsGiven({ ...inPath, ...Object.fromEntries(searchParams), ...config.headers });
}

type StdioOptions = OpenOptions & { readonly hide: Hide };

async function openAs(name: string, config: ServerConfig, options: StdioOptions): Promise<Opened> {
  switch (config.type) {
    case "stdio":
      return await openStdio(name, config, options);
    case "in_process":
      return await openInProcess(config, options);
    case "http": {
      // Most programs have no HTTP servers and need not load what those take.
      const { openOverHttp } = await import("./open-http.ts");
      return await openOverHttp(config, options);
    }
  }
}

async function openStdio(name: string, config: StdioServer, options: StdioOptions): Promise<Opened> {
  const adopted = options.adopted.get(name);
  options.adopted.delete(name);
  const start = (): SpawnedServer => spawnServer(planSpawn(config, { baseEnv: options.baseEnv }));
  if (config.era !== undefined && config.era !== "auto") return await openProcess(adopted ?? start(), config.era, options);
  const key = eraKey(config);
  const remembered = await options.eraStore?.get(key);
  const era = remembered === "legacy" ? "legacy" : "auto";
  const opened = await openProcess(adopted ?? start(), era, options).catch((error: unknown) => {
    if (options.signal.aborted) throw error;
    // Some older servers exit at a question they do not know; a few newer ones refuse the older handshake, or start too slowly for the first question. Both are asked once more, in their own words.
    if (era === "auto" && error instanceof ServerEnded && error.exit.error === null)
      return openProcess(start(), "legacy", options);
    if (engineCode(error) === unsupportedVersion) return openProcess(start(), "modern", options);
    throw error;
  });
  if (opened.session.era !== remembered) await options.eraStore?.set(key, opened.session.era);
  return opened;
}

const unsupportedVersion = -32_022;

/** Milliseconds an older server may ignore the first question before it is spoken to in its own protocol. */
const probeTimeoutMs = 3_000;

/** A program that never wrote a message, but something else, is no MCP server on pipes, or prints where it must not. */
const noiseText = (noise: string): string =>
  `; what it wrote to its output is no MCP message (one JSON object a line): "${oneLine(withoutSecrets(noise), 100)}"`;

/** The process ended before the connection stood. */
class ServerEnded extends LecternError {
  readonly exit: ServerExit;
  constructor(exit: ServerExit, reason: string, cause: unknown) {
    super("service", reason, { cause });
    this.exit = exit;
  }
}

async function openProcess(server: SpawnedServer, era: EngineOptions["era"], options: StdioOptions): Promise<Opened> {
  options.processes.add(server);
  void server.exited.then(() => server.end(options.shutdown)).then(() => options.processes.delete(server));
  const pipes = new StdioTransport(server, options.shutdown);
  const transport = new GuardedTransport(pipes, { stdio: true, keepsResults: era !== "modern" });
  const { hide } = options;
  const endOf = (exit: ServerExit): string => exitText(exit, hide(server.stderrTail()));
  // The exit is known a moment after the pipe broke.
  const settle = (): Promise<unknown> => Promise.race([server.exited, new Promise((resolve) => setTimeout(resolve, 250))]);
  try {
    const opening = openSession(transport, era, options);
    const session = await abortable(options.signal, opening, () => void pipes.close());
    const reasonFor = (error: unknown): string => (pipes.endedByItself ? endOf(server.exit!) : (pipes.reason ?? reasonOf(error)));
    return { session, mirrorsHeaders: false, reasonFor, close: () => session.close() };
  } catch (error) {
    if (!options.signal.aborted) await settle();
    const ended = pipes.endedByItself;
    await pipes.close();
    const noise = pipes.noise === undefined ? "" : noiseText(hide(pipes.noise));
    if (ended && !options.signal.aborted) throw new ServerEnded(server.exit!, endOf(server.exit!) + noise, error);
    if (pipes.reason !== undefined) throw new LecternError("service", pipes.reason, { cause: error });
    if (noise === "") throw error;
    const code = isLecternError(error) ? error.code : "service";
    throw new LecternError(code, reasonOf(withoutGiven(error, hide)) + noise, { cause: error });
  }
}

/** While a server has not answered for so long, the official client is loaded in case it is needed: slow starters are often older ones. */
const preloadAfterMs = 300;

/** The newer revision is spoken directly, older ones by the official client, which is loaded only then (about 100 ms). */
async function openSession(transport: GuardedTransport, era: EngineOptions["era"], options: OpenOptions): Promise<Session> {
  const { connectTimeoutMs, elicit, onToolsChanged, onClosed } = options;
  const direct = { transport, connectTimeoutMs, onToolsChanged, onClosed, ...(elicit && { elicit }) };
  if (era === "modern") return await DirectSession.open(direct);
  if (era === "auto") {
    const preload = setTimeout(() => loadSdk().catch(() => {}), preloadAfterMs);
    const session = await DirectSession.probe(direct, Math.min(probeTimeoutMs, connectTimeoutMs)).finally(() =>
      clearTimeout(preload),
    );
    if (session) return session;
  }
  return await EngineSession.open(sessionOptions(await loadSdk(), transport, "legacy", options));
}

async function openInProcess(config: InProcessServer, options: OpenOptions): Promise<Opened> {
  const era = config.era ?? "auto";
  const transport = new GuardedTransport(await config.connect(), { stdio: true, keepsResults: era !== "modern" });
  const opening = openSession(transport, era, options);
  const session = await abortable(options.signal, opening, () => void transport.close());
  return { session, mirrorsHeaders: false, reasonFor: reasonOf, close: () => session.close() };
}
