import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { ctrlC, enter, Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-asked-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server whose tool asks the person for a colour. */
const server = join(folder, "asks.mjs");
writeFileSync(
  server,
  `const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
  const calls = [];
  let text = "";
  for await (const chunk of process.stdin) {
    const lines = (text += chunk).split("\\n");
    text = lines.pop();
    for (const { id, method, result, error } of lines.map((line) => JSON.parse(line))) {
      if (method === "initialize")
        send({ id, result: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "s", version: "1" } } });
      else if (method === "tools/list") send({ id, result: { tools: [{ name: "paint", inputSchema: { type: "object" } }] } });
      else if (method === "tools/call") {
        calls.push(id);
        const properties = { colour: { type: "string" } };
        send({ id: "asking", method: "elicitation/create", params: { message: "Which?", requestedSchema: { type: "object", properties } } });
      } else if (id === "asking") send({ id: calls.pop(), result: { content: [{ type: "text", text: JSON.stringify(result ?? error) }] } });
      else if (id !== undefined) send({ id, error: { code: -32601, message: "no" } });
    }
  }`,
);
const config = join(folder, "servers.json");
writeFileSync(config, JSON.stringify({ mcpServers: { s: { command: process.execPath, args: [server] } }, allow: ["s/*"] }));

const start = () =>
  startEmulator({
    script: (messages, tools) => {
      const last = messages.at(-1)!;
      if (last.role !== "user") return { text: "Painted." };
      return last.text.startsWith("paint") ? { toolCalls: [{ name: tools[0]!.name, arguments: "{}" }] } : { text: "Answered." };
    },
  });

const open = (emulator: Emulator, ...args: readonly string[]): Terminal =>
  new Terminal([...args, "--config", config], {
    cwd: folder,
    env: {
      ...{ PATH: process.env.PATH!, HOME: folder },
      ...{ AZURE_OPENAI_ENDPOINT: emulator.url, AZURE_OPENAI_DEPLOYMENT_NAME: "default", AZURE_OPENAI_API_KEY: emulator.key },
    },
  });

const asksForColour = "colour (! to decline): ";

test("in a chat, a server's question is withdrawn with the answer it was asked for: the next line is the model's, not the server's", async () => {
  await using emulator = await start();
  const terminal = open(emulator, "chat");
  await terminal.answer("> ", `paint it${enter}`);
  await terminal.answer(asksForColour, ctrlC);
  await terminal.answer("(stopped)", "");
  await terminal.answer("> ", `what about leave?${enter}`);
  await terminal.answer("model: default", `exit${enter}`);
  expect(await terminal.code).toBe(0);
  expect(JSON.stringify(emulator.requests.at(-1)?.body)).toContain("what about leave?");
});

test("a reply to a server's question reaches it, and Ctrl-C in its place ends the command", async () => {
  await using emulator = await start();
  const asked = open(emulator, "ask", "paint it");
  await asked.answer(asksForColour, `blue${enter}`);
  expect([await asked.code, JSON.stringify(emulator.requests.at(-1)?.body)]).toEqual([0, expect.stringContaining("blue")]);
  const { length } = emulator.requests;
  const stopped = open(emulator, "ask", "paint it");
  await stopped.answer(asksForColour, ctrlC);
  expect([await stopped.code, stopped.plain]).toEqual([130, expect.stringMatching(/\nlectern: Stopped\.\n$/)]);
  expect(emulator.requests).toHaveLength(length + 1);
});
