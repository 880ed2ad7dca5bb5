import type { Deployment } from "./deployments.ts";

/** What the rate headers say of a deployment, and whether it has room for a request. Limits of `null` are shown as nominal ones. */
export interface RateState {
  readonly limitRequests: number;
  readonly remainingRequests: number;
  readonly limitTokens: number;
  /** Below 0 where the request is larger than what is left. */
  readonly remainingTokens: number;
  /** Seconds until nothing counts any more of what was sent. */
  readonly resetRequests: number;
  readonly resetTokens: number;
  /** What is used up; null: the request may pass. */
  readonly exceeded: "requests" | "tokens" | null;
  /** Seconds until it makes sense to come back; 0 where the request may pass. */
  readonly retrySeconds: number;
}

const minute = 60;
/** What a resource without limits shows. */
const nominal = { requests: 2_500, tokens: 2_500_000 };

/** Where the older front end counts requests besides in the minute, in seconds. Source: Microsoft's page on quota ("typically 1 or 10 seconds"). */
const classicWindows: readonly number[] = [1, 10];

/** What is lost in multiplying times with rates: a bucket that lacks less than this has enough. */
const tolerance = 1e-6;

/** A bucket that runs full again at an even pace, a minute's worth in a minute. */
class Bucket {
  readonly capacity: number;
  readonly #isLimited: boolean;
  #level: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(limit: number | null, nominalLimit: number) {
    this.capacity = limit ?? nominalLimit;
    this.#isLimited = limit !== null;
    this.#level = this.capacity;
  }

  /** What is in it at this time, in milliseconds. Without a limit it is always full. */
  level(now: number): number {
    const grown = Math.max(0, now - this.#at) * (this.capacity / minute / 1000);
    this.#level = this.#isLimited ? Math.min(this.capacity, this.#level + grown) : this.capacity;
    this.#at = now;
    return this.#level;
  }

  has(amount: number): boolean {
    return this.#level + tolerance >= amount;
  }

  /** Takes as much as there is. */
  take(amount: number): void {
    this.#level = Math.max(0, this.#level - amount);
  }

  /** Seconds until it holds so much more. */
  secondsFor(amount: number): number {
    return (amount * minute) / this.capacity;
  }
}

/** Counts from the first request after the last window's end; the share of a minute's limit that falls to a window, but at least one, may pass. */
class Window {
  readonly seconds: number;
  readonly limit: number;
  #start = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(seconds: number, perMinute: number) {
    this.seconds = seconds;
    this.limit = Math.max(1, Math.floor((perMinute * seconds) / minute));
  }

  used(now: number): number {
    // A clock that was set back would otherwise keep the window open until it had caught up.
    if (now < this.#start || now - this.#start >= this.seconds * 1000) {
      this.#start = now;
      this.#used = 0;
    }
    return this.#used;
  }

  take(amount: number): void {
    this.#used += amount;
  }

  secondsLeft(now: number): number {
    return Math.max(1, Math.ceil(this.seconds - (now - this.#start) / 1000));
  }
}

type Meter = (now: number, tokens: number) => RateState;

/** Request windows of a deployment: the minute always, and what the configuration or the older front end adds. */
function requestWindows({ requestsPerMinute, requestWindows: asked, throttling }: Deployment): Window[] {
  if (requestsPerMinute === null) return [];
  const shorter = asked ?? (throttling === "classic" ? classicWindows : []);
  return [...new Set([...shorter, minute])].sort((a, b) => a - b).map((seconds) => new Window(seconds, requestsPerMinute));
}

/**
 * The older front end: requests are counted in windows of 1 and 10 seconds and in the minute, tokens in the minute. The headers tell of
 * the 10 seconds (a sixth of the minute's limit), as reported: https://learn.microsoft.com/answers/questions/2156987,
 * https://learn.microsoft.com/answers/questions/2265464, https://github.com/microsoft/copilot-camp/issues/551.
 */
function windowMeter(deployment: Deployment): Meter {
  const windows = requestWindows(deployment);
  const told = windows.at(-2) ?? windows.at(-1);
  const { tokensPerMinute } = deployment;
  const tokenWindow = tokensPerMinute === null ? undefined : new Window(minute, tokensPerMinute);
  return (now, tokens) => {
    const full = windows.filter((window) => window.used(now) >= window.limit);
    // Refused calls count, too.
    for (const window of windows) window.take(1);
    const left = tokenWindow === undefined ? nominal.tokens : tokenWindow.limit - tokenWindow.used(now);
    const tooMuch = tokenWindow !== undefined && tokens > left;
    const exceeded = full.length > 0 ? "requests" : tooMuch ? "tokens" : null;
    if (exceeded === null) tokenWindow?.take(tokens);
    const resetTokens = tokenWindow?.secondsLeft(now) ?? 0;
    const wait = exceeded === "requests" ? full.at(-1)!.secondsLeft(now) : resetTokens;
    return {
      limitRequests: told?.limit ?? nominal.requests,
      remainingRequests: told === undefined ? nominal.requests - 1 : Math.max(0, told.limit - told.used(now)),
      limitTokens: tokenWindow?.limit ?? nominal.tokens,
      remainingTokens: exceeded === "requests" ? left : left - tokens,
      resetRequests: told?.secondsLeft(now) ?? 0,
      resetTokens,
      exceeded,
      retrySeconds: exceeded === null ? 0 : wait,
    };
  };
}

/**
 * The newer front end: buckets of a minute's requests and tokens that run full again at an even pace. So recorded figures read: of 120
 * requests 119 are left and the bucket is full again in 500 ms, of 50 in 1 s; 27,689 tokens short of 333,000 a minute are told to come back in
 * 4 s, all rounded down. `requestWindows` of the configuration hold besides.
 */
function bucketMeter(deployment: Deployment): Meter {
  const requests = new Bucket(deployment.requestsPerMinute, nominal.requests);
  const tokenBucket = new Bucket(deployment.tokensPerMinute, nominal.tokens);
  const windows = requestWindows(deployment).filter(({ seconds }) => seconds < minute);
  return (now, tokens) => {
    const level = requests.level(now);
    const left = tokenBucket.level(now);
    const full = windows.filter((window) => window.used(now) >= window.limit);
    for (const window of windows) window.take(1);
    const tooMuch = deployment.tokensPerMinute !== null && !tokenBucket.has(tokens);
    const isEmpty = !requests.has(1);
    const exceeded = isEmpty || full.length > 0 ? "requests" : tooMuch ? "tokens" : null;
    // A call refused for its tokens is a call all the same.
    if (!isEmpty) requests.take(1);
    if (exceeded === null) tokenBucket.take(tokens);
    const after = exceeded === "requests" ? left : left - tokens;
    const spent = isEmpty ? level : Math.max(0, level - 1);
    const wait =
      exceeded === "tokens"
        ? tokenBucket.secondsFor(tokens - left)
        : Math.max(isEmpty ? requests.secondsFor(1 - level) : 0, full.at(-1)?.secondsLeft(now) ?? 0);
    return {
      limitRequests: requests.capacity,
      remainingRequests: Math.floor(spent),
      limitTokens: tokenBucket.capacity,
      remainingTokens: Math.floor(after),
      resetRequests: Math.floor(requests.secondsFor(requests.capacity - spent)),
      resetTokens: Math.max(0, Math.floor(tokenBucket.secondsFor(tokenBucket.capacity - after))),
      exceeded,
      retrySeconds: exceeded === null ? 0 : Math.max(1, Math.floor(wait)),
    };
  };
}

/** The rate limits of each deployment, on the clock given (milliseconds since 1970). */
export class RateLimits {
  readonly #meters = new Map<string, Meter>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a request: estimated prompt plus the output it asks for, as Azure counts on arrival. */
  take(deployment: Deployment, tokens: number): RateState {
    let meter = this.#meters.get(deployment.name);
    if (meter === undefined) {
      meter = deployment.throttling === "classic" ? windowMeter(deployment) : bucketMeter(deployment);
      this.#meters.set(deployment.name, meter);
    }
    return meter(this.#now(), tokens);
  }
}
