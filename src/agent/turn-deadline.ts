/** The time limit of a turn, and its end for everything that the turn started. */
export interface TurnDeadline extends AsyncDisposable {
  readonly signal: AbortSignal;
  expired(): boolean;
  /** Nothing is under way any more, so leaving the turn need not abort anything. */
  finish(): void;
}

/** Longer timers fire at once (Node documentation, timers: delays over 2^31 - 1 become 1). */
const longestTimerMs = 2 ** 31 - 1;

/** One deadline for the whole turn, joined with the caller's signal; its timer is cleared with the turn. */
export function turnDeadline(signal: AbortSignal | undefined, timeoutMs: number): TurnDeadline {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let expired = false;
  let finished = false;
  const forward = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", forward, { once: true });
  const timer = setTimeout(
    () => {
      expired = true;
      controller.abort(new DOMException("The turn's deadline passed", "TimeoutError"));
    },
    Math.min(timeoutMs, longestTimerMs),
  );
  return {
    signal: controller.signal,
    expired: () => expired,
    finish: () => {
      finished = true;
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", forward);
      if (!finished) controller.abort(new DOMException("The turn is over", "AbortError"));
    },
  };
}
