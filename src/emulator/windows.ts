import type { Deployment } from "./deployments.ts";

/** What the rate headers say of a deployment's window. `null` limits are shown as a full nominal window. */
export interface WindowState {
  readonly limitRequests: number;
  readonly remainingRequests: number;
  readonly limitTokens: number;
  readonly remainingTokens: number;
  /** Seconds until the window is new. */
  readonly resetSeconds: number;
  /** What is used up; null: the request may pass. */
  readonly exceeded: "requests" | "tokens" | null;
}

interface Window {
  start: number;
  requests: number;
  tokens: number;
}

const windowMs = 60_000;
/** What a resource without limits shows. */
const nominal = { requests: 2_500, tokens: 2_500_000 };

/** Rate windows of 60 real seconds for each deployment. Refused calls count, too, as they do at Azure. */
export class RateWindows {
  readonly #windows = new Map<string, Window>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a request: estimated prompt plus the output it asks for, as Azure counts on arrival. */
  take(deployment: Deployment, tokens: number): WindowState {
    const { requestsPerMinute, tokensPerMinute } = deployment;
    const limitRequests = requestsPerMinute ?? nominal.requests;
    const limitTokens = tokensPerMinute ?? nominal.tokens;
    if (requestsPerMinute === null && tokensPerMinute === null) {
      const remaining = { remainingRequests: limitRequests - 1, remainingTokens: limitTokens - tokens };
      return { limitRequests, limitTokens, ...remaining, resetSeconds: 0, exceeded: null };
    }
    const now = this.#now();
    let window = this.#windows.get(deployment.name);
    if (window === undefined || now - window.start >= windowMs) {
      window = { start: now, requests: 0, tokens: 0 };
      this.#windows.set(deployment.name, window);
    }
    window.requests++;
    const tooMany = requestsPerMinute !== null && window.requests > requestsPerMinute;
    const tooMuch = tokensPerMinute !== null && window.tokens + tokens > tokensPerMinute;
    if (!tooMany && !tooMuch) window.tokens += tokens;
    return {
      limitRequests,
      limitTokens,
      remainingRequests: Math.max(0, limitRequests - window.requests),
      remainingTokens: tooMuch ? limitTokens - window.tokens - tokens : limitTokens - window.tokens,
      resetSeconds: Math.max(1, Math.ceil((window.start + windowMs - now) / 1000)),
      exceeded: tooMany ? "requests" : tooMuch ? "tokens" : null,
    };
  }
}
