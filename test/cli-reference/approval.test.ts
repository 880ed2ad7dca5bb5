import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { lectern } from "../support/cli.ts";
import { ctrlC, enter, Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-approval-"));
const ctrlD = "\u0004";
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({
    script: [
      { when: { afterTool: "weather__forecast" }, reply: { text: "Done." } },
      { when: { lastUser: /weather/ }, reply: { toolCalls: [{ name: "weather__forecast", arguments: '{"city":"Paris"}' }] } },
    ],
  });
});

afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

const server = join(folder, "weather.mjs");
writeFileSync(
  server,
  `const answers = {
    initialize: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "weather", version: "1" } },
    "tools/list": { tools: [{ name: "forecast", description: "The weather.", inputSchema: { type: "object", properties: { city: { type: "string" } } } }] },
    "tools/call": { content: [{ type: "text", text: "Sunny." }] },
  };
  let text = "";
  for await (const chunk of process.stdin) {
    const lines = (text += chunk).split("\\n");
    text = lines.pop();
    for (const line of lines) {
      const { id, method } = JSON.parse(line);
      const answer = answers[method] ? { result: answers[method] } : { error: { code: -32601, message: "no" } };
      if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, ...answer }) + "\\n");
    }
  }`,
);
const config = join(folder, "servers.json");
const mcpServers = { weather: { command: process.execPath, args: [server] } };
writeFileSync(config, JSON.stringify({ mcpServers }));

const open = (args: readonly string[]): Terminal =>
  new Terminal(args, {
    cwd: folder,
    env: {
      HOME: folder,
      PATH: process.env.PATH!,
      AZURE_OPENAI_ENDPOINT: emulator.url,
      AZURE_OPENAI_DEPLOYMENT_NAME: "default",
      AZURE_OPENAI_API_KEY: emulator.key,
    },
  });
const question = "How is the weather?";

test.each([
  ["y", `y${enter}`, 0, "· weather: forecast"],
  ["anything else", `sure${enter}`, 0, "✗ not run: refused at the terminal"],
  ["Ctrl-D, which is no yes", ctrlD, 0, "✗ not run: refused at the terminal"],
  ["Ctrl-C, which stops the question", ctrlC, 130, "lectern: Stopped.\n"],
])("asked whether a tool may run, the person replies with %s", async (_, keys, code, shown) => {
  const terminal = open(["ask", "--config", config, question]);
  await terminal.answer("Run it? [y/N]", keys);
  expect(await terminal.code).toBe(code);
  expect(terminal.plain).toContain('{"city":"Paris"}');
  expect(terminal.plain).toContain(shown);
});

test("in a chat, Ctrl-C at that question stops the answer and the chat goes on", async () => {
  const terminal = open(["chat", "--config", config]);
  await terminal.answer("ends.\n", `${question}${enter}`);
  await terminal.answer("Run it? [y/N]", ctrlC);
  await terminal.answer("(stopped)", enter);
  expect(await terminal.code).toBe(0);
});

test.each([
  ["Ctrl-D", ctrlD, 3, "Not approved."],
  ["Ctrl-C", ctrlC, 130, "lectern: Stopped."],
])("a server of the project is not approved by %s", async (_, keys, code, shown) => {
  writeFileSync(join(folder, ".mcp.json"), JSON.stringify({ mcpServers }));
  const terminal = open(["mcp", "trust", "weather"]);
  await terminal.answer("[y/N]", keys);
  expect(await terminal.code).toBe(code);
  expect(terminal.plain).toContain(shown);
  const { stdout } = await lectern(["mcp", "list"], { cwd: folder });
  expect(stdout).toMatch(/^weather: waits for approval\n/);
});

test("the tools of a server that nobody configured are a usage error with the one that was meant", async () => {
  const { code, stderr } = await lectern(["mcp", "tools", "wether", "--config", config]);
  expect(code).toBe(2);
  expect(stderr).toBe('lectern: No configuration names a server "wether".\n  fix: Did you mean weather?\n');
});
