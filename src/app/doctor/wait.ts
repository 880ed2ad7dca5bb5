import type { CheckReport } from "./check.ts";

/** Findings that time alone may mend: a role or a deployment on its way, a service in trouble. */
const passing: readonly string[] = ["role-missing", "deployment-unknown", "rate-limited", "no-capacity", "service-down"];

/** True as long as all that fails may mend itself. */
function isWorthWaiting(reports: readonly CheckReport[]): boolean {
  const failing = reports.flatMap(({ findings }) => findings.filter((finding) => finding.status === "fail"));
  return failing.length > 0 && failing.every((finding) => passing.includes(finding.id));
}

export interface WaitOptions {
  /** One run of the doctor. */
  readonly look: () => AsyncIterable<CheckReport>;
  readonly onReport: (report: CheckReport) => void;
  /** Called before each pause. */
  readonly onPause: (pauseMs: number) => void;
  /** Rejects with the reason when the user stops it. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Between two looks, in milliseconds. Default 15,000. */
  readonly pauseMs?: number;
  /** How long to go on, in milliseconds. Default 900,000: a new role takes up to some ten minutes. */
  readonly waitMs?: number;
}

/** Looks again and again while only time can mend what fails; gives the reports of the last look. */
export async function lookUntilWell(options: WaitOptions): Promise<readonly CheckReport[]> {
  const { look, onReport, onPause, sleep, now, pauseMs = 15_000, waitMs = 900_000 } = options;
  const until = now() + waitMs;
  for (;;) {
    const reports: CheckReport[] = [];
    for await (const report of look()) {
      reports.push(report);
      onReport(report);
    }
    if (!isWorthWaiting(reports) || now() + pauseMs > until) return reports;
    onPause(pauseMs);
    await sleep(pauseMs);
  }
}
