/** Entra and Azure allow this much between two clocks, in milliseconds. */
const toleratedMs = 5 * 60_000;

export const clockFix =
  "Set the clock by the network: timedatectl set-ntp true (Linux), w32tm /resync (Windows), sudo sntp -sS time.apple.com (macOS).";

/** By how much this machine's clock differs from that of whoever answered, in words; undefined where it is right, or the answer bears no date. */
export function clockGap(date: string | undefined, now: number): string | undefined {
  const offMs = date === undefined ? Number.NaN : now - Date.parse(date);
  if (!Number.isFinite(offMs) || Math.abs(offMs) < toleratedMs) return undefined;
  return `${Math.round(Math.abs(offMs) / 60_000)} minutes ${offMs > 0 ? "ahead of" : "behind"}`;
}
