import type { AskPerson } from "./elicitation.ts";
import type { EngineOptions, Sdk } from "./engine.ts";
import type { EraStore } from "./era-store.ts";
import type { Session } from "./session.ts";
import type { GuardedTransport } from "./transport/guard.ts";
import type { EngineAuth } from "./transport/http.ts";
import type { EndOptions, SpawnedServer } from "./transport/spawn.ts";

export interface OpenOptions {
  /** Ends the attempt; whatever was started is ended too. */
  readonly signal: AbortSignal;
  readonly connectTimeoutMs: number;
  readonly baseEnv: Readonly<Record<string, string | undefined>>;
  /** Processes the caller started already, by server name; each is used once and then owned here. */
  readonly adopted: Map<string, SpawnedServer>;
  /** Every process that runs for this toolbox, so that none is forgotten when the host ends. */
  readonly processes: Set<SpawnedServer>;
  readonly shutdown: EndOptions;
  readonly eraStore: EraStore | undefined;
  readonly elicit: AskPerson | undefined;
  /** Holds the proof of who we are for one server over HTTP, so that tokens outlive connections. */
  readonly credentials: { provider?: EngineAuth };
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
  /** Asks the person to sign in (again); absent where nobody is to be asked. A refused request may be sent again afterwards. */
  signIn?(): Promise<void>;
  close(): Promise<void>;
}

/** Rejects as soon as the signal is aborted, after `stop` was called. */
export async function abortable<T>(signal: AbortSignal, work: Promise<T>, stop: () => void): Promise<T> {
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

/** The options of a session spoken by the official client, from those of an attempt to connect. */
export const sessionOptions = (
  sdk: Sdk,
  transport: GuardedTransport,
  era: EngineOptions["era"],
  options: OpenOptions,
): EngineOptions => ({
  sdk,
  transport,
  era,
  connectTimeoutMs: options.connectTimeoutMs,
  onToolsChanged: options.onToolsChanged,
  onClosed: options.onClosed,
  ...(options.elicit && { elicit: options.elicit }),
});
