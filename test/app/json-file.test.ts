import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JsonFile } from "../../src/app/json-file.ts";

test.runIf(process.platform === "linux")("a folder that cannot be made is told, not waited for", () => {
  expect(new JsonFile("/proc/lectern/state/trust.json", {}).update(() => ({ a: 1 }))).toBe(false);
});

test("a file is written with its folders, for the user only, and read again", () => {
  const folder = mkdtempSync(join(tmpdir(), "lectern-json-"));
  try {
    const path = join(folder, "state", "lectern", "trust.json");
    const file = new JsonFile<{ readonly a?: number }>(path, {});
    expect([file.update(({ a = 0 }) => ({ a: a + 1 })), file.update(({ a = 0 }) => ({ a: a + 1 }))]).toEqual([true, true]);
    expect(new JsonFile<object>(path, {}).read()).toEqual({ a: 2 });
    if (process.platform !== "win32")
      expect([path, join(folder, "state")].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o700]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
