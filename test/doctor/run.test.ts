import { expect, test } from "vitest";
import type { Check, CheckReport, Context, Verdict } from "../../src/app/doctor/check.ts";
import { fails, finder } from "../../src/app/doctor/check.ts";
import { worstCode } from "../../src/app/doctor/doctor.ts";
import { runChecks } from "../../src/app/doctor/run.ts";
import { lookUntilWell } from "../../src/app/doctor/wait.ts";
import { systemWorld } from "../../src/app/doctor/world.ts";
import { lectern } from "../support/cli.ts";
import { testConfig } from "../support/config.ts";
import { collect } from "../support/fakes.ts";
import { emulated, shortLimits } from "./harness.ts";

const faults = {
  broken: fails("network", "it is broken"),
  unset: fails("config", "it is not set"),
  "role-missing": fails("auth", "no role"),
};
const found = finder(faults);

const check = (id: string, needs: readonly string[], run: Check["run"]): Check => ({ id, about: "", faults, needs, run });
const ok = (): Verdict => ({ note: "well." });
const fault = (id: keyof typeof faults) => (): Verdict => ({ findings: [found(id, { cause: `It is ${id}.`, fix: "Mend it." })] });

async function run(checks: readonly Check[], limits: Partial<typeof shortLimits> = {}): Promise<CheckReport[]> {
  const config = await testConfig();
  const world = systemWorld({}, { ...shortLimits, ...limits });
  const context = { config, world, facts: {}, redact: (text: string) => text, signal: new AbortController().signal } as Context;
  return collect(runChecks(checks, context));
}

test("a check whose need failed is skipped, and the reason is the first failure of the chain", async () => {
  const reports = await run([
    check("one", [], fault("broken")),
    check("two", ["one"], ok),
    check("three", ["two"], ok),
    check("four", [], ok),
  ]);
  expect(reports.map(({ id, status, cause }) => `${id} ${status} ${cause}`)).toEqual([
    "one fail It is broken. [broken]",
    "two skip Skipped: one failed.",
    "three skip Skipped: one failed.",
    "four ok well.",
  ]);
});

test("a check that never ends is stopped in its time and does not hold up the others", async () => {
  const reports = await run([check("stuck", [], () => new Promise(() => {})), check("other", [], ok)], { checkMs: 50 });
  expect(reports.map(({ id, status }) => [id, status])).toEqual([
    ["stuck", "fail"],
    ["other", "ok"],
  ]);
  expect(reports[0]!.cause).toContain("[too-slow]");
});

test("what is left when the time of a run is over is skipped", async () => {
  const slow = check("slow", [], () => new Promise(() => {}));
  const reports = await run([slow, check("late", ["slow"], ok), check("also", ["late"], ok)], { runMs: 50, checkMs: 5_000 });
  expect(reports.map(({ status }) => status)).toEqual(["fail", "skip", "skip"]);
});

test("a check that breaks says that this is Lectern's own fault", async () => {
  const [report] = await run([check("mine", [], () => Promise.reject(new TypeError("undefined is not a function")))]);
  expect(report).toMatchObject({ status: "fail", findings: [{ id: "doctor-bug", code: "internal" }] });
});

test("the exit code is that of the worst finding, settings before the network", async () => {
  const reports = await run([check("one", [], fault("broken")), check("two", [], fault("unset"))]);
  expect(worstCode(reports)).toBe("config");
  expect(worstCode(reports.slice(0, 1))).toBe("network");
  expect(worstCode([])).toBeUndefined();
});

test("--wait looks again while only time can mend what fails, and gives the last look's report", async () => {
  const rounds = [await run([check("one", [], fault("role-missing"))]), await run([check("one", [], ok)])];
  const slept: number[] = [];
  const reports = await lookUntilWell({
    look: async function* () {
      yield* rounds.shift()!;
    },
    onReport: () => {},
    onPause: () => {},
    sleep: async (ms) => void slept.push(ms),
    now: () => 0,
  });
  expect(slept).toEqual([15_000]);
  expect(reports.map(({ status }) => status)).toEqual(["ok"]);
});

test("--wait does not wait for what time will not mend, nor without end", async () => {
  const looking = async (id: keyof typeof faults, waitMs: number) => {
    let looks = 0;
    let clock = 0;
    await lookUntilWell({
      look: async function* () {
        looks++;
        yield* await run([check("one", [], fault(id))]);
      },
      onReport: () => {},
      onPause: () => {},
      sleep: async (ms) => {
        clock += ms;
      },
      now: () => clock,
      waitMs,
    });
    return looks;
  };
  expect(await looking("unset", 900_000)).toBe(1);
  expect(await looking("role-missing", 60_000)).toBe(5);
});

test("several findings of a check stand on lines of their own, each with its fix below", async () => {
  const env = { OPENAI_BASE_URL: "https://api.openai.com/v1", NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const { stdout } = await lectern(["doctor"], { env });
  const lines = stdout.split("\n");
  const at = lines.findIndex((line) => line.startsWith("warn  environment"));
  expect(lines.slice(at, at + 4).map((line) => line.trim())).toEqual([
    expect.stringContaining("[openai-variables]"),
    expect.stringMatching(/^fix: unset OPENAI_BASE_URL/),
    expect.stringContaining("[tls-verification-off]"),
    expect.stringMatching(/^fix: unset NODE_TLS_REJECT_UNAUTHORIZED/),
  ]);
});

test("lectern doctor --json prints one object whose checks have exactly id, status, cause, fix and ms", async () => {
  const { code, stdout, stderr } = await lectern(["doctor", "--emulator", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { checks, ...rest } = JSON.parse(stdout) as { checks: object[] };
  expect(rest).toEqual({});
  for (const entry of checks) expect(Object.keys(entry)).toEqual(["id", "status", "cause", "fix", "ms"]);
});

test("lectern doctor exits 3 for settings and sign-in, 4 for the network and the service, 2 for its own flags", async () => {
  expect((await lectern(["doctor"])).code).toBe(3);
  await using healthy = await emulated();
  const env = { ...healthy.env, AZURE_OPENAI_API_KEY: "f".repeat(32) };
  expect((await lectern(["doctor"], { env })).code).toBe(3);
  const down = { ...healthy.env, AZURE_OPENAI_ENDPOINT: "http://127.0.0.1:9" };
  expect((await lectern(["doctor"], { env: down })).code).toBe(4);
  expect((await lectern(["doctor", "--api", "telnet"])).code).toBe(2);
});

test("lectern doctor prints a line a check, with the fix below what is wrong", async () => {
  const { stdout } = await lectern(["doctor", "--endpoint", "https://ai.azure.com", "--deployment", "default"], {
    env: { AZURE_OPENAI_API_KEY: "f".repeat(32) },
  });
  expect(stdout).toMatch(
    /^fail {2}endpoint {7}ai\.azure\.com is a web portal.*\[endpoint-is-portal\] \(\d+ ms\)\n +fix: Set AZURE_OPENAI_ENDPOINT/m,
  );
  expect(stdout).toMatch(/^skip {2}deployment {5}Skipped: endpoint failed\.$/m);
});
