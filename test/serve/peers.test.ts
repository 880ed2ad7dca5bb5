import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HttpServing, serveTools } from "../../src/serve/serve-tools.ts";
import { toyApp } from "../support/toy-app.ts";

const peers = resolve(import.meta.dirname, "../peers/node_modules");
const here = existsSync(join(peers, "mcporter"));
if (!here) process.stderr.write("skipped: test/peers/node_modules is not here (npm ci --prefix test/peers)\n");

const home = mkdtempSync(join(tmpdir(), "lectern-peers-"));
let serving: HttpServing;
beforeAll(async () => {
  serving = await serveTools({ server: toyApp() });
});
afterAll(async () => {
  await serving.close();
  rmSync(home, { recursive: true, force: true });
});

const run = promisify(execFile);
const options = { env: { PATH: process.env.PATH, HOME: home }, timeout: 15_000 };
const bin = (name: string): string => join(peers, ".bin", name);
const inspector = async (...args: readonly string[]): Promise<string> =>
  (await run(process.execPath, [bin("mcp-inspector"), "--cli", ...args], options)).stdout;
const mcporter = async (...args: readonly string[]): Promise<string> =>
  (await run(process.execPath, [bin("mcporter"), ...args, "--http-url", serving.url, "--allow-http"], options)).stdout;

describe.runIf(here).concurrent("clients that others wrote", () => {
  test.each(["modern", "legacy"])("the inspector finds nothing to complain of in the tools (%s)", async (era) => {
    const listed = await inspector(
      serving.url,
      "--transport",
      "http",
      "--protocol-era",
      era,
      "--method",
      "tools/list",
      "--strict",
    );
    expect(listed).toContain('"name": "search_knowledge_base"');
  });

  test("the inspector calls over HTTP and over the transport of 2024", async () => {
    const call = ["--method", "tools/call", "--tool-name", "add", "--tool-arg", "a=20", "b=22"];
    expect(await inspector(serving.url, "--transport", "http", ...call)).toContain('"text": "42"');
    expect(await inspector(new URL("/sse", serving.url).href, "--transport", "sse", ...call)).toContain('"text": "42"');
  });

  test("mcporter lists and calls", async () => {
    expect(await mcporter("list")).toContain("function search_knowledge_base(query: string");
    expect(await mcporter("call", "add", "a=20", "b=22")).toContain("42");
  });

  test("mcp-remote bridges a stdio client to the server", async () => {
    const bridge = spawn(process.execPath, [bin("mcp-remote"), serving.url], { ...options, stdio: ["pipe", "pipe", "ignore"] });
    try {
      const say = (message: object): void => void bridge.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
      const clientInfo = { name: "test", version: "1" };
      say({ id: 1, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo } });
      let output = "";
      for await (const chunk of bridge.stdout) {
        output += String(chunk);
        if (output.includes('"id":2')) break;
        if (!output.includes('"id":1') || !output.endsWith("\n")) continue;
        say({ method: "notifications/initialized" });
        say({ id: 2, method: "tools/call", params: { name: "add", arguments: { a: 20, b: 22 } } });
      }
      expect(output).toContain('"text":"42"');
    } finally {
      bridge.kill("SIGKILL");
    }
  });

  test.each(["http", "sse"])("the Vercel client lists and calls over %s", async (type) => {
    const { createMCPClient } = (await import(join(peers, "@ai-sdk/mcp/dist/index.js"))) as VercelMcp;
    const url = type === "http" ? serving.url : new URL("/sse", serving.url).href;
    const client = await createMCPClient({ transport: { type, url } });
    const tools = await client.tools();
    const answer = await tools.add?.execute({ a: 20, b: 22 }, { toolCallId: "1", messages: [] });
    await client.close();
    expect(Object.keys(tools)).toContain("search_knowledge_base");
    expect(answer).toMatchObject({ content: [{ text: "42" }] });
  });
});

/** As much of `@ai-sdk/mcp` as is used here; it is not installed where the checks run. */
interface VercelMcp {
  createMCPClient(config: { transport: { type: string; url: string } }): Promise<{
    tools(): Promise<Record<string, { execute(args: object, options: object): Promise<unknown> } | undefined>>;
    close(): Promise<void>;
  }>;
}
