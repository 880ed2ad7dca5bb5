/** One deadline for the whole turn, joined with the caller's signal; its timer is cleared with the turn. */
export function turnDeadline(
  signal: AbortSignal | undefined,
  timeoutMs: number,
): AsyncDisposable & { readonly signal: AbortSignal; expired(): boolean } {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let expired = false;
  const forward = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", forward, { once: true });
  const timer = setTimeout(() => {
    expired = true;
    controller.abort(new DOMException("The turn's deadline passed", "TimeoutError"));
  }, timeoutMs);
  return {
    signal: controller.signal,
    expired: () => expired,
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", forward);
      controller.abort(new DOMException("The turn is over", "AbortError"));
    },
  };
}
