import { setTimeout } from "node:timers/promises";

interface Clock {
  /** In milliseconds, from any point. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when aborted. */
  pause(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

const realClock: Clock = {
  now: () => performance.now(),
  pause: (ms, signal) => setTimeout(ms, undefined, { ref: false, ...(signal && { signal }) }),
};

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** A stream opened again within so many milliseconds is hasty. */
const hastyMs = 250;
/** A few hasty ones are how servers let a client poll; more are a loop. */
const freeHaste = 5;
const longestPauseMs = 30_000;
const calmMs = 60_000;

/**
 * A fetch that opens event streams ever more slowly when a server ends each at once and asks for the next without a pause (`retry: 0`): the
 * protocol engine obeys that, hundreds of times a second. Source: MCP 2025-11-25, transports, "the client MUST respect the retry field".
 */
export function pacedStreams(fetch: Fetch, clock: Clock = realClock): Fetch {
  let openedAt = Number.NEGATIVE_INFINITY;
  let haste = 0;
  return async (url, init = {}) => {
    const isStream = (init.method ?? "GET") === "GET" && new Headers(init.headers).get("accept")?.includes("text/event-stream");
    if (!isStream) return await fetch(url, init);
    const since = clock.now() - openedAt;
    if (since < hastyMs) haste += 1;
    else if (since > calmMs) haste = 0;
    if (haste > freeHaste) {
      const ms = Math.min(longestPauseMs, hastyMs * 2 ** (haste - freeHaste));
      await clock.pause(ms, init.signal ?? undefined);
    }
    openedAt = clock.now();
    return await fetch(url, init);
  };
}
