import { expect, test } from "vitest";
import type { Message } from "../../src/core/messages.ts";
import { parseFault } from "../../src/emulator/faults/catalogue.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { replyServer } from "./reply-server.ts";
import { chatText, collect, errorAnswer, failureOf, modelAt, responsesText, sse, tool } from "./support.ts";

const history: readonly Message[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "What is the policy?" },
  { role: "assistant", content: "", toolCalls: [{ id: "c1", name: "kb/search", arguments: '{"q":"policy"}' }] },
  {
    role: "tool",
    callId: "c1",
    content: [
      { type: "text", text: "Ten days." },
      { type: "image", mimeType: "image/png", data: "AAAA" },
    ],
  },
  {
    role: "user",
    content: [
      { type: "text", text: "And this?" },
      { type: "image", mimeType: "image/png", data: "BBBB" },
    ],
  },
];

test("Responses: system, question, call and result go as input items, images included", async () => {
  await using server = await replyServer(responsesText("ok"));
  await collect(modelAt(server.url), {
    messages: history,
    tools: [tool("kb/search")],
    conversationId: "conv",
    maxOutputTokens: 50,
    toolChoice: "required",
  });
  const { path, headers, body } = server.requests[0]!;
  const wireName = (body.tools as readonly { name: string }[])[0]!.name;
  expect(wireName).toMatch(/^kb_search_[0-9a-f]{8}$/);
  expect([path, headers["api-key"], headers.authorization]).toEqual(["/openai/v1/responses", "k", undefined]);
  expect(body).toEqual({
    model: "d",
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
    tools: [
      { type: "function", name: wireName, description: "A tool.", parameters: { type: "object", properties: {} }, strict: false },
    ],
    tool_choice: "required",
    max_output_tokens: 50,
    prompt_cache_key: "conv",
    input: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "What is the policy?" },
      { type: "function_call", call_id: "c1", name: wireName, arguments: '{"q":"policy"}' },
      {
        type: "function_call_output",
        call_id: "c1",
        output: [
          { type: "input_text", text: "Ten days." },
          { type: "input_image", image_url: "data:image/png;base64,AAAA" },
        ],
      },
      {
        role: "user",
        content: [
          { type: "input_text", text: "And this?" },
          { type: "input_image", image_url: "data:image/png;base64,BBBB" },
        ],
      },
    ],
  });
});

test("Chat Completions: images of tool results follow in a user message", async () => {
  await using server = await replyServer(chatText("ok"));
  await collect(modelAt(server.url, { api: "chat" }), { messages: history, tools: [tool("kb/search")] });
  const { path, body } = server.requests[0]!;
  expect(path).toBe("/openai/v1/chat/completions");
  expect(body).toMatchObject({ model: "d", stream: true, stream_options: { include_usage: true } });
  const messages = body.messages as readonly { role: string; content: unknown; tool_calls?: unknown }[];
  expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool", "user", "user"]);
  expect(messages[2]).toMatchObject({
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { arguments: '{"q":"policy"}' } }],
  });
  expect(messages[3]).toMatchObject({ tool_call_id: "c1", content: "Ten days.\n[image, image/png]" });
  expect(messages[4]).toMatchObject({
    content: [{ type: "text" }, { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }],
  });
});

test.each(["responses", "chat"] as const)(
  "%s: the prompt is byte for byte the same from turn to turn, only longer",
  async (api) => {
    await using server = await replyServer(api === "chat" ? chatText("ok") : responsesText("ok"));
    const model = modelAt(server.url, { api });
    const tools = [tool("a"), tool("b")];
    for (let length = 2; length <= history.length; length++)
      await collect(model, { messages: history.slice(0, length), tools, conversationId: "c" });
    const bodies = server.requests.map(({ text }) => text.replace(/\]\}$/, ""));
    for (const [i, body] of bodies.entries()) if (i > 0) expect(body.startsWith(bodies[i - 1]!)).toBe(true);
  },
);

test("a dated api-version uses the classic URLs, with the deployment's name encoded", async () => {
  await using server = await replyServer(chatText("ok"), responsesText("ok"));
  await collect(modelAt(server.url, { api: "chat", apiVersion: "2024-10-21", deployment: "gpt 4/x" }));
  await collect(modelAt(server.url, { api: "responses", apiVersion: "2025-04-01-preview" }));
  expect(server.requests.map(({ path }) => path)).toEqual([
    "/openai/deployments/gpt%204%2Fx/chat/completions?api-version=2024-10-21",
    "/openai/responses?api-version=2025-04-01-preview",
  ]);
});

test("a base URL is taken verbatim, with extra headers and another name for the key header", async () => {
  await using server = await replyServer(responsesText("ok"));
  const options = { baseUrl: `${server.url}/team/ai/v9?tenant=7`, headers: { "x-team": "docs" }, keyHeader: "subscription-key" };
  await collect(modelAt(server.url, options));
  const { path, headers } = server.requests[0]!;
  expect([path, headers["x-team"], headers["subscription-key"], headers["api-key"]]).toEqual([
    "/team/ai/v9/responses?tenant=7",
    "docs",
    "k",
    undefined,
  ]);
});

test("conversation ids longer than Azure takes are hashed", async () => {
  await using server = await replyServer(responsesText("ok"));
  await collect(modelAt(server.url), { conversationId: "x".repeat(200) });
  expect(server.requests[0]?.body.prompt_cache_key).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ["an empty key", { credential: { type: "api_key", key: " " } }],
  ["a key with a line break inside", { credential: { type: "api_key", key: "a\nb" } }],
  ["no deployment", { deployment: " " }],
  ["an api-version that is none", { apiVersion: "latest-please" }],
  ["an endpoint that is none", { endpoint: "ftp://x" }],
  ["a header that HTTP does not allow", { headers: { "x-team": "do\ncs" } }],
] as const)("%s is a configuration error before anything is sent", (_, options) => {
  expect(() => modelAt("http://127.0.0.1:9", options)).toThrow(
    expect.objectContaining({ code: "config", fix: expect.any(String) }),
  );
});

test("describe tells the served model, the region and the number of requests", async () => {
  const answer = responsesText("ok");
  await using server = await replyServer(errorAnswer(503, ""), {
    ...answer,
    headers: { ...answer.headers, "x-ms-region": "Sweden Central" },
  });
  const model = modelAt(server.url, { emulated: true });
  expect(model.describe()).toEqual({
    deployment: "d",
    api: "responses",
    served: null,
    region: null,
    emulated: true,
    requests: 0,
  });
  await collect(model);
  expect(model.describe()).toMatchObject({ served: "m-1", region: "Sweden Central", requests: 2 });
});

test("names of called tools come back as the toolbox knows them, whatever they were on the wire", async () => {
  const long = `server__${"very_".repeat(20)}long`;
  await using server = await replyServer((request) => {
    const { name } = (request.body.tools as readonly { name: string }[])[0]!;
    const item = { type: "function_call", call_id: "c", name, arguments: "{}" };
    return { headers: { "content-type": "application/json" }, body: JSON.stringify({ status: "completed", output: [item] }) };
  });
  expect((await collect(modelAt(server.url), { tools: [tool(long)] })).calls).toEqual([{ id: "c", name: long, arguments: "{}" }]);
});

test("a filtered tool result is set aside, its document named, and the turn goes on without it", async () => {
  const filtered = errorAnswer(400, {
    code: "content_filter",
    message: "filtered",
    innererror: { content_filter_result: { jailbreak: { filtered: true } } },
  });
  await using server = await replyServer((request) => (request.text.includes("POISON") ? filtered : responsesText("without it")));
  const model = modelAt(server.url);
  const messages: readonly Message[] = [
    { role: "user", content: "q" },
    {
      role: "assistant",
      content: "",
      toolCalls: [
        { id: "1", name: "search", arguments: "{}" },
        { id: "2", name: "other", arguments: "{}" },
      ],
    },
    { role: "tool", callId: "1", content: "Results:\n--- Handbook/Leave.md > Leave > Parental (superseded)\n[[k.1]] POISON" },
    { role: "tool", callId: "2", content: "fine" },
  ];
  const got = await collect(model, { messages });
  expect(got.text).toBe("without it");
  const notice = got.events.find((event) => event.type === "notice");
  expect(notice?.type === "notice" && [notice.code, notice.message]).toEqual([
    "results_set_aside",
    "The content filter refused a tool result (jailbreak; request unknown). Set aside: Handbook/Leave.md, other.",
  ]);
  await collect(model, {
    messages: [...messages, { role: "assistant", content: "without it" }, { role: "user", content: "more" }],
  });
  expect(server.requests).toHaveLength(3);
});

test("a filtered question is an error that names the question and the categories", async () => {
  const filtered = errorAnswer(400, {
    code: "content_filter",
    message: "filtered",
    innererror: { content_filter_result: { violence: { filtered: true } } },
  });
  await using server = await replyServer(filtered);
  const error = await failureOf(collect(modelAt(server.url)));
  expect(error).toMatchObject({ code: "content_filtered", details: { categories: ["violence"], culprit: "question" } });
  expect(server.requests).toHaveLength(1);
  const messages: readonly Message[] = [
    { role: "user", content: "q" },
    { role: "assistant", content: "", toolCalls: [{ id: "1", name: "s", arguments: "{}" }] },
    { role: "tool", callId: "1", content: "r" },
  ];
  expect(await failureOf(collect(modelAt(server.url), { messages }))).toMatchObject({ details: { culprit: "question" } });
  expect(server.requests).toHaveLength(3);
});

test("a filter that a question trips after tool results were taken blames the question, and leaves the results as they are", async () => {
  const filtered = errorAnswer(400, { code: "content_filter", message: "filtered" });
  await using server = await replyServer((request) => (request.text.includes("BAD") ? filtered : responsesText("fine")));
  const model = modelAt(server.url);
  const begin: readonly Message[] = [
    { role: "user", content: "q" },
    { role: "assistant", content: "", toolCalls: [{ id: "1", name: "s", arguments: "{}" }] },
    { role: "tool", callId: "1", content: "result" },
  ];
  await collect(model, { messages: begin });
  const asked: readonly Message[] = [...begin, { role: "assistant", content: "fine" }, { role: "user", content: "BAD" }];
  expect(await failureOf(collect(model, { messages: asked }))).toMatchObject({ details: { culprit: "question" } });
  await collect(model, { messages: [...asked.slice(0, -1), { role: "user", content: "good" }] });
  expect(server.requests.at(-1)?.text).toContain("result");
  expect(server.requests).toHaveLength(3);
});

test.each(["default", "classic"])(
  "the emulator's filter is led to the tool results that came since the last answer: %s",
  async (deployment) => {
    const search = { ...tool("search"), inputSchema: { type: "object", properties: { query: { type: "string" } } } };
    const user: Message = { role: "user", content: "What does the handbook say about leave?" };
    const round: readonly Message[] = [
      user,
      { role: "assistant", content: "", toolCalls: [{ id: "call_1", name: "search", arguments: '{"query":"leave"}' }] },
      { role: "tool", callId: "call_1", content: "--- Handbook/Leave.md > Leave\n[[k.1]] Thirty days." },
    ];
    const askTwice = async (rule: { first?: number; at?: readonly number[] }) => {
      await using emulator = await startEmulator({ config: { faults: [{ fault: parseFault("filter-tool-result"), ...rule }] } });
      const api = deployment === "classic" ? "chat" : "responses";
      const model = modelAt(emulator.url, { deployment, api, credential: { type: "api_key", key: emulator.key } });
      await collect(model, { messages: [user], tools: [search] });
      return [
        await collect(model, { messages: round, tools: [search] }).catch((error: unknown) => error),
        emulator.requests.length,
      ];
    };
    const [once, asked] = await askTwice({ at: [2] });
    expect(once).toMatchObject({ notices: ["results_set_aside"] });
    expect(asked).toBe(3);
    const [always, tried] = await askTwice({});
    expect(always).toMatchObject({
      code: "content_filtered",
      details: { culprit: "tool_result", categories: ["jailbreak"], documents: ["Handbook/Leave.md"] },
      message: "Azure's content filter refused a tool result (Handbook/Leave.md) for jailbreak.",
    });
    expect(tried).toBe(3);
  },
);

test("a filter that stops the answer in the middle blames the answer, not the tool results", async () => {
  const failed = {
    type: "response.failed",
    response: { status: "failed", error: { code: "content_filter", message: "filtered" } },
  };
  await using server = await replyServer({
    headers: { "content-type": "text/event-stream" },
    body: sse([{ type: "response.output_text.delta", delta: "half an " }, failed]),
  });
  const messages: readonly Message[] = [
    { role: "user", content: "q" },
    { role: "tool", callId: "1", content: "r" },
  ];
  expect(await failureOf(collect(modelAt(server.url), { messages }))).toMatchObject({
    code: "content_filtered",
    details: { culprit: "answer" },
  });
});

test("spillover by Azure itself is told", async () => {
  const answer = responsesText("ok");
  const headers = { ...answer.headers, "x-ms-is-spilled-over": "True", "x-ms-deployment-name": "standard" };
  await using server = await replyServer({ ...answer, headers });
  const got = await collect(modelAt(server.url));
  expect(got.events).toContainEqual({
    type: "notice",
    code: "spillover",
    message: "The provisioned deployment was full; Azure's spillover deployment (standard) answered.",
  });
});
