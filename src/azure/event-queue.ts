import type { ModelEvent } from "../core/model.ts";

/** Events waiting for a slow reader before the connection is paused. */
const highWater = 256;
const lowWater = 32;

/**
 * The edge between callbacks and async iteration: producers push, one consumer iterates.
 * When the consumer lags, `onFull` is called once, and `onDrained` when it has caught up.
 */
export class EventQueue implements AsyncIterableIterator<ModelEvent> {
  readonly #start: () => void;
  readonly #stop: () => void;
  #events: ModelEvent[] = [];
  #next = 0;
  #waiting: { resolve: (result: IteratorResult<ModelEvent>) => void; reject: (reason: unknown) => void } | undefined;
  #state: "idle" | "open" | "ended" | "failed" = "idle";
  #reason: unknown;
  #full = false;
  onFull: (() => void) | undefined;
  onDrained: (() => void) | undefined;

  /** @param start called at the first `next`. @param stop called when the consumer leaves before the end. */
  constructor(start: () => void, stop: () => void) {
    this.#start = start;
    this.#stop = stop;
  }

  push(event: ModelEvent): void {
    if (this.#state !== "open") return;
    if (this.#waiting !== undefined) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ value: event, done: false });
      return;
    }
    this.#events.push(event);
    if (this.#full || this.#events.length - this.#next < highWater) return;
    this.#full = true;
    this.onFull?.();
  }

  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#waiting?.resolve({ value: undefined, done: true });
    this.#waiting = undefined;
  }

  /** What was pushed before is still delivered, then `next` rejects once. */
  fail(reason: unknown): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#reason = reason;
    if (this.#waiting === undefined) return;
    const { reject } = this.#waiting;
    this.#waiting = undefined;
    this.#state = "ended";
    reject(reason);
  }

  next(): Promise<IteratorResult<ModelEvent>> {
    if (this.#state === "idle") {
      this.#state = "open";
      this.#start();
    }
    const event = this.#events[this.#next];
    if (event !== undefined) return Promise.resolve({ value: this.#take(event), done: false });
    if (this.#state === "failed") {
      this.#state = "ended";
      return Promise.reject(this.#reason);
    }
    if (this.#state === "ended") return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<ModelEvent>> {
    const wasOpen = this.#state === "open";
    this.#state = "ended";
    this.#events = [];
    this.#next = 0;
    if (wasOpen) this.#stop();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(event: ModelEvent): ModelEvent {
    this.#next++;
    if (this.#next === this.#events.length) {
      this.#events = [];
      this.#next = 0;
    }
    if (this.#full && this.#events.length - this.#next <= lowWater) {
      this.#full = false;
      this.onDrained?.();
    }
    return event;
  }
}
