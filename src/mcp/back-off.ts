/** Milliseconds before attempt `attempt` (from 1): 250, 500, 1,000, ... up to 30,000. */
export function backOffMs(attempt: number): number {
  return Math.min(250 * 2 ** (attempt - 1), 30_000);
}
