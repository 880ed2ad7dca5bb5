import { createConnection } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isForeign } from "../../src/emulator/gate.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { chatPath, errorOf, eventsOf, responsesPath, type Sent, sendTo, withEmulator } from "./support.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const tools = [
  {
    type: "function",
    name: "search",
    description: "Searches the handbook.",
    parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
  },
];
const asked = {
  model: "default",
  input: "How many vacation days do I get?",
  tools,
  reasoning: { summary: "auto" },
  include: ["reasoning.encrypted_content"],
};
const chatAsked = {
  model: "classic",
  messages: [{ role: "user", content: "hello" }],
  stream: true,
  stream_options: { include_usage: true },
};

/** What may differ between two answers to the same request: dates and request ids. */
const changing = new Set(["date", "apim-request-id", "x-request-id"]);
const steady = (sent: Sent): string =>
  JSON.stringify([sent.status, [...sent.headers].filter(([name]) => !changing.has(name)).sort(), sent.text]);

test("the same request with the same seed gives the same bytes, 100 times and in another emulator", async () => {
  const requests = [
    [responsesPath, { ...asked, stream: true }],
    [responsesPath, asked],
    [chatPath, chatAsked],
    ["/openai/v1/embeddings", { model: "embeddings", input: ["a", "b"], dimensions: 16 }],
  ] as const;
  for (const [index, [path, body]] of requests.entries()) {
    const answers = new Set<string>();
    for (let i = 0; i < (index === 0 ? 100 : 10); i++) answers.add(steady(await sendTo(emulator, path, body)));
    await withEmulator({ seed: 1 }, async (other) => answers.add(steady(await sendTo(other, path, body))));
    expect(answers.size).toBe(1);
  }
  await withEmulator({ seed: 2 }, async (other) => {
    expect((await sendTo(other, responsesPath, asked)).body.id).not.toBe((await sendTo(emulator, responsesPath, asked)).body.id);
  });
});

test("Responses events come in Azure's order, numbered, without [DONE]", async () => {
  const sent = await sendTo(emulator, responsesPath, { ...asked, stream: true });
  const events = eventsOf(sent.text);
  const order = events.map((event) => event.type).filter((type, index, all) => type !== all[index - 1]);
  expect(order).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.reasoning_summary_part.done",
    "response.output_item.done",
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
    "response.completed",
  ]);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index));
  expect(sent.text).not.toContain("[DONE]");
  expect(sent.text).toMatch(
    /^event: response\.created\ndata: \{"type":"response\.created","sequence_number":0,"response":\{"id":"resp_/,
  );
  expect(
    events
      .filter((event) => event.type === "response.function_call_arguments.delta")
      .map((event) => event.delta)
      .join(""),
  ).toBe('{"query":"vacation days"}');
});

test("chat chunks begin with the prompt's filter results and end with usage and [DONE]", async () => {
  const sent = await sendTo(emulator, chatPath, chatAsked);
  expect(
    sent.text.startsWith(
      'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,',
    ),
  ).toBe(true);
  expect(sent.text.endsWith("data: [DONE]\n\n")).toBe(true);
  const chunks = eventsOf(sent.text);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) }, latency_checkpoint: {} });
  expect(chunks[1]).toHaveProperty("obfuscation");
  const bare = await sendTo(emulator, chatPath, { ...chatAsked, stream_options: { include_obfuscation: false } });
  expect(bare.text).not.toContain("obfuscation");
  expect(bare.text).not.toContain('"usage"');
});

test("a chat tool call opens with id, name and empty arguments, then comes in pieces", async () => {
  const chatTools = tools.map(({ type, ...definition }) => ({ type, function: definition }));
  const messages = [{ role: "user", content: "How many vacation days do I get?" }];
  const sent = await sendTo(emulator, chatPath, { ...chatAsked, messages, tools: chatTools });
  const deltas = eventsOf(sent.text).flatMap((chunk) =>
    (chunk.choices as { delta: { tool_calls?: object[] } }[]).flatMap(({ delta }) => delta.tool_calls ?? []),
  );
  expect(deltas[0]).toEqual({
    function: { arguments: "", name: "search" },
    id: expect.stringMatching(/^call_\w{24}$/),
    index: 0,
    type: "function",
  });
  expect(deltas[1]).toEqual({ function: { arguments: expect.any(String) }, index: 0 });
});

test("parallel calls come with increasing indexes on chat and as items of their own on Responses", async () => {
  const toolCalls = [
    { name: "search", arguments: '{"query":"a"}' },
    { name: "search", arguments: '{"query":"b"}' },
  ];
  await withEmulator({ script: () => ({ text: "Two at once.", toolCalls }) }, async (scripted) => {
    const chunks = eventsOf((await sendTo(scripted, chatPath, chatAsked)).text);
    const openings = chunks
      .flatMap((chunk) =>
        (chunk.choices as { delta: { tool_calls?: { id?: string; index: number }[] } }[]).flatMap(
          ({ delta }) => delta.tool_calls ?? [],
        ),
      )
      .filter((call) => call.id !== undefined);
    expect(openings.map((call) => call.index)).toEqual([0, 1]);
    const items = (await sendTo(scripted, responsesPath, { model: "classic", input: "hi" })).body.output as {
      type: string;
      call_id: string;
    }[];
    expect(items.map((item) => item.type)).toEqual(["message", "function_call", "function_call"]);
    expect(items[1]!.call_id).not.toBe(items[2]!.call_id);
  });
});

test("encrypted reasoning is taken back by the resource that made it, and by no other", async () => {
  const first = await sendTo(emulator, responsesPath, asked);
  const output = first.body.output as { type: string; call_id?: string; encrypted_content?: string }[];
  expect(output[0]!.encrypted_content).toMatch(/^gAAAAAB[\w-]{400,}$/);
  const result = { type: "function_call_output", call_id: output[1]!.call_id, output: "[[k.1]] 25 days" };
  const again = { ...asked, input: [{ role: "user", content: asked.input }, ...output, result] };
  expect((await sendTo(emulator, responsesPath, again)).status).toBe(200);
  await withEmulator({ config: { resource: "another-region" } }, async (other) => {
    const refused = await sendTo(other, responsesPath, again);
    expect([refused.status, errorOf(refused).message]).toEqual([
      400,
      expect.stringMatching(/^The encrypted content gAAA\.\.\.\S{4} could not be verified\.$/),
    ]);
  });
});

test("a stored response can be continued, read and deleted; one made with store false cannot", async () => {
  const first = await sendTo(emulator, responsesPath, asked);
  const { id, output } = first.body as { id: string; output: { call_id?: string }[] };
  const results = [
    { type: "function_call_output", call_id: output[1]!.call_id, output: "Everybody gets 25 vacation days a year." },
  ];
  const second = await sendTo(emulator, responsesPath, { model: "default", tools, previous_response_id: id, input: results });
  expect(JSON.stringify(second.body.output)).toContain("Everybody gets 25 vacation days a year.");
  const read = await sendTo(emulator, `${responsesPath}/${id}`, null, { method: "GET" });
  expect(read.text).toBe(first.text);
  const items = await sendTo(emulator, `${responsesPath}/${id}/input_items`, null, { method: "GET" });
  expect(items.body).toMatchObject({ object: "list", data: [{ role: "user" }], has_more: false });
  expect((await sendTo(emulator, `${responsesPath}/${id}`, null, { method: "DELETE" })).body).toMatchObject({ deleted: true });
  expect((await sendTo(emulator, `${responsesPath}/${id}`, null, { method: "GET" })).status).toBe(404);
  const forgotten = await sendTo(emulator, responsesPath, { ...asked, store: false });
  expect(
    (await sendTo(emulator, responsesPath, { model: "default", previous_response_id: forgotten.body.id, input: results })).status,
  ).toBe(400);
});

test("what was given to a response is listed with ids, newest first, page by page, as the openai package reads it", async () => {
  const client = new OpenAI({ baseURL: `${emulator.url}/openai/v1/`, apiKey: emulator.key });
  const input = Array.from({ length: 25 }, (_, i) => ({ role: "user" as const, content: `line ${i}` }));
  const { id } = await client.responses.create({ model: "default", input });
  const listed: unknown[] = [];
  for await (const item of client.responses.inputItems.list(id, { limit: 10 })) listed.push(item);
  expect(listed).toHaveLength(25);
  expect(listed[0]).toEqual({
    id: expect.stringMatching(/^msg_/),
    type: "message",
    role: "user",
    status: "completed",
    content: [{ type: "input_text", text: "line 24" }],
  });
  const page = await sendTo(emulator, `${responsesPath}/${id}/input_items?order=asc&limit=2`, null, { method: "GET" });
  const { data, ...told } = page.body as { data: { id: string; content: { text: string }[] }[] };
  expect(data.map(({ content }) => content[0]!.text)).toEqual(["line 0", "line 1"]);
  expect(told).toEqual({ object: "list", first_id: data[0]!.id, last_id: data[1]!.id, has_more: true });
  const replayed = await sendTo(emulator, responsesPath, { model: "default", input: data });
  expect(replayed.status).toBe(200);
});

test("embeddings of texts that share words are nearer, come as floats or base64, and count tokens", async () => {
  const path = "/openai/v1/embeddings";
  const input = ["paid vacation days", "vacation days that are paid", "network printer"];
  const { body } = await sendTo(emulator, path, { model: "embeddings", input });
  const vectors = (body.data as { embedding: number[] }[]).map((entry) => entry.embedding);
  const cosine = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  expect(vectors[0]).toHaveLength(3072);
  expect(cosine(vectors[0]!, vectors[1]!)).toBeGreaterThan(0.8);
  expect(Math.abs(cosine(vectors[0]!, vectors[2]!))).toBeLessThan(0.2);
  expect(body.usage).toMatchObject({ prompt_tokens: expect.any(Number) });
  const packed = await sendTo(emulator, path, { model: "embeddings", input: "x", encoding_format: "base64", dimensions: 8 });
  expect(Buffer.from((packed.body.data as { embedding: string }[])[0]!.embedding, "base64")).toHaveLength(32);
  const short = await sendTo(emulator, path, { model: "embeddings", input: input[0], dimensions: 256 });
  const beginning = (short.body.data as { embedding: number[] }[])[0]!.embedding;
  const length = Math.hypot(...vectors[0]!.slice(0, 256));
  expect(beginning[7]).toBeCloseTo(vectors[0]![7]! / length, 10);
  const tiny = await sendTo(emulator, path, { model: "embeddings", input: "x", dimensions: 1 });
  expect(Math.abs((tiny.body.data as { embedding: number[] }[])[0]!.embedding[0]!)).toBe(1);
});

test("/models lists a catalogue with models that no deployment serves", async () => {
  const { body } = await sendTo(emulator, "/openai/v1/models", null, { method: "GET" });
  const ids = (body.data as { id: string }[]).map((model) => model.id);
  expect(ids).toContain("gpt-5.6-luna-2026-07-09");
  expect(ids).toContain("gpt-6-sol-2026-09-10");
  expect((await sendTo(emulator, "/openai/models?api-version=2024-10-21", null, { method: "GET" })).status).toBe(200);
});

test("a client's own request id comes back, and rate headers come with every served answer", async () => {
  const sent = await sendTo(
    emulator,
    responsesPath,
    { model: "default", input: "hi" },
    { headers: { "x-ms-client-request-id": "mine-1" } },
  );
  expect(sent.headers.get("x-ms-client-request-id")).toBe("mine-1");
  for (const name of [
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-requests",
    "x-ms-served-model",
    "x-ms-region",
    "apim-request-id",
  ]) {
    expect([name, sent.headers.has(name)]).toEqual([name, true]);
  }
});

test("a key that is refused gets the few headers that Azure gives then", async () => {
  const sent = await sendTo(emulator, responsesPath, {}, { anonymous: true });
  expect([...sent.headers.keys()].filter((name) => name !== "keep-alive" && name !== "connection").sort()).toEqual([
    "apim-request-id",
    "content-length",
    "content-type",
    "date",
  ]);
});

/** A request as bytes, and the status line of the answer. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(Number(new URL(emulator.url).port), "127.0.0.1", () => socket.end(text));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += String(chunk);
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", () => resolve(answer));
  });
}

test("a foreign Host or Origin is refused, so that a web page cannot reach it by rebinding", async () => {
  const request = (headers: string): Promise<string> =>
    raw(`GET /openai/v1/models HTTP/1.1\r\n${headers}api-key: ${emulator.key}\r\nconnection: close\r\n\r\n`);
  const { port } = new URL(emulator.url);
  expect(await request("host: attacker.example\r\n")).toMatch(/^HTTP\/1\.1 403 [\s\S]*emulator_foreign_host/);
  expect(await request(`host: 127.0.0.1:${port}@attacker.example\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
  expect(await request(`host: 127.0.0.1:${port}\r\norigin: https://attacker.example\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
  expect(await request(`host: localhost:${port}\r\norigin: http://localhost:3000\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
});

test("listening on every address, it is reached by any address but by no foreign name", () => {
  expect(isForeign({ host: "192.168.1.20:8787" }, "0.0.0.0")).toBe(false);
  expect(isForeign({ host: "[fe80::1]:8787" }, "::")).toBe(false);
  expect(isForeign({ host: "attacker.example:8787" }, "0.0.0.0")).toBe(true);
  expect(isForeign({ host: "192.168.1.20:8787" }, "127.0.0.1")).toBe(true);
  expect(isForeign({ host: "emulator:8787" }, "emulator")).toBe(false);
});

test("a body that is announced as too large is refused before it is sent", async () => {
  const { port } = new URL(emulator.url);
  const head = `POST ${responsesPath} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n`;
  expect(await raw(head)).toMatch(/^HTTP\/1\.1 413 [\s\S]*Request Entity Too Large/);
});

test("bad input gets an answer in Azure's shape, never a stack trace", async () => {
  const bad = [
    "",
    "null",
    "[]",
    '"x"',
    '{"model":',
    `{"model":${"[".repeat(5000)}`,
    '{"model":{"a":1},"input":"hi"}',
    '{"model":"default","input":[null,1,{"role":7}]}',
  ];
  for (const body of bad) {
    const sent = await sendTo(emulator, responsesPath, body);
    expect([body.slice(0, 20), sent.status < 500]).toEqual([body.slice(0, 20), true]);
    expect(sent.text).not.toMatch(/\bat .*\.ts:/);
  }
  for (const path of [
    "/",
    "//",
    "/openai/deployments/%E0%A4%A/chat/completions?api-version=2024-10-21",
    "/openai/v1/responses/%00",
  ]) {
    expect((await sendTo(emulator, path, {})).status).toBeGreaterThanOrEqual(400);
  }
  const large = await sendTo(emulator, responsesPath, { model: "default", input: "x".repeat(33 * 1024 * 1024) }).catch(
    () => undefined,
  );
  expect(large === undefined || large.status === 413).toBe(true);
  expect((await sendTo(emulator, responsesPath, { model: "default", input: "hi" })).status).toBe(200);
});

test("requests are kept for assertions, without keys", async () => {
  await withEmulator({}, async (fresh) => {
    await sendTo(fresh, responsesPath, { model: "default", input: "hi" });
    expect(fresh.requests).toEqual([
      expect.objectContaining({ method: "POST", path: responsesPath, status: 200, body: { model: "default", input: "hi" } }),
    ]);
    expect(JSON.stringify(fresh.requests)).not.toContain(fresh.key);
  });
});

test("a port that is taken or does not exist is told at the start", async () => {
  const port = Number(new URL(emulator.url).port);
  await expect(startEmulator({ port })).rejects.toMatchObject({ code: "config", message: expect.stringContaining("EADDRINUSE") });
  await expect(startEmulator({ port: 99_999 })).rejects.toMatchObject({ code: "config", fix: expect.stringContaining("65535") });
});

test("64 concurrent streams get their turns: the first is not done before the last has begun", async () => {
  const long = { model: "default", input: "hi", stream: true };
  await withEmulator({ script: () => ({ text: "word ".repeat(2_000) }) }, async (busy) => {
    const order: string[] = [];
    await Promise.all(
      Array.from({ length: 64 }, async (_unused, index) => {
        const response = await fetch(`${busy.url}${responsesPath}`, {
          method: "POST",
          headers: { "content-type": "application/json", "api-key": busy.key },
          body: JSON.stringify(long),
        });
        order.push(`begin ${index}`);
        await response.text();
        order.push(`end ${index}`);
      }),
    );
    const firstEnd = order.findIndex((entry) => entry.startsWith("end"));
    expect(order.slice(0, firstEnd).length).toBeGreaterThanOrEqual(32);
  });
});
