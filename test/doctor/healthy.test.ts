import { expect, test } from "vitest";
import { blamed, emulated, examine } from "./harness.ts";

test("a healthy setup gives neither a failure nor a warning", async () => {
  await using healthy = await emulated();
  const reports = await examine({ env: healthy.env, sources: ["data"].map((path) => `${process.cwd()}/${path}`) });
  expect(blamed(reports)).toEqual([]);
  expect(reports.filter((report) => report.status !== "ok")).toEqual([]);
  expect(reports.map((report) => report.id)).toEqual([
    "configuration",
    "environment",
    "endpoint",
    "dns",
    "connection",
    "credential",
    "deployment",
    "tools",
    "stream",
    "limits",
    "model",
    "knowledge",
  ]);
});
