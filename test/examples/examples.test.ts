import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import type { AnswerJson } from "../../src/app/answer.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { createToolbox } from "../../src/mcp/index.ts";
import { exampleRunner } from "./run-example.ts";

const examples = resolve(import.meta.dirname, "../../examples");
const main = resolve(import.meta.dirname, "../../src/cli/main.ts");
const source = (file: string): string => readFileSync(resolve(examples, file), "utf8");
const runner = exampleRunner();
afterAll(() => runner[Symbol.dispose]());

/** An emulator of its own for each test: its requests are this test's. */
async function emulated(): Promise<Emulator & { readonly env: Readonly<Record<string, string>> }> {
  const emulator = await startEmulator();
  const env = {
    AZURE_OPENAI_ENDPOINT: emulator.url,
    AZURE_OPENAI_API_KEY: emulator.key,
    AZURE_OPENAI_DEPLOYMENT_NAME: "default",
  };
  return { ...emulator, env };
}

type Body = { readonly tools: { name: string }[]; readonly input: { type?: string; call_id?: string; output?: string }[] };
const bodies = (emulator: Emulator): Body[] => emulator.requests.map((request) => request.body as Body);

describe.concurrent("examples", () => {
  test("the simple client is at most 60 lines and uses nothing of Lectern's", () => {
    const text = source("simple-client.ts");
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    expect([...text.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier)).toEqual([
      "node:url",
      "@modelcontextprotocol/client",
      "@modelcontextprotocol/client/stdio",
      "openai",
      "openai/resources/responses/responses",
    ]);
  });

  test("the simple client lists the tools, lets the model call one, feeds the result back and prints the answer", async () => {
    await using emulator = await emulated();
    const { code, stdout } = await runner.run(["simple-client.ts"], emulator.env);
    expect(code).toBe(0);
    const [first, second] = bodies(emulator);
    expect(first!.tools.map((tool) => tool.name)).toContain("search_knowledge_base");
    const [, call, result] = second!.input;
    expect(call).toMatchObject({ type: "function_call", name: "search_knowledge_base" });
    expect(result).toMatchObject({ type: "function_call_output", call_id: call!.call_id });
    expect(result!.output).toContain("27 days of paid vacation");
    expect(stdout).toMatch(/^tool {2}search_knowledge_base[\s\S]*^call {2}[\s\S]*^result {2}\d+ characters\nanswer {2}\S/m);
  });

  test("the library in ten lines answers with a quote, with no account", async () => {
    const { code, stdout } = await runner.run(["ask.ts"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/20 weeks at full pay.* \[1\][\s\S]*^\[1\] leave\/parental-leave\.md:\d+ "/m);
  });

  test("the advanced client retries a throttled request, answers with quotes and keeps the conversation", async () => {
    await using emulator = await emulated();
    await using front = await throttledOnce(emulator.url);
    const { code, stdout, stderr } = await runner.run(["advanced-client.ts"], {
      ...emulator.env,
      AZURE_OPENAI_ENDPOINT: front.url,
      LECTERN_LOG_LEVEL: "info",
    });
    expect(code).toBe(0);
    expect(stderr).toContain("notice retry");
    expect(stderr).toContain('"msg":"turn done"');
    expect(stderr + stdout).not.toContain(emulator.key);
    expect(stdout).toMatch(/\[1\] (kb\.json|leave\/vacation\.md):\d+ "/);
    const last = JSON.stringify(bodies(emulator).at(-1)!.input);
    expect(last).toContain("vacation policy");
    expect(last).toContain("security incident");
  });

  test("the advanced client names every missing variable before it starts anything", async () => {
    const { code, stderr } = await runner.run(["advanced-client.ts"]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: "Not set: AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_DEPLOYMENT_NAME.\n" });
  });

  test("without a key the advanced client uses an Azure identity, and sends its token to Azure's hosts only", async () => {
    await using emulator = await emulated();
    const { code, stderr } = await runner.run(["advanced-client.ts"], { ...emulator.env, AZURE_OPENAI_API_KEY: "" });
    expect(code).toBe(1);
    expect(stderr).toContain("auth: 'entra'");
    expect(stderr).toMatch(/^config: An Entra token is only sent to Azure's own hosts/m);
    expect(emulator.requests).toEqual([]);
  });

  test("the knowledge server offers its own tool beside the knowledge tools to any MCP client", async () => {
    const command = { type: "stdio", command: process.execPath, args: [resolve(examples, "knowledge-server.ts")] } as const;
    await using toolbox = await createToolbox({ mine: { ...command, env: { ...runner.env } } });
    expect(toolbox.tools().map((tool) => tool.tool)).toContain("search_knowledge_base");
    const name = toolbox.tools().find((tool) => tool.tool === "count_documents")!.name;
    const { content } = await toolbox.call({ id: "1", name, arguments: "{}" });
    expect(content).toEqual([{ type: "text", text: expect.stringMatching(/^\d+ documents, \d+ passages, in en\.$/) }]);
  });

  test("a function becomes a tool whose result the answer cites", async () => {
    await using emulator = await emulated();
    const { code, stdout } = await runner.run(["custom-tool.ts"], emulator.env);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'call  stock_level {"item":"monitor"}',
        "answer  There are 14 pieces of monitor in stock. [1]",
        '[1]  tools:stock_level#1  "There are 14 pieces of monitor in stock."',
        "",
      ].join("\n"),
    );
  });

  test.each([
    ["json.config.json", "knowledge/search_knowledge_base", "kb://kb/kb.json#q1", "27 days"],
    ["markdown.config.json", "knowledge/search_knowledge_base", "kb://handbook/leave/vacation.md#how-much-you-have", "27 days"],
    ["foreign.config.json", "wiki/search_wiki", "wiki:search_wiki#1", "25 days"],
  ])("the backend is swapped by configuration alone: %s", async (config, tool, uri, says) => {
    await using emulator = await emulated();
    const { code, stdout } = await runner.run(["swap-the-backend/client.ts", config], emulator.env);
    expect(code).toBe(0);
    expect(stdout).toContain(`call  ${tool}\n`);
    expect(stdout).toContain(`[1]  ${uri}  "`);
    expect(stdout).toContain(says);
  });

  test("the client of the swapped backends names none of them", () => {
    const code = source("swap-the-backend/client.ts").replace(/^\/\/.*$/gm, "");
    expect(code).not.toMatch(/kb\.json|handbook|wiki|search_/);
  });

  test("knowledge is served on one machine behind a token, and asked for on another", async () => {
    const token = "a-token-of-this-test-0123456789abcdef";
    await using served = await servedKnowledge(token);
    const config = resolve(examples, "split/client.config.json");
    const args = [main, "ask", "--emulator", "--json", "--config", config, "What is our vacation policy?"];
    const env = { KNOWLEDGE_URL: served.url, KNOWLEDGE_TOKEN: token };
    const { code, stdout } = await runner.run(args, env);
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as AnswerJson;
    expect(answer.outcome).toBe("answered");
    expect(answer.tool_calls[0]).toMatchObject({ server: "handbook", tool: "search_knowledge_base", ok: true });
    const refused = JSON.parse((await runner.run(args, { ...env, KNOWLEDGE_TOKEN: "wrong" })).stdout) as AnswerJson;
    expect(refused.tool_calls).toEqual([]);
  });

  test("a program of one's own is tested against scripted answers, refusals and faults", async () => {
    const { code, stdout, stderr } = await runner.run(["emulator-in-tests.ts"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("3 checks passed, 4 requests\n");
  });

  test("any example runs with no account on the emulator", async () => {
    const { code, stdout } = await runner.run(["on-emulator.ts", "custom-tool.ts", "How many keyboard pieces are in stock?"]);
    expect(code).toBe(0);
    expect(stdout).toContain("There are 3 pieces of keyboard in stock. [1]");
  });
});

/** `lectern knowledge serve --http` behind a token, as a process of its own on a free port. */
async function servedKnowledge(token: string): Promise<AsyncDisposable & { readonly url: string }> {
  const tokenFile = resolve(runner.env.HOME!, "token.txt");
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const source = resolve(examples, "../data/kb.json");
  const auth = ["--auth", "token", "--token-file", tokenFile];
  const args = [main, "knowledge", "serve", "--source", source, "--http", "127.0.0.1:0", ...auth];
  const child = spawn(process.execPath, args, { env: runner.env, stdio: ["ignore", "ignore", "pipe"] });
  const exit = once(child, "exit");
  const ready = await new Promise<string>((line, failed) => {
    createInterface({ input: child.stderr }).once("line", line);
    child.once("exit", () => failed(new Error("the knowledge server ended")));
  });
  return {
    url: (JSON.parse(ready) as { readonly url: string }).url,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exit;
    },
  };
}

/** Answers the first request with 429 as Azure does, and passes the others on to `target`. */
async function throttledOnce(target: string): Promise<AsyncDisposable & { readonly url: string }> {
  let refused = false;
  const server = createServer((incoming, outgoing) => {
    if (!refused) {
      refused = true;
      incoming.resume();
      outgoing.writeHead(429, { "content-type": "application/json", "retry-after-ms": "1" });
      outgoing.end('{"error":{"code":"429","message":"Rate limit is exceeded. Please retry later."}}');
      return;
    }
    const { host: _, ...headers } = incoming.headers;
    const onward = httpRequest(`${target}${incoming.url}`, { method: incoming.method ?? "GET", headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
