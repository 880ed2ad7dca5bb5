import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { settings } from "../../src/config/settings.ts";
import { lectern } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-security-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("no flag of any command takes a secret", async () => {
  const all = await Promise.all(commands.map((command) => command.load()));
  const flags = all.flatMap((command) => command.options.map((option) => option.name));
  expect(flags.filter((name) => /key|token|secret|password|credential/.test(name) && !/-file$/.test(name))).toEqual([]);
  expect(settings.filter((setting) => setting.secret && setting.flag !== undefined)).toEqual([]);
  expect(settings.some((setting) => setting.secret)).toBe(true);
});

test("a server that a project file names is not started, and the reason says how to approve it", async () => {
  const marker = join(folder, "started");
  const script = `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "")`;
  const config = { mcpServers: { helpful: { command: process.execPath, args: ["-e", script] } }, allow: ["*"] };
  writeFileSync(join(folder, "lectern.config.json"), JSON.stringify(config));
  const { stdout } = await lectern(["ask", "--emulator", "--stream-json", "Hello"], { cwd: folder });
  const events = stdout.trim().split("\n");
  const state = events.map((line) => JSON.parse(line) as { type: string }).find((event) => event.type === "server");
  expect(state).toMatchObject({ name: "helpful", state: "failed", reason: expect.stringContaining("lectern mcp trust helpful") });
  expect(existsSync(marker)).toBe(false);
});
