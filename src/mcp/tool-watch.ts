import { backOffMs } from "./back-off.ts";
import type { Opened } from "./opening.ts";

export interface ToolWatchOptions {
  /** Reads the list again; must not reject. */
  readonly reread: () => Promise<void>;
  /** Whether a connection is still the one in use. */
  readonly isCurrent: (opened: Opened) => boolean;
  /** Milliseconds for the server to confirm a subscription. */
  readonly timeoutMs: number;
}

// Servers announce changes in bursts.
const settleMs = 100;
/** Readings in quick succession before the pauses between them grow, doubling each time. */
const promptReadings = 5;
const longestPauseMs = 30_000;
/** After so long without a reading the next one is prompt again. */
const calmMs = 60_000;
const maxSubscriptions = 5;

/** Has a server's tool list read again when the server says that it changed. However often it says so, one reading runs and at most one waits. */
export class ToolWatch {
  readonly #options: ToolWatchOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #readings = 0;
  #readAt = 0;

  constructor(options: ToolWatchOptions) {
    this.#options = options;
  }

  changed(): void {
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      await new Promise((resolve) => setTimeout(resolve, this.#pauseMs()).unref());
      await this.#options.reread();
      this.#readAt = performance.now();
    } while (this.#again);
  }

  /** A server that announces a change with every list it gives would otherwise be asked, and its notices told, ten times a second for good. */
  #pauseMs(): number {
    if (performance.now() - this.#readAt > calmMs) this.#readings = 0;
    this.#readings += 1;
    return Math.min(longestPauseMs, settleMs * 2 ** Math.max(0, this.#readings - promptReadings));
  }

  /** Servers of the newer revision tell only those who subscribed. Subscriptions end with the connection that carries them, and the engine never renews one. */
  subscribe(opened: Opened): void {
    const { tools } = opened.session.capabilities;
    const announces = typeof tools === "object" && tools !== null && "listChanged" in tools && tools.listChanged === true;
    if (opened.session.era === "modern" && announces) void this.#keepSubscribed(opened);
  }

  async #keepSubscribed(opened: Opened): Promise<void> {
    for (let attempt = 1; attempt <= maxSubscriptions && this.#options.isCurrent(opened); attempt++) {
      const ended = await opened.session.watchTools(this.#options.timeoutMs).catch(() => "remote" as const);
      if (ended === "local" || !this.#options.isCurrent(opened)) return;
      await new Promise((resolve) => setTimeout(resolve, backOffMs(attempt)).unref());
      // What changed while nobody was told is noticed now.
      if (this.#options.isCurrent(opened)) this.changed();
    }
  }
}
