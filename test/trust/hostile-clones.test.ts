import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lectern } from "../support/cli.ts";
import { type Canary, clone, secret, startCanary, write } from "./clone.ts";
import { hostileClones, type Traps } from "./hostile-clones.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-trust-"));
const caught = join(folder, "caught");
let canary: Canary;
const traps = (): Traps => ({
  url: canary.url,
  port: canary.port,
  touch: { command: "touch", args: [caught] },
  outside: join(folder, "user"),
});
beforeAll(async () => {
  canary = await startCanary();
  write(folder, "user/.env", `AZURE_OPENAI_API_KEY=${secret}\n`);
  write(folder, "user/notes/diary.md", "# Diary\n\nHello hello.\n");
  write(folder, "user/config/lectern/config.json", { azure: { endpoint: "https://mine.openai.azure.com" } });
});
afterAll(async () => {
  await canary[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const titles = hostileClones({ url: "http://x:1", port: 1, touch: { command: "", args: [] }, outside: "" }).map(
  (row) => row.title,
);

test("there are at least thirty hostile clones, each another one", () => {
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThanOrEqual(30);
});

test.each(titles.map((title, index) => [title, index] as const))(
  "a clone %s starts nothing, gets nothing and is told",
  async (_, index) => {
    const { files, args = ["ask", "--emulator", "--no-input", "hello"], env, says, code } = hostileClones(traps())[index]!;
    using project = clone(files);
    const before = canary.seen.length;
    const run = await lectern(args, { cwd: project.folder, env: { AZURE_OPENAI_API_KEY: secret, ...env } });
    expect(run.stderr).toMatch(says);
    expect(run.stderr + run.stdout).not.toContain(secret);
    expect(run.stderr).not.toMatch(/[\x00-\x08\x0b-\x1f\u202e]/);
    expect({ code: run.code, sent: canary.seen.slice(before), started: existsSync(caught) }).toEqual({
      code,
      sent: [],
      started: false,
    });
  },
);
