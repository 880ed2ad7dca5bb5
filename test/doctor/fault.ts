import { expect, test } from "vitest";
import { blamed, examine, type Setup } from "./harness.ts";

/** A seeded fault: what is wrong, and which check must name it. Nothing else may be blamed. */
export interface SeededFault {
  /** `check: fault id` of docs/reference/doctor.md. */
  readonly named: string;
  /** What was done to the world, for the test's title. */
  readonly when: string;
  /** Words that the cause and the fix must hold, since an id alone helps nobody. */
  readonly says: readonly RegExp[];
  readonly setup: (stack: AsyncDisposableStack) => Promise<Setup> | Setup;
}

/** One test per fault: the right cause is named, with words that help, and nothing else is blamed. */
export function testFaults(faults: readonly SeededFault[]): void {
  for (const { named, when, says, setup } of faults) {
    test(`${named} is named when ${when}`, async () => {
      await using stack = new AsyncDisposableStack();
      const reports = await examine(await setup(stack));
      expect(blamed(reports)).toEqual([named]);
      const report = reports.find((candidate) => candidate.findings.length > 0)!;
      for (const words of says) expect(`${report.cause}\n${report.fix}`).toMatch(words);
      expect(report.cause).toContain(`[${named.split(": ")[1]}]`);
    });
  }
}
