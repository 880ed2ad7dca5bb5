import { sleep } from "../core/sleep.ts";

/** Time and chance, so that tests need neither to wait nor to hope. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Between 0 and 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: Math.random,
  sleep,
};

/** Shortest wait before the first retry, in milliseconds; doubles with each attempt. */
const backoffFloorMs = 250;

/**
 * Wait before the next attempt, in milliseconds: at least what the service asks for and at least the floor, with up to one
 * floor of chance on top, so that clients that failed together do not come back together. `attempt` counts from 1.
 */
export function backoffMs(attempt: number, hintedMs: number | undefined, random: number): number {
  const floor = backoffFloorMs * 2 ** (attempt - 1);
  return Math.max(hintedMs ?? 0, floor) + random * floor;
}

export interface RetryBudget {
  /** Takes one retry; false where the budget is spent: fail now, retrying would only add to the trouble. */
  take(): boolean;
  /** A reply came: gives back the retries it took and a little more. */
  refund(taken: number): void;
}

const shared = new Map<string, RetryBudget>();

/**
 * The one budget of this process for a service, by its address: many models, or many short-lived ones, must not multiply an outage.
 * By service, so that one that is down takes no retries from another.
 */
export function sharedRetryBudget(service: string): RetryBudget {
  let budget = shared.get(service);
  if (budget === undefined) {
    budget = createRetryBudget();
    shared.set(service, budget);
  }
  return budget;
}

/**
 * Bounds retries over all questions of a process: failures drain it, successes fill it. Scattered faults never empty it; in
 * a total outage at most `size` (16) retries are made before every question costs one attempt. Refills slowly by itself, one in
 * 10 s, so that a process that sat out an outage can retry again.
 */
export function createRetryBudget(options: { size?: number; now?: () => number } = {}): RetryBudget {
  const { size = 16, now = Date.now } = options;
  const refillMs = 10_000;
  let tokens = size;
  let refilledAt = now();
  const refill = (): void => {
    const elapsed = now() - refilledAt;
    tokens = Math.min(size, tokens + Math.max(0, elapsed) / refillMs);
    refilledAt = now();
  };
  return {
    take() {
      refill();
      if (tokens < 1) return false;
      tokens--;
      return true;
    },
    refund(taken) {
      tokens = Math.min(size, tokens + taken + 0.5);
    },
  };
}
