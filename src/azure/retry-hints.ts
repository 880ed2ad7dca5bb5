import { type HeaderMap, header } from "./error-reply.ts";

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const amount = "\\d+(?:\\.\\d+)? ?(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)(?![a-z])";
const spoken = new RegExp(
  `(?:retry|try again|come back|replenished) (?:after|in) (\\d+:\\d\\d:\\d\\d|(?:${amount}[ ,]{0,2})+)`,
  "i",
);

/** The wait that a message speaks of: "retry after 22 seconds", "try again in 6m30s", "replenished in 01:15:00". */
function saidWaitMs(message: string): number | undefined {
  const said = spoken.exec(message)?.[1];
  if (said === undefined) return undefined;
  if (said.includes(":")) return said.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
  return [...said.matchAll(/([\d.]+) ?([a-z]+)/gi)].reduce((sum, [, number, unit]) => sum + Number(number) * unitOf(unit!), 0);
}

function unitOf(word: string): number {
  const unit = word.toLowerCase();
  if (unit.startsWith("ms") || unit.startsWith("mil")) return unitMs.ms;
  return unitMs[unit[0] as "s" | "m" | "h" | "d"];
}

/**
 * The longest wait the service asks for, in milliseconds: of `retry-after-ms`, `Retry-After` (seconds or HTTP date) and
 * "retry after N seconds" in the message. Undefined where it asks for none; unreadable, zero and negative hints count as none
 * (a real 429 carried `retry-after: 1` and `retry-after-ms: 0`, so no header wins over the other). Source: RFC 9110 section 10.2.3.
 */
export function hintedWaitMs(headers: HeaderMap, message = "", now: number = Date.now()): number | undefined {
  const after = header(headers, "retry-after");
  const seconds = after !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(after) ? Number(after) * 1000 : undefined;
  const date = after !== undefined && seconds === undefined ? Date.parse(after) - now : undefined;
  const milliseconds = Number(header(headers, "retry-after-ms") ?? Number.NaN);
  const hints = [seconds, date, milliseconds, saidWaitMs(message)].map((hint) =>
    hint === undefined ? undefined : positive(hint),
  );
  const known = hints.filter((hint) => hint !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
