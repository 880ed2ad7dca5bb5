import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { lectern } from "../support/cli.ts";

/** What a terminal acts on, or does not show; newline and tab are harmless. */
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;
const hostile = "\u001b]0;owned\u0007\u001b[2J\u001b[1m\u009b31m\u202egnp\u{e0041}";

const folder = mkdtempSync(join(tmpdir(), "lectern-terminal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** A server that says hostile things wherever a server can say something. */
const server = write(
  "hostile.mjs",
  `const hostile = ${JSON.stringify(hostile)};
  const answers = {
    initialize: () => ({ protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: hostile, version: hostile }, instructions: hostile }),
    "tools/list": () => ({ tools: [{ name: "say", description: "Says " + hostile, inputSchema: { type: "object", properties: { [hostile]: { type: "string" } } } }, { name: "odd" + hostile, description: hostile, inputSchema: { type: "object" } }] }),
    "tools/call": ({ name }) => ({ content: [{ type: "text", text: name + hostile }], isError: name !== "say" }),
  };
  process.stderr.write(hostile + "\\n");
  let text = "";
  for await (const chunk of process.stdin) {
    const lines = (text += chunk).split("\\n");
    text = lines.pop();
    for (const line of lines) {
      const { id, method, params } = JSON.parse(line);
      if (id === undefined) continue;
      const result = answers[method]?.(params);
      const error = { code: -32601, message: "no " + hostile };
      process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, ...(result ? { result } : { error }) }) + "\\n");
    }
  }`,
);
const dead = write("dead.mjs", `process.stderr.write(${JSON.stringify(hostile)}); process.exitCode = 7;`);
const mcpServers = {
  hostile: { command: process.execPath, args: [server], env: { NOTE: hostile } },
  dead: { command: process.execPath, args: [dead] },
};
const config = write("servers.json", JSON.stringify({ mcpServers, instructions: hostile, azure: { deployment: hostile } }));
const knowledge = join(folder, "knowledge");
mkdirSync(knowledge);
write(
  "knowledge/page.md",
  `---\nowner: "${hostile}"\ntitle: "${hostile}"\n---\n# Badges ${hostile}\n\nLost badges ${hostile}cost 12 pounds, see [this](no${hostile}.md).\n`,
);
write("knowledge/bad.json", hostile);
const source = ["--source", knowledge];
const command = `${process.execPath} ${server}`;

test.each([
  ["a model's answer", ["ask", "--emulator", ...source, "What do lost badges cost?"]],
  ["tools", ["tools", "--emulator", "--explain", "--config", config]],
  ["mcp list", ["mcp", "list", "--config", config]],
  ["mcp tools", ["mcp", "tools", "--config", config]],
  ["mcp call", ["mcp", "call", "--command", command, "say"]],
  ["a failing mcp call", ["mcp", "call", "--command", command, "odd"]],
  ["mcp call of a dead server", ["mcp", "call", "--command", `${process.execPath} ${dead}`, "say"]],
  ["mcp trust", ["mcp", "trust", "hostile", "--config", config]],
  ["knowledge search", ["knowledge", "search", "lost badges", ...source]],
  ["knowledge topics", ["knowledge", "topics", ...source]],
  ["knowledge get", ["knowledge", "get", "page.md", ...source]],
  ["knowledge lint", ["knowledge", "lint", ...source]],
  ["knowledge index", ["knowledge", "index", ...source]],
  ["config", ["config", "--show-origin", "--config", config]],
  ["doctor", ["doctor", "--emulator", "--config", config, ...source]],
  ["init", ["init", "--yes", "--import", config]],
  ["an unknown command", [`as${hostile}k`]],
  ["an unknown flag", ["ask", `--emu${hostile}`, "x"]],
] as const)("%s: what others say cannot steer the terminal", async (_, args) => {
  const { stdout, stderr } = await lectern(args, { cwd: mkdtempSync(join(folder, "here-")) });
  expect(stdout + stderr).toMatch(/\S/);
  expect(stdout + stderr).not.toMatch(steering);
});

test("on a terminal with colours, the only escapes are Lectern's own styles: foreign text cannot even be bold", async () => {
  const { stdout } = await lectern(["knowledge", "search", "lost badges", ...source], { env: { FORCE_COLOR: "1" } });
  expect(stdout).toMatch(/^\u001b\[1mpage\.md:\d+\u001b\[22m/);
  expect(stdout.split("\u001b[1m")).toHaveLength(stdout.split("\n    ").length);
  expect(stdout.replace(/\u001b\[(?:1|2|22)m/g, "")).not.toMatch(steering);
});

test("machine output holds the same characters as JSON escapes, so that nothing is lost and nothing steers", async () => {
  const { stdout } = await lectern(["knowledge", "get", "page.md", "--json", ...source]);
  expect(stdout).not.toMatch(steering);
  expect(stdout).toContain("\\u009b31m\\u202egnp\\udb40\\udc41");
  expect((JSON.parse(stdout) as { text: string }).text).toContain("\u009b31m\u202egnp\u{e0041}cost");
});

test("terminal escapes, hidden and direction-changing characters of the model never reach the terminal", async () => {
  await using emulator = await startEmulator({
    script: [{ when: { lastUser: /hello/ }, reply: { text: `Safe ${hostile} end` } }],
  });
  const env = {
    AZURE_OPENAI_ENDPOINT: emulator.url,
    AZURE_OPENAI_DEPLOYMENT_NAME: "default",
    AZURE_OPENAI_API_KEY: emulator.key,
  };
  const { stdout, stderr } = await lectern(["ask", "--no-tools", "hello"], { env });
  expect(stdout).toMatch(/Safe [\s\S]* end/);
  expect(stdout + stderr).not.toMatch(steering);
});
