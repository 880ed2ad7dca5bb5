import type { Check, CheckReport, CheckStatus, Context, Finding, Verdict } from "./check.ts";

/**
 * Runs checks side by side as far as their needs allow, and yields their reports in the given order. A check that takes longer than
 * `limits.checkMs`, or that is still at work when `limits.runMs` are over, is stopped and says so.
 */
export async function* runChecks(checks: readonly Check[], context: Context): AsyncGenerator<CheckReport> {
  const { limits } = context.world;
  const over = AbortSignal.timeout(limits.runMs);
  const reports = new Map<string, Promise<CheckReport>>();
  /** What the checks that were skipped were skipped for: the first failure, not the last link of the chain. */
  const reasons = new Map<string, string>();
  for (const check of checks) reports.set(check.id, report(check));
  for (const pending of reports.values()) yield await pending;

  async function report(check: Check): Promise<CheckReport> {
    // A check may need one that stands below it in the report, so all of them must be known first.
    await null;
    for (const need of check.needs) {
      const needed = await reports.get(need);
      if (needed === undefined || needed.status === "ok" || needed.status === "warn") continue;
      const reason = needed.status === "fail" ? `${need} failed` : (reasons.get(need) ?? `${need} was skipped`);
      reasons.set(check.id, reason);
      return skipped(check, reason);
    }
    context.signal.throwIfAborted();
    if (over.aborted) return skipped(check, `the ${limits.runMs / 1000} s of a run were over`);
    return await runOne(check, context, over);
  }
}

async function runOne(check: Check, context: Context, over: AbortSignal): Promise<CheckReport> {
  const { now, limits } = context.world;
  const begin = now();
  const time = AbortSignal.timeout(limits.checkMs);
  const signal = AbortSignal.any([context.signal, over, time]);
  const verdict = await Promise.race([attempt(check, { ...context, signal }), stopped(signal)]).catch((thrown: unknown) => {
    context.signal.throwIfAborted();
    const tooLong = time.aborted || over.aborted;
    return { findings: [tooLong ? timedOut(limits.checkMs) : ownFault(thrown)] } satisfies Verdict;
  });
  return toReport(check, verdict, { ms: Math.max(0, Math.round(now() - begin)), redact: context.redact });
}

async function attempt(check: Check, context: Context): Promise<Verdict> {
  return check.run(context);
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** The two findings that any check can have. */
export const commonFaults = {
  "too-slow": {
    status: "fail",
    code: "network",
    when: "The check was still waiting when its time, or that of the whole run, was over.",
  },
  "doctor-bug": { status: "fail", code: "internal", when: "The check itself broke: a bug in Lectern." },
} as const;

function timedOut(ms: number): Finding {
  return {
    ...commonFaults["too-slow"],
    id: "too-slow",
    cause: `There was no result within ${ms / 1000} s.`,
    fix: "Run lectern doctor again; if it stays, look at the network between this machine and the endpoint.",
  };
}

function ownFault(thrown: unknown): Finding {
  return {
    ...commonFaults["doctor-bug"],
    id: "doctor-bug",
    cause: `The check itself broke: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    fix: "This is a bug in Lectern; report it with the output of lectern doctor --json.",
  };
}

function skipped(check: Check, reason: string): CheckReport {
  return { id: check.id, status: "skip", cause: `Skipped: ${reason}.`, fix: null, ms: 0, findings: [] };
}

function toReport(check: Check, verdict: Verdict, { ms, redact }: { ms: number; redact: Context["redact"] }): CheckReport {
  if ("skip" in verdict) return { ...skipped(check, redact(verdict.skip)), ms };
  const findings = "findings" in verdict ? verdict.findings : [];
  const note = verdict.note ?? "";
  if (findings.length === 0) return { id: check.id, status: "ok", cause: redact(note), fix: null, ms, findings: [] };
  const status: CheckStatus = findings.some((finding) => finding.status === "fail") ? "fail" : "warn";
  const causes = findings.map((finding) => `${oneLine(finding.cause)} [${finding.id}]`);
  return {
    id: check.id,
    status,
    cause: redact([...causes, ...(note === "" ? [] : [note])].join("\n")),
    fix: redact(findings.map((finding) => oneLine(finding.fix)).join("\n")),
    ms,
    findings,
  };
}

/** Line ends separate the findings of a check, so none may have its own. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
