import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../../src/cli/run.ts";
import { startEmulator } from "../../src/emulator/index.ts";

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

/** Runs a command at a terminal, where each line is typed as soon as what stands before it is shown. */
async function typing(args: readonly string[], steps: readonly (readonly [shown: string, typed: string])[]) {
  await using emulator = await startEmulator({
    script: (messages, tools) => {
      const last = messages.at(-1)!;
      if (last.role !== "user") return { text: "Painted." };
      return last.text.startsWith("paint") ? { toolCalls: [{ name: tools[0]!.name, arguments: "{}" }] } : { text: "Answered." };
    },
  });
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const waiting = [...steps];
  let all = "";
  let seen = 0;
  screen.on("data", (chunk: Buffer) => {
    all += chunk.toString();
    const [shown, typed] = waiting[0] ?? [];
    const at = shown === undefined ? -1 : all.indexOf(shown, seen);
    if (at < 0) return;
    waiting.shift();
    seen = at + shown!.length;
    // A prompt is written in several pieces.
    setImmediate(() => stdin.write(typed));
  });
  const state = mkdtempSync(join(folder, "state-"));
  const code = await runCli([...args, "--config", config], {
    ...{ stdin, stdout: screen, stderr: screen, cwd: folder, signal: new AbortController().signal },
    env: {
      ...{ PATH: process.env.PATH!, HOME: state, LECTERN_CACHE_DIR: state, LECTERN_STATE_DIR: state, NO_COLOR: "1" },
      ...{ AZURE_OPENAI_ENDPOINT: emulator.url, AZURE_OPENAI_DEPLOYMENT_NAME: "default", AZURE_OPENAI_API_KEY: emulator.key },
    },
  });
  return { code, screen: all, requests: emulator.requests };
}

test("in a chat, a server's question is withdrawn with the answer it was asked for: the next line is the model's, not the server's", async () => {
  const { code, screen, requests } = await typing(
    ["chat"],
    [
      ["> ", "paint it\r"],
      ["colour (! to decline): ", "\u0003"],
      ["> ", "what about leave?\r"],
      ["model: default\n", "exit\r"],
    ],
  );
  expect([code, screen]).toEqual([0, expect.stringMatching(/\(stopped\)[\s\S]*what about leave\?[\s\S]*Answered\./)]);
  expect(requests.filter(({ body }) => JSON.stringify(body).includes("what about leave?"))).toHaveLength(1);
});

test("a reply to a server's question reaches it, and Ctrl-C in its place ends the command", async () => {
  const asked = await typing(["ask", "paint it"], [["colour (! to decline): ", "blue\r"]]);
  expect([asked.code, JSON.stringify(asked.requests.at(-1)?.body)]).toEqual([0, expect.stringContaining("blue")]);
  const stopped = await typing(["ask", "paint it"], [["colour (! to decline): ", "\u0003"]]);
  expect([stopped.code, stopped.screen]).toEqual([130, expect.stringMatching(/\nlectern: Stopped\.\n$/)]);
  expect(stopped.screen).not.toContain("Painted.");
});
