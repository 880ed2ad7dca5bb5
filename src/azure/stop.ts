/** An AbortController that is made only where something waits on its signal: most replies never do. */
export class Stop {
  stopped = false;
  reason: unknown;
  #controller: AbortController | undefined;

  stop(reason: unknown): void {
    if (this.stopped) return;
    this.stopped = true;
    this.reason = reason;
    this.#controller?.abort(reason);
  }

  throwIfStopped(): void {
    if (this.stopped) throw this.reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.stopped) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }
}
