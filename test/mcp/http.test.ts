import { createServer, type ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { createToolbox } from "../../src/mcp/index.ts";
import { createBoundedFetch } from "../../src/mcp/transport/fetch.ts";
import { pacedStreams } from "../../src/mcp/transport/paced-streams.ts";
import { mcpHandler, sendJson, serveHttp } from "./http-server.ts";
import { callTool, textOf } from "./support.ts";

const calls = (seen: readonly { body: string }[]): string[] =>
  seen.filter(({ body }) => body.includes('"tools/call"')).map(({ body }) => JSON.parse(body).params.name);

test("when a restarted server has forgotten the session, a resource is read in a new one", async () => {
  const sessions = new Set<string>();
  await using server = await serveHttp(mcpHandler({ sessions }));
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp` } });
  sessions.clear();
  expect((await toolbox.readResource("s", "note://1")).text).toBe("a note");
});

test("16: when a restarted server has forgotten the session, a read-only call is repeated in a new one", async () => {
  const sessions = new Set<string>();
  await using server = await serveHttp(mcpHandler({ sessions }));
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp` } });
  expect(textOf(await callTool(toolbox, "read"))).toBe("read done");
  sessions.clear();
  expect(textOf(await callTool(toolbox, "read"))).toBe("read done");
  expect(calls(server.seen)).toEqual(["read", "read", "read"]);
});

test("16: a call that may change something is not repeated, but the next one works", async () => {
  const sessions = new Set<string>();
  await using server = await serveHttp(mcpHandler({ sessions }));
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp` } });
  sessions.clear();
  const lost = await callTool(toolbox, "write");
  expect(lost.isError).toBe(true);
  expect(textOf(lost)).toContain("not repeated");
  expect(textOf(await callTool(toolbox, "write"))).toBe("write done");
  expect(calls(server.seen)).toEqual(["write", "write"]);
});

test("17: a stream that is quiet for long is not cut", async () => {
  await using server = await serveHttp((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    setTimeout(() => response.end("data: late\n\n"), 1_200);
  });
  const response = await createBoundedFetch({ headTimeoutMs: 1_000 })(server.url);
  expect(await response.text()).toBe("data: late\n\n");
});

test("a server that closes its stream before it answered fails the call at once", async () => {
  const onCall = (_tool: string, response: ServerResponse): boolean => {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(": bye\n\n");
    return true;
  };
  await using server = await serveHttp(mcpHandler({ onCall }));
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp` } });
  expect(textOf(await callTool(toolbox, "read"))).toContain("ended its stream before it answered");
});

test("an answer larger than the limit is refused, over plain JSON and over a stream", async () => {
  await using server = await serveHttp(({ path }, response) => {
    const type = path === "/stream" ? "text/event-stream" : "application/json";
    response.writeHead(200, { "content-type": type }).end("x".repeat(3_000));
  });
  const bounded = createBoundedFetch({ maxBytes: 2_000 });
  for (const path of ["/json", "/stream"]) await expect((await bounded(server.url + path)).text()).rejects.toThrow("larger than");
});

test("many small events of a stream are not added up", async () => {
  await using server = await serveHttp((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let n = 0; n < 100; n++) response.write(`data: ${"x".repeat(100)}\n\n`);
    response.end();
  });
  const response = await createBoundedFetch({ maxBytes: 2_000 })(server.url);
  expect((await response.text()).length).toBe(10_800);
});

test.each([401, 403, 500, 503])("the older transport is not tried after HTTP %i", async (status) => {
  await using server = await serveHttp((_request, response) => void response.writeHead(status).end());
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp` } }, { maxRestarts: 0 });
  expect(toolbox.servers()[0]?.state).toBe(status === 401 ? "needs_sign_in" : "failed");
  expect(server.seen.filter(({ method }) => method === "GET")).toEqual([]);
});

test("the older transport is tried where the server knows no other", async () => {
  await using server = await serveHttp((_request, response) => void response.writeHead(405).end());
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/sse` } });
  expect(toolbox.servers()[0]).toMatchObject({ state: "failed", reason: expect.stringContaining("HTTP 405") });
  expect(server.seen.map(({ method }) => method)).toContain("GET");
});

test("a server that is not there is said to be not there, and asked again later", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => holder.close(resolve));
  await using toolbox = await createToolbox({ s: { type: "http", url: `http://127.0.0.1:${port}/mcp` } });
  expect(toolbox.servers()[0]).toMatchObject({ state: "backing_off", reason: expect.stringContaining("connection refused") });
});

test("configured headers are sent with every request and never shown", async () => {
  const secret = "sk-secret-header-value";
  const events: unknown[] = [];
  await using server = await serveHttp(({ headers }, response) => {
    sendJson(response, headers["x-key"] === secret ? 500 : 401, { error: `wrong key ${headers["x-key"]}` });
  });
  const config = { type: "http", url: `${server.url}/mcp`, headers: { "x-key": secret } } as const;
  await using toolbox = await createToolbox({ s: config }, { onEvent: (event) => events.push(event) });
  expect(server.seen.every(({ headers }) => headers["x-key"] === secret)).toBe(true);
  expect(JSON.stringify([events, toolbox.servers()])).not.toContain(secret);
});

test("a server that refuses a call with the key it was given does not bring it before the model", async () => {
  const key = "k7-nightjar-91";
  const answer = mcpHandler();
  await using server = await serveHttp((seen, response) => {
    if (!seen.body.includes('"tools/call"')) return answer(seen, response);
    const error = { code: -32_000, message: `no rights for ${seen.headers["x-key"]}` };
    sendJson(response, 200, { jsonrpc: "2.0", id: JSON.parse(seen.body).id, error });
  });
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp`, headers: { "x-key": key } } });
  expect(textOf(await callTool(toolbox, "read"))).toBe('The server refused the call of "read": no rights for [redacted]');
});

test("a key in the path of an address is in no reason, though the server repeats it", async () => {
  const key = "Qm7wZk2TfLx9RbVe4HsNp";
  await using server = await serveHttp(({ path, body }, response) => {
    const { id = null } = body === "" ? {} : JSON.parse(body);
    sendJson(response, 200, { jsonrpc: "2.0", id, error: { code: -32_000, message: `nothing at ${path}` } });
  });
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/api/s/${key}/mcp` } });
  expect(toolbox.servers()[0]?.reason).toContain("nothing at /api/s/[redacted]/mcp");
});

test("a redirect to another origin is not followed, so credentials stay where they belong", async () => {
  await using other = await serveHttp((_request, response) => void response.writeHead(200).end());
  await using server = await serveHttp(
    (_request, response) => void response.writeHead(307, { location: `${other.url}/mcp` }).end(),
  );
  await using toolbox = await createToolbox({
    s: { type: "http", url: `${server.url}/mcp`, headers: { authorization: "Bearer t0ken-t0ken" } },
  });
  expect(toolbox.servers()[0]?.state).toBe("failed");
  expect(other.seen).toEqual([]);
});

/** The pauses before streams that are opened one after the other, with `betweenMs` from one to the next, in milliseconds. */
async function pauses({ times = 12, betweenMs = 1, accept = "text/event-stream" }): Promise<readonly number[]> {
  let now = 0;
  const waited: number[] = [];
  const pause = async (ms: number): Promise<void> => {
    now += ms;
    waited.push(ms);
  };
  const paced = pacedStreams(async () => new Response(null), { now: () => now, pause });
  for (let n = 0; n < times; n++) {
    await paced("http://127.0.0.1/mcp", { headers: { accept } });
    now += betweenMs;
  }
  return waited;
}

test("a server that ends every stream and asks for the next at once is not asked hundreds of times a second", async () => {
  expect(await pauses({})).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000]);
  expect((await pauses({ times: 20 })).at(-1)).toBe(30_000);
  expect(await pauses({ betweenMs: 500 })).toEqual([]);
  expect(await pauses({ accept: "application/json" })).toEqual([]);
});
