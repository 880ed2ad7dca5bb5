import type { HeaderMap } from "./errors.ts";

function one(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/**
 * The longest wait the service asks for, in milliseconds: of `retry-after-ms`, `Retry-After` (seconds or HTTP date) and
 * "retry after N seconds" in the message. Undefined where it asks for none; unreadable, zero and negative hints count as none
 * (a real 429 carried `retry-after: 1` and `retry-after-ms: 0`, so no header wins over the other). Source: RFC 9110 section 10.2.3.
 */
export function hintedWaitMs(headers: HeaderMap, message = "", now: number = Date.now()): number | undefined {
  const after = one(headers, "retry-after");
  const seconds = after !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(after) ? Number(after) * 1000 : undefined;
  const date = after !== undefined && seconds === undefined ? Date.parse(after) - now : undefined;
  const milliseconds = Number(one(headers, "retry-after-ms") ?? Number.NaN);
  const said = /(?:retry|try again) (?:after|in) (\d+(?:\.\d+)?) ?(ms|milliseconds|s\b|sec)/i.exec(message);
  const inMessage = said === null ? undefined : Number(said[1]) * (said[2]!.startsWith("m") ? 1 : 1000);
  const hints = [seconds, date, milliseconds, inMessage].map((hint) => (hint === undefined ? undefined : positive(hint)));
  const known = hints.filter((hint) => hint !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
