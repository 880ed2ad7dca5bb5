/** Turns pushed events into an async iterable: callbacks on one side, `for await` on the other. One consumer. */
export class EventQueue<T> implements AsyncIterable<T> {
  #events: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  push(event: T): void {
    this.#events.push(event);
    this.#wake?.();
  }

  /** Nothing more comes; what was pushed is still delivered. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Ends with an error, after what was pushed. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const batch = this.#events;
      this.#events = [];
      for (const event of batch) yield event;
      if (this.#events.length > 0) continue;
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
