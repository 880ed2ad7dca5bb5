import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { lectern } from "../support/cli.ts";

const root = resolve(import.meta.dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "lectern-trace-test-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const env = { PATH: process.env.PATH ?? "", HOME: home, LECTERN_CACHE_DIR: join(home, "cache"), NO_COLOR: "1" };
const node = (...args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

test("--trace shows the seven steps from question to answer with their JSON, and the answer stays alone on stdout", async () => {
  const question = "How do I report a security incident?";
  const source = resolve(root, "data/kb.json");
  const { stdout, stderr } = await lectern(["ask", "--emulator", "--source", source, "--quiet", "--trace", question]);
  const parts = stderr.split(/^\[(\d)\/7\] .+$/m).slice(1);
  const steps = new Map(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1]!] as const] : [])));
  expect([...steps.keys()]).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  expect(steps.get("1")).toContain(`"question": "${question}"`);
  expect(steps.get("2")).toMatch(/"role": "system"[\s\S]*"role": "user"[\s\S]*"tools": \[[\s\S]*search_knowledge_base/);
  expect(steps.get("3")).toContain('"tool": "search_knowledge_base"');
  expect(steps.get("4")).toMatch(/"decision": "allowed"[\s\S]*"method": "tools\/call"/);
  expect(steps.get("5")).toMatch(/"ok": true[\s\S]*Report it at once/);
  expect(steps.get("6")).toMatch(/"role": "tool"[\s\S]*\[\[[a-z0-9]{4}\.\d+\]\] Report it at once/);
  expect(steps.get("7")).toMatch(/"outcome": "answered"[\s\S]*"verified": true/);
  expect(stdout).toMatch(/\[1\]\n {2}\[1\] kb\.json:\d+ /);
  expect(stdout).not.toContain("/7]");
});

test("the guide's page of the seven steps is what the program does today", () => {
  const { status, stderr } = node("bin/generate-how-it-works.mjs", "--check");
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
