import { expect, test } from "vitest";
import { LecternError } from "../../src/core/errors.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { ServedTool } from "../../src/core/served-tools.ts";
import { toyApp } from "../support/toy-app.ts";
import { handshake, modernMeta, stdioClient } from "./stdio-client.ts";

const tool = (call: ServedTool["call"]): ServedTool => ({
  name: "it",
  description: "Does it.",
  inputSchema: { type: "object", properties: {} },
  call,
});

test("a legacy client shakes hands and gets the version it asked for", async () => {
  await using client = stdioClient(toyApp());
  const { result } = await client.ask("initialize", { ...handshake, protocolVersion: "2025-06-18" });
  expect(result).toMatchObject({
    protocolVersion: "2025-06-18",
    serverInfo: { name: "toy" },
    instructions: "Search before you answer.",
  });
});

test("a legacy client that asks for an unknown version is offered the newest legacy one", async () => {
  await using client = stdioClient(toyApp());
  expect(await client.ask("initialize", { ...handshake, protocolVersion: "2026-07-28" })).toMatchObject({
    result: { protocolVersion: "2025-11-25" },
  });
});

test("a modern client discovers and calls on the same stream without a handshake", async () => {
  await using client = stdioClient(toyApp());
  expect(await client.ask("server/discover", { _meta: modernMeta })).toMatchObject({
    result: { resultType: "complete", supportedVersions: ["2026-07-28"], capabilities: { tools: {} } },
  });
  expect(await client.ask("tools/call", { name: "add", arguments: { a: 1, b: 2 }, _meta: modernMeta })).toMatchObject({
    result: { resultType: "complete", content: [{ type: "text", text: "3" }] },
  });
});

test("arguments that do not fit are told to the model with what is wrong", async () => {
  await using client = stdioClient(toyApp());
  const answer = await client.ask("tools/call", { name: "search_knowledge_base", arguments: { limit: "ten", topic: "food" } });
  expect(answer).toMatchObject({ result: { isError: true } });
  const text = JSON.stringify(answer.result);
  expect(text).toContain("query is required");
});

test("arguments the schema does not name are ignored", async () => {
  await using client = stdioClient(toyApp());
  const args = { query: "leave", confidence: 0.9 };
  expect(await client.ask("tools/call", { name: "search_knowledge_base", arguments: args })).toMatchObject({
    result: { content: [{ text: 'Results for "leave":' }] },
  });
});

test("a tool that throws tells the model nothing of paths and secrets", async () => {
  await using client = stdioClient(toyApp());
  const answer = await client.ask("tools/call", { name: "broken" });
  expect(answer).toMatchObject({ result: { isError: true } });
  expect(JSON.stringify(answer)).not.toMatch(/home|token|abc123/);
});

test("a result that is no JSON is an internal error, and the server goes on", async () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const bad = tool(() => ({ content: [], structuredContent: cyclic as JsonObject }));
  await using client = stdioClient(toyApp({ tools: [bad] }));
  expect(await client.ask("tools/call", { name: "it" })).toMatchObject({ error: { code: -32603 } });
  expect(await client.ask("ping")).toMatchObject({ result: {} });
});

test("an expected failure of a tool reaches the model with its fix", async () => {
  const fails = tool(() => {
    throw new LecternError("bad_request", "There is no such topic.", { fix: "Call list_topics first." });
  });
  await using client = stdioClient(toyApp({ tools: [fails] }));
  expect(await client.ask("tools/call", { name: "it" })).toMatchObject({
    result: { isError: true, content: [{ text: "There is no such topic. Call list_topics first." }] },
  });
});

test.each([
  ["not json", -32700],
  ['{"jsonrpc":"2.0","id":1', -32700],
  ["[]", -32600],
  ["[".repeat(5000) + "]".repeat(5000), -32700],
  ["1", -32600],
  ['{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
  ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
  ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600],
  ['{"jsonrpc":"2.0","id":1,"method":7}', -32600],
  ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602],
  ['{"jsonrpc":"2.0","id":1,"method":"constructor"}', -32601],
  ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"toString"}}', -32602],
  ['{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"2"}}', -32602],
])("the line %j is answered with error %d", async (line, code) => {
  await using client = stdioClient(toyApp());
  client.write(`${line}\n`);
  expect(await client.next()).toMatchObject({ jsonrpc: "2.0", error: { code } });
  expect(await client.ask("ping")).toMatchObject({ result: {} });
});

test("a line that is no UTF-8 or too long is refused and the next one is served", async () => {
  await using client = stdioClient(toyApp(), { maxMessageBytes: 1000 });
  client.write(Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]));
  expect(await client.next()).toMatchObject({ error: { code: -32700 } });
  client.write("x".repeat(900));
  client.write(`${"x".repeat(900)}\n`);
  expect(await client.next()).toMatchObject({ error: { code: -32600 } });
  expect(await client.ask("ping")).toMatchObject({ result: {} });
});

test("a message that arrives byte by byte is served", async () => {
  await using client = stdioClient(toyApp());
  for (const byte of Buffer.from('{"jsonrpc":"2.0","id":"ü","method":"ping"}\r\n')) client.write(Buffer.from([byte]));
  expect(await client.next()).toEqual({ jsonrpc: "2.0", id: "ü", result: {} });
});

test("a cancelled call sees its signal and is not answered", async () => {
  const started = Promise.withResolvers<AbortSignal>();
  const waits = tool(async (_args, { signal }) => {
    started.resolve(signal);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { content: [] };
  });
  await using client = stdioClient(toyApp({ tools: [waits] }));
  client.send({ id: "slow", method: "tools/call", params: { name: "it" } });
  const signal = await started.promise;
  client.send({ method: "notifications/cancelled", params: { requestId: "slow" } });
  expect(await client.ask("ping")).toMatchObject({ result: {} });
  expect(signal.aborted).toBe(true);
  expect(client.received).toEqual([]);
});

test("progress goes out under the caller's token, only forwards, and only when asked for", async () => {
  const counts = tool((_args, { progress }) => {
    progress(1, 3, "one");
    progress(1);
    progress(2);
    return { content: [] };
  });
  await using client = stdioClient(toyApp({ tools: [counts] }));
  expect(await client.ask("tools/call", { name: "it" })).toMatchObject({ result: { content: [] } });
  const first = await client.ask("tools/call", { name: "it", _meta: { progressToken: "t" } });
  expect(first).toMatchObject({ method: "notifications/progress", params: { progressToken: "t", progress: 1, total: 3 } });
  expect(await client.next()).toMatchObject({ params: { progress: 2 } });
  expect(await client.next()).toMatchObject({ result: { content: [] } });
});

test("when stdin ends, calls in work are answered before the server closes", async () => {
  const gate = Promise.withResolvers<void>();
  const waits = tool(async () => {
    await gate.promise;
    return { content: [{ type: "text", text: "done" }] };
  });
  await using client = stdioClient(toyApp({ tools: [waits] }));
  client.send({ id: 1, method: "tools/call", params: { name: "it" } });
  client.input.end();
  gate.resolve();
  expect(await client.next()).toMatchObject({ result: { content: [{ text: "done" }] } });
  await client.serving.closed;
});

test("when stdin ends, a call that never ends is cancelled after the grace", async () => {
  let cancelled = false;
  const hangs = tool(async (_args, { signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    cancelled = true;
    return { content: [] };
  });
  await using client = stdioClient(toyApp({ tools: [hangs] }), { drainMs: 10 });
  client.send({ id: 1, method: "tools/call", params: { name: "it" } });
  client.input.end();
  await client.serving.closed;
  expect(cancelled).toBe(true);
});
