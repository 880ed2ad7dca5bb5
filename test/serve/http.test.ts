import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ServedTool } from "../../src/core/served-tools.ts";
import { type HttpServing, serveTools } from "../../src/serve/serve-tools.ts";
import { conformanceApp } from "../support/conformance-app.ts";
import { toyApp } from "../support/toy-app.ts";
import { askModern, eventsOf, openSession, post, rawRequest, read } from "./http-client.ts";
import { handshake, modernMeta } from "./stdio-client.ts";

let toy: HttpServing;
let full: HttpServing;
beforeAll(async () => {
  toy = await serveTools({ server: toyApp() });
  full = await serveTools({ server: conformanceApp() });
});
afterAll(async () => {
  await toy.close();
  await full.close();
});

const add = { name: "add", arguments: { a: 1, b: 2 } };

test("a modern call is answered as JSON with its kind and its maker", async () => {
  const { status, headers, body } = await askModern(toy.url, "tools/call", add);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("mcp-session-id")).toBeNull();
  expect(body).toMatchObject({ id: 1, result: { resultType: "complete", content: [{ text: "3" }] } });
});

test.each([
  ["another version in the header", { "mcp-protocol-version": "2025-11-25" }, -32020],
  ["no version in the header", { "mcp-protocol-version": undefined }, -32020],
  ["another method in the header", { "mcp-method": "tools/list" }, -32020],
  ["no method in the header", { "mcp-method": undefined }, -32020],
  ["another name in the header", { "mcp-name": "broken" }, -32020],
  ["no name in the header", { "mcp-name": undefined }, -32020],
  ["a name in broken base64", { "mcp-name": "=?base64?YWRk!?=" }, -32020],
])("a modern call with %s is refused", async (_what, headers, code) => {
  const answer = await askModern(toy.url, "tools/call", add, headers);
  expect([answer.status, answer.body]).toMatchObject([400, { id: 1, error: { code } }]);
});

test("a name that does not fit a header may come as base64", async () => {
  const headers = { "mcp-name": `=?base64?${Buffer.from("add").toString("base64")}?=` };
  expect((await askModern(toy.url, "tools/call", add, headers)).body).toMatchObject({ result: { content: [{ text: "3" }] } });
});

test.each([
  ["no metadata", {}, 400, -32602],
  ["metadata without capabilities", { "io.modelcontextprotocol/protocolVersion": "2026-07-28" }, 400, -32602],
  ["an unknown log level", { ...modernMeta, "io.modelcontextprotocol/logLevel": "loud" }, 400, -32602],
])("a modern call with %s is refused", async (_what, _meta, status, code) => {
  const answer = await askModern(toy.url, "tools/list", { _meta });
  expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }]);
});

test("a version nobody speaks is refused with those we do", async () => {
  const _meta = { ...modernMeta, "io.modelcontextprotocol/protocolVersion": "2031-01-01" };
  const answer = await askModern(toy.url, "tools/list", { _meta }, { "mcp-protocol-version": "2031-01-01" });
  expect([answer.status, answer.body]).toMatchObject([
    400,
    { error: { code: -32022, data: { supported: ["2026-07-28"], requested: "2031-01-01" } } },
  ]);
});

test("a method nobody knows is not found, also by its HTTP status", async () => {
  const answer = await askModern(toy.url, "tools/dance");
  expect([answer.status, answer.body]).toMatchObject([404, { error: { code: -32601 } }]);
});

test("a parameter that is mirrored in a header must say the same there", async () => {
  const call = { name: "test_x_mcp_header", arguments: { region: "Zürich", priority: 7 } };
  const region = `=?base64?${Buffer.from("Zürich").toString("base64")}?=`;
  const good = { "mcp-param-region": region, "mcp-param-priority": "7" };
  expect((await askModern(full.url, "tools/call", call, good)).status).toBe(200);
  expect((await askModern(full.url, "tools/call", call, { ...good, "mcp-param-priority": "8" })).body).toMatchObject({
    error: { code: -32020 },
  });
  expect((await askModern(full.url, "tools/call", call, { "mcp-param-priority": "7" })).status).toBe(400);
});

test("a call that reports progress is answered as an event stream", async () => {
  const params = { name: "test_tool_with_progress", _meta: { ...modernMeta, progressToken: 9 } };
  const answer = await askModern(full.url, "tools/call", params);
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  expect(answer.body).toMatchObject({ result: { content: [{ text: "Done in three steps." }] } });
});

test("a client that takes no event streams gets the answer alone", async () => {
  const params = { name: "test_tool_with_progress", _meta: { ...modernMeta, progressToken: 9 } };
  const answer = await askModern(full.url, "tools/call", params, { accept: "application/json" });
  expect([answer.headers.get("content-type"), answer.status]).toEqual(["application/json", 200]);
});

test("a client that takes neither JSON nor event streams is told so", async () => {
  expect((await askModern(toy.url, "tools/list", {}, { accept: "text/html" })).status).toBe(406);
});

test("a subscription opens with what it honours and hears of changes it asked for", async () => {
  const stop = new AbortController();
  const response = await fetch(full.url, {
    method: "POST",
    signal: stop.signal,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "subscriptions/listen",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: "s",
      method: "subscriptions/listen",
      params: { _meta: modernMeta, notifications: { toolsListChanged: true, promptsListChanged: false } },
    }),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect(eventsOf((await reader.read()).value ?? "")).toMatchObject([
    {
      method: "notifications/subscriptions/acknowledged",
      params: {
        notifications: { toolsListChanged: true },
        _meta: { "io.modelcontextprotocol/subscriptionId": "s" },
      },
    },
  ]);
  await askModern(full.url, "tools/call", { name: "test_trigger_prompt_change" });
  await askModern(full.url, "tools/call", { name: "test_trigger_tool_change" });
  expect(eventsOf((await reader.read()).value ?? "")).toMatchObject([{ method: "notifications/tools/list_changed" }]);
  stop.abort();
});

test("input is asked for by the answer, and its sealed state opens once, unchanged, for the same tool", async () => {
  const meta = { ...modernMeta, "io.modelcontextprotocol/clientCapabilities": { elicitation: {} } };
  const name = "test_input_required_result_request_state";
  const first = await askModern(full.url, "tools/call", { name, _meta: meta });
  const { requestState } = first.body.result as { requestState: string };
  expect(first.body).toMatchObject({ result: { resultType: "input_required", inputRequests: { confirm: {} } } });
  const again = (state: string, tool = name) =>
    askModern(full.url, "tools/call", {
      name: tool,
      _meta: meta,
      requestState: state,
      inputResponses: { confirm: { action: "accept" } },
    });
  const flipped = Buffer.from(requestState, "base64url");
  flipped[20]! ^= 1;
  expect((await again(flipped.toString("base64url"))).body).toMatchObject({ error: { code: -32602 } });
  expect((await again(requestState, "test_input_required_result_tampered_state")).body).toMatchObject({
    error: { code: -32602 },
  });
  expect(JSON.stringify((await again(requestState)).body)).toContain("state-ok");
  expect((await again(requestState)).body).toMatchObject({ error: { code: -32602 } });
});

test("input a client cannot give is not asked for", async () => {
  const answer = await askModern(full.url, "tools/call", { name: "test_missing_capability" });
  expect([answer.status, answer.body]).toMatchObject([
    400,
    { error: { code: -32021, data: { requiredCapabilities: { sampling: {} } } } },
  ]);
});

test("a legacy client without a session is served, statelessly", async () => {
  const answer = await post(toy.url, { id: 5, method: "tools/call", params: add }, { "mcp-protocol-version": "2025-06-18" });
  expect(answer.body).toEqual({ jsonrpc: "2.0", id: 5, result: { content: [{ type: "text", text: "3" }] } });
});

test("a session lives from initialize to DELETE", async () => {
  const headers = await openSession(toy.url);
  expect((await post(toy.url, { id: 1, method: "tools/call", params: add }, headers)).status).toBe(200);
  expect((await fetch(toy.url, { method: "DELETE", headers })).status).toBe(204);
  const after = await post(toy.url, { id: 2, method: "tools/list" }, headers);
  expect([after.status, after.body]).toMatchObject([404, { id: 2, error: { code: -32001 } }]);
});

test("a handshake that lacks its parts opens no session", async () => {
  const answer = await post(toy.url, { id: 1, method: "initialize", params: { ...handshake, protocolVersion: 5 } });
  expect([answer.status, answer.headers.get("mcp-session-id")]).toEqual([400, null]);
});

test("in a session the client is asked under the call, and answers by another request", async () => {
  const headers = await openSession(full.url, {}, { elicitation: {} });
  const response = await fetch(full.url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "test_elicitation", arguments: { message: "Who?" } },
    }),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (eventsOf(text).length === 0) text += (await reader.read()).value;
  const [question] = eventsOf(text);
  expect(question).toMatchObject({ method: "elicitation/create", params: { message: "Who?" } });
  const reply = { id: question!.id!, result: { action: "accept", content: { username: "u" } } };
  expect((await post(full.url, reply, headers)).status).toBe(202);
  expect(JSON.stringify(eventsOf((await reader.read()).value ?? ""))).toContain("action=accept");
});

test("a client that lost its stream comes back for the rest with the last event id", async () => {
  const headers = { ...(await openSession(full.url)), accept: "application/json, text/event-stream" };
  const response = await fetch(full.url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "test_reconnection" } }),
  });
  const primed = await response.text();
  expect(eventsOf(primed)).toEqual([]);
  const id = /^id: (\S+)$/m.exec(primed)?.[1] ?? "";
  const rest = await read(await fetch(full.url, { headers: { ...headers, "last-event-id": id } }));
  expect(JSON.stringify(rest.body)).toContain("opened again");
});

test("the session's own stream hears of changed lists", async () => {
  const headers = await openSession(full.url);
  const stop = new AbortController();
  const stream = await fetch(full.url, { headers: { ...headers, accept: "text/event-stream" }, signal: stop.signal });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  await post(full.url, { id: 1, method: "tools/call", params: { name: "test_trigger_tool_change" } }, headers);
  expect(eventsOf((await reader.read()).value ?? "")).toMatchObject([{ method: "notifications/tools/list_changed" }]);
  stop.abort();
});

test("only so many sessions are kept: those nobody works in make room", async () => {
  await using small = await serveTools({ server: toyApp(), http: { sessions: { max: 2 } } });
  const ping = async (headers: Record<string, string>): Promise<number> =>
    (await post(small.url, { id: 1, method: "ping" }, headers)).status;
  const working = await openSession(small.url);
  expect(await ping(working)).toBe(200);
  const unused = await openSession(small.url);
  for (let count = 0; count < 5; count++) await openSession(small.url);
  expect([await ping(working), await ping(unused)]).toEqual([200, 404]);
});

test("who comes in when all places are taken is not pushed out by who comes next", async () => {
  await using small = await serveTools({ server: toyApp(), http: { sessions: { max: 20 } } });
  const ping = async (headers: Record<string, string>): Promise<number> =>
    (await post(small.url, { id: 1, method: "ping" }, headers)).status;
  const working: Record<string, string>[] = [];
  for (let count = 0; count < 20; count++) working.push(await openSession(small.url));
  for (const session of working) for (let use = 0; use < 2; use++) await ping(session);
  const [first, second] = [await openSession(small.url), await openSession(small.url)];
  expect([await ping(first), await ping(second), await ping(working[0]!), await ping(working[19]!)]).toEqual([
    200, 200, 404, 200,
  ]);
});

test("where all sessions are busy another one is refused, not one of them ended", async () => {
  await using small = await serveTools({ server: conformanceApp(), http: { sessions: { max: 1 } } });
  const busy = await openSession(small.url);
  const stop = new AbortController();
  await fetch(small.url, { headers: { ...busy, accept: "text/event-stream" }, signal: stop.signal });
  const refused = await post(small.url, { id: 7, method: "initialize", params: handshake });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
  expect((await post(small.url, { id: 1, method: "ping" }, busy)).status).toBe(200);
  stop.abort();
});

test("an unused session is forgotten", async () => {
  await using small = await serveTools({ server: toyApp(), http: { sessions: { idleMs: 20 } } });
  const headers = await openSession(small.url);
  await expect.poll(async () => (await post(small.url, { id: 1, method: "ping" }, headers)).status, { interval: 50 }).toBe(404);
});

test.each(["GET", "DELETE"])("%s without a session is not allowed", async (method) => {
  const response = await fetch(toy.url, { method, headers: { "mcp-protocol-version": "2026-07-28" } });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
});

test("health and readiness answer, and other paths do not exist", async () => {
  const status = async (path: string): Promise<number> => (await fetch(new URL(path, toy.url))).status;
  expect([await status("/healthz"), await status("/readyz"), await status("/metrics")]).toEqual([200, 200, 404]);
});

const gate = Promise.withResolvers<void>();
const slow: ServedTool = {
  name: "slow",
  description: "Waits.",
  inputSchema: { type: "object", properties: {} },
  call: async (_args, { signal }) => {
    await Promise.race([gate.promise, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
    return { content: [{ type: "text", text: signal.aborted ? "cancelled" : "done" }] };
  },
};

test("on close calls in work are finished, new ones turned away, and liveness stays on", async () => {
  const serving = await serveTools({ tools: [slow] });
  const running = askModern(serving.url, "tools/call", { name: "slow" });
  const agent = rawRequest(serving.port, `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, /\{"status":"ok"\}/);
  expect(await agent).toContain("200 OK");
  const closed = serving.close();
  const late = await askModern(serving.url, "tools/list");
  expect([late.status, late.headers.get("retry-after")]).toEqual([503, "5"]);
  expect((await fetch(new URL("/healthz", serving.url))).status).toBe(200);
  expect((await fetch(new URL("/readyz", serving.url))).status).toBe(503);
  gate.resolve();
  expect((await running).body).toMatchObject({ result: { content: [{ text: "done" }] } });
  await closed;
  await expect(fetch(serving.url)).rejects.toThrow();
});

test("a client that leaves cancels its call, one that stays does not", async () => {
  const signals: AbortSignal[] = [];
  const started = Promise.withResolvers<void>();
  const watched: ServedTool = {
    ...slow,
    call: async ({ wait }, { signal }) => {
      signals.push(signal);
      started.resolve();
      if (wait === true) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return { content: [] };
    },
  };
  await using serving = await serveTools({ tools: [watched] });
  const leave = new AbortController();
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow", arguments: { wait: true } } };
  const headers = { "content-type": "application/json" };
  const left = fetch(serving.url, { method: "POST", headers, body: JSON.stringify(body), signal: leave.signal });
  await started.promise;
  leave.abort();
  await expect(left).rejects.toThrow();
  await expect.poll(() => signals[0]?.aborted).toBe(true);
  await askModern(serving.url, "tools/call", { name: "slow" });
  expect(signals[1]?.aborted).toBe(false);
});

test("a call that takes long becomes an event stream, so that no proxy cuts it off", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const started = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const call: ServedTool["call"] = async () => {
      started.resolve();
      await end.promise;
      return { content: [{ type: "text", text: "late" }] };
    };
    await using serving = await serveTools({ tools: [{ ...slow, call }] });
    const answer = askModern(serving.url, "tools/call", { name: "slow" });
    await started.promise;
    vi.advanceTimersByTime(15_000);
    end.resolve();
    expect((await answer).headers.get("content-type")).toBe("text/event-stream");
    expect((await answer).body).toMatchObject({ result: { content: [{ text: "late" }] } });
  } finally {
    vi.useRealTimers();
  }
});

test("open subscriptions end with their result when the server closes", async () => {
  const serving = await serveTools({ server: conformanceApp() });
  const listening = askModern(serving.url, "subscriptions/listen", { notifications: { toolsListChanged: true } });
  await expect.poll(async () => (await fetch(new URL("/healthz", serving.url))).status).toBe(200);
  await serving.close();
  expect((await listening).body).toMatchObject({ id: 1, result: { resultType: "complete" } });
});

test("the transport of 2024 works: a stream to read from and an address to post to", async () => {
  const stop = new AbortController();
  const stream = await fetch(new URL("/sse", toy.url), { headers: { accept: "text/event-stream" }, signal: stop.signal });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const address = /^data: (\S+)$/m.exec((await reader.read()).value ?? "")?.[1] ?? "";
  const say = (message: Parameters<typeof post>[1]) => post(new URL(address, toy.url).href, message);
  expect((await say({ id: 1, method: "initialize", params: { ...handshake, protocolVersion: "2024-11-05" } })).status).toBe(202);
  expect(eventsOf((await reader.read()).value ?? "")).toMatchObject([{ id: 1, result: { protocolVersion: "2024-11-05" } }]);
  await say({ id: 2, method: "tools/call", params: add });
  expect(eventsOf((await reader.read()).value ?? "")).toMatchObject([{ id: 2, result: { content: [{ text: "3" }] } }]);
  stop.abort();
});
