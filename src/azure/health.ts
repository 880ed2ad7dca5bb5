import type { Failure } from "./failure.ts";

/** Failures in a row, after which a backend counts as down. A storm of scattered faults never gets there. */
const failuresToOpen = 10;
const shortestOpenMs = 5_000;
const longestOpenMs = 60_000;
/** Longest cooldown taken on a service's word; a wrong hint (86,400 s has been seen) must not lock a backend for a day. */
const longestCooldownMs = 10 * 60_000;
/** A refused key, a missing deployment or a quota that is used up is looked at again after this long: somebody may have mended it. */
const refusingMs = 5 * 60_000;

/** `cooling`: asked us to wait. `down`: failed many times in a row. `refusing`: set up wrongly or its quota used up; waiting a moment does not help. */
export type HealthState = "ready" | "cooling" | "down" | "refusing";

/** What we know of a backend's health: its cooldown and its breaker. */
export class Health {
  readonly #now: () => number;
  #coolingUntil = 0;
  #downUntil = 0;
  #refusingUntil = 0;
  #inARow = 0;
  #openMs = shortestOpenMs;

  constructor(now: () => number) {
    this.#now = now;
  }

  get state(): HealthState {
    const now = this.#now();
    if (now < this.#refusingUntil) return "refusing";
    if (now < this.#coolingUntil) return "cooling";
    return now < this.#downUntil ? "down" : "ready";
  }

  /** Milliseconds until the cooldown is over; 0 where there is none. */
  get coolingMs(): number {
    return Math.max(0, this.#coolingUntil - this.#now());
  }

  succeeded(): void {
    this.#inARow = 0;
    this.#openMs = shortestOpenMs;
    this.#downUntil = 0;
    this.#refusingUntil = 0;
  }

  /** @param unhintedCooldownMs cooldown after a throttle that does not say for how long; 0 where there is no other backend to go to. */
  failed(failure: Failure, unhintedCooldownMs: number): void {
    const now = this.#now();
    const usedUp = failure.usedUp === true && failure.waitMs === undefined;
    if (failure.misconfigured || usedUp) this.#refusingUntil = now + refusingMs;
    if (failure.error.code === "rate_limited" && !usedUp) {
      const waitMs = Math.min(failure.waitMs ?? unhintedCooldownMs, longestCooldownMs);
      this.#coolingUntil = Math.max(this.#coolingUntil, now + waitMs);
      return;
    }
    if (failure.retry !== "backoff") return;
    this.#inARow++;
    if (this.#inARow < failuresToOpen || now < this.#downUntil) return;
    this.#downUntil = now + this.#openMs;
    this.#openMs = Math.min(this.#openMs * 2, longestOpenMs);
  }
}
