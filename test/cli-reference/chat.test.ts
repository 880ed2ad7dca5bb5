import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { enter, Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-chat-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const world = { cwd: folder, env: { HOME: folder } };

test.each(["exit", "/quit", ":q", ""])(
  "a chat at a terminal says how it ends, and %j ends it without being asked of the model",
  async (word) => {
    const terminal = new Terminal(["chat", "--emulator", "--no-tools"], world);
    await terminal.answer("an empty line, exit or Ctrl-D ends.\n", `${word}${enter}`);
    expect(await terminal.code).toBe(0);
    expect(terminal.plain).not.toContain("tokens");
  },
);

test("a question that only begins like it is asked", async () => {
  const terminal = new Terminal(["chat", "--emulator", "--no-tools"], world);
  await terminal.answer("ends.\n", `exit interviews?${enter}`);
  await terminal.answer("model: emulator", enter);
  expect(await terminal.code).toBe(0);
});
