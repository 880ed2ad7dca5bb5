import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ctrlC, enter, Terminal } from "./terminal.ts";

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

test.each(["/help", "/clear", "help", "?"])("%j in a chat says how to use it and is not asked of the model", async (word) => {
  const terminal = new Terminal(["chat", "--emulator", "--no-tools"], world);
  await terminal.answer("ends.\n", `${word}${enter}`);
  await terminal.answer("ends.\n", `exit${enter}`);
  expect(await terminal.code).toBe(0);
  expect(terminal.plain).not.toContain("tokens");
});

test("the first Ctrl-C stops the answer, a second one ends the chat", async () => {
  const service = createServer();
  const reached = once(service, "request");
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  const { port } = service.address() as AddressInfo;
  try {
    const azure = {
      AZURE_OPENAI_ENDPOINT: `http://127.0.0.1:${port}`,
      AZURE_OPENAI_DEPLOYMENT_NAME: "d",
      AZURE_OPENAI_API_KEY: "k",
    };
    const terminal = new Terminal(["chat", "--no-tools"], { cwd: folder, env: { ...world.env, ...azure } });
    await terminal.answer("ends.\n", `hello${enter}`);
    await reached;
    await terminal.answer("hello", `${ctrlC}${ctrlC}`);
    expect(await terminal.code).toBe(0);
    expect(terminal.plain).toContain("(stopped)");
  } finally {
    service.closeAllConnections();
    service.close();
  }
});
