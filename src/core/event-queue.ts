/** Events waiting for a slow reader before the connection is paused. */
const highWater = 256;
const lowWater = 32;

export interface EventQueueHooks {
  /** Called at the first `next`; what is pushed before is lost. Default: open from the beginning. */
  readonly start?: () => void;
  /** Called when the consumer leaves before the end. */
  readonly stop?: () => void;
  /** Called once when the consumer lags, and `onDrained` when it has caught up. */
  readonly onFull?: () => void;
  readonly onDrained?: () => void;
}

/** The edge between callbacks and async iteration: producers push, one consumer iterates. Nothing is copied or awaited per event. */
export class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #hooks: EventQueueHooks;
  #events: T[] = [];
  #next = 0;
  #waiting: { resolve: (result: IteratorResult<T>) => void; reject: (reason: unknown) => void } | undefined;
  #state: "idle" | "open" | "ended" | "failed";
  #reason: unknown;
  #full = false;

  constructor(hooks: EventQueueHooks = {}) {
    this.#hooks = hooks;
    this.#state = hooks.start === undefined ? "open" : "idle";
  }

  push(event: T): void {
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
    this.#hooks.onFull?.();
  }

  /** Nothing more comes; what was pushed is still delivered. */
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

  next(): Promise<IteratorResult<T>> {
    if (this.#state === "idle") {
      this.#state = "open";
      this.#hooks.start?.();
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

  return(): Promise<IteratorResult<T>> {
    const wasOpen = this.#state === "open";
    this.#state = "ended";
    this.#events = [];
    this.#next = 0;
    this.#waiting?.resolve({ value: undefined, done: true });
    this.#waiting = undefined;
    if (wasOpen) this.#hooks.stop?.();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(event: T): T {
    this.#next++;
    if (this.#next === this.#events.length) {
      this.#events = [];
      this.#next = 0;
    }
    if (this.#full && this.#events.length - this.#next <= lowWater) {
      this.#full = false;
      this.#hooks.onDrained?.();
    }
    return event;
  }
}
