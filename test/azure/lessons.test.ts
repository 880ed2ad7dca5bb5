import { expect, test } from "vitest";
import type { Learned } from "../../src/azure/index.ts";
import type { Message } from "../../src/core/messages.ts";
import { replyServer, type SeenRequest } from "./reply-server.ts";
import {
  chatText,
  collect,
  errorAnswer,
  failureOf,
  hurriedClock,
  messageItem,
  modelAt,
  responsesCall,
  responsesEvents,
  responsesText,
  sse,
  tool,
} from "./support.ts";

const isChat = (request: SeenRequest): boolean => request.path.endsWith("/chat/completions");
const notSupported = {
  code: "OperationNotSupported",
  message: "The chatCompletion operation does not work with the specified model, m.",
};

test("a deployment without the Responses API is asked over Chat Completions, and from then on at once", async () => {
  await using server = await replyServer((request) =>
    isChat(request) ? chatText("chat") : errorAnswer(404, { code: "404", message: "Resource not found" }),
  );
  const model = modelAt(server.url);
  expect(await collect(model)).toMatchObject({ text: "chat", notices: ["switch_api"] });
  expect(model.describe().api).toBe("chat");
  await collect(model);
  expect(server.requests.map(isChat)).toEqual([false, true, true]);
});

test.each([
  ["Responses-only models", notSupported],
  [
    "tools with reasoning",
    {
      code: null,
      param: "reasoning_effort",
      message: "Function tools with reasoning_effort are not supported for m in /v1/chat/completions.",
    },
  ],
])("Chat Completions falls back to Responses for %s", async (_, complaint) => {
  await using server = await replyServer((request) => (isChat(request) ? errorAnswer(400, complaint) : responsesText("ok")));
  const learned: Learned = { api: "chat", dropped: [], renamed: {}, at: Date.now() };
  const model = modelAt(server.url, { learnedStore: { load: () => learned, save: () => undefined } });
  expect((await collect(model)).text).toBe("ok");
  expect(model.describe().api).toBe("responses");
});

test("where both APIs are refused the first refusal is reported and nothing is learnt", async () => {
  await using server = await replyServer(errorAnswer(404, { code: "404", message: "Resource not found" }));
  const model = modelAt(server.url);
  expect(await failureOf(collect(model))).toMatchObject({
    code: "config",
    message: expect.stringContaining("/openai/v1/responses"),
  });
  expect([server.requests.length, model.describe().api]).toEqual([2, "responses"]);
});

test("a fixed api is never changed", async () => {
  await using server = await replyServer(errorAnswer(400, notSupported));
  expect(await failureOf(collect(modelAt(server.url, { api: "chat" })))).toMatchObject({ code: "bad_request" });
  expect(server.requests).toHaveLength(1);
});

test("a parameter the deployment does not know is left out once and for all, whichever way it says so", async () => {
  const complaints = [
    {
      code: "unsupported_parameter",
      param: "prompt_cache_key",
      message: "Unsupported parameter: 'prompt_cache_key' is not supported with this model.",
    },
    { code: null, param: null, message: "Unrecognized request argument supplied: stream_options" },
  ];
  await using server = await replyServer((request) => {
    if ("prompt_cache_key" in request.body) return errorAnswer(400, complaints[0]!);
    if ("stream_options" in request.body) return errorAnswer(400, complaints[1]!);
    return chatText("ok");
  });
  const model = modelAt(server.url, { api: "chat" });
  expect(await collect(model, { conversationId: "c" })).toMatchObject({
    text: "ok",
    notices: ["drop_parameter", "drop_parameter"],
  });
  expect(await collect(model, { conversationId: "c" })).toMatchObject({ text: "ok", notices: [] });
  expect(server.requests).toHaveLength(4);
});

test.each([
  [
    "a list of details",
    422,
    { detail: [{ type: "extra_forbidden", loc: ["body", "prompt_cache_key"], msg: "Extra inputs are not permitted" }] },
  ],
  [
    "a validator's words",
    400,
    { error: { message: "Additional properties are not allowed ('prompt_cache_key' was unexpected)", code: null } },
  ],
  ["an unknown field", 400, { error: { message: "Unknown field: prompt_cache_key", code: "BadRequest" } }],
])("a server behind a gateway that refuses a parameter of ours by %s is understood", async (_, status, body) => {
  const headers = { "content-type": "application/json" };
  await using server = await replyServer((request) =>
    "prompt_cache_key" in request.body ? { status, headers, body: JSON.stringify(body) } : chatText("fine"),
  );
  const model = modelAt(server.url, { api: "chat" });
  expect(await collect(model, { conversationId: "c" })).toMatchObject({ text: "fine", notices: ["drop_parameter"] });
  await collect(model, { conversationId: "c" });
  expect(server.requests).toHaveLength(3);
});

test("max_completion_tokens becomes max_tokens for models that know only that", async () => {
  await using server = await replyServer((request) =>
    "max_completion_tokens" in request.body
      ? errorAnswer(400, {
          code: "unsupported_parameter",
          param: "max_completion_tokens",
          message: "Unsupported parameter: 'max_completion_tokens'.",
        })
      : chatText("ok"),
  );
  const model = modelAt(server.url, { api: "chat" });
  expect((await collect(model, { maxOutputTokens: 9 })).text).toBe("ok");
  expect(server.requests[1]?.body.max_tokens).toBe(9);
});

test("what was learnt outlives the process in the injected store, for 24 hours", async () => {
  await using server = await replyServer((request) =>
    isChat(request) ? chatText("chat") : errorAnswer(404, { code: "404", message: "Resource not found" }),
  );
  const kept = new Map<string, Learned>();
  const learnedStore = {
    load: (key: string) => kept.get(key),
    save: (key: string, learned: Learned) => void kept.set(key, learned),
  };
  await collect(modelAt(server.url, { learnedStore }));
  expect([...kept.keys()]).toEqual([`${server.url} d`]);
  await collect(modelAt(server.url, { learnedStore }));
  expect(server.requests.map(isChat)).toEqual([false, true, true]);
  const clock = { ...hurriedClock(), now: () => Date.now() + 25 * 60 * 60 * 1000 };
  await collect(modelAt(server.url, { learnedStore, clock }));
  expect(server.requests.slice(3).map(isChat)).toEqual([false, true]);
});

test("a store that fails, or gives back nonsense, does not fail the question", async () => {
  await using server = await replyServer(responsesText("ok"));
  const broken = {
    load: () => {
      throw new Error("disk on fire");
    },
    save: () => Promise.reject(new Error("disk on fire")),
  };
  expect((await collect(modelAt(server.url, { learnedStore: broken }))).text).toBe("ok");
  const nonsense = { load: () => JSON.parse('{"api":"both","dropped":3}') as Learned, save: () => undefined };
  expect((await collect(modelAt(server.url, { learnedStore: nonsense }))).text).toBe("ok");
});

test("a tool whose schema is refused is left out, and the question goes on without it", async () => {
  await using server = await replyServer((request) => {
    const tools = request.body.tools as readonly { name: string }[];
    const bad = tools.findIndex(({ name }) => name.startsWith("bad"));
    const message = `Invalid schema for function '${tools[bad]?.name}': In context=(), something is wrong.`;
    return bad === -1
      ? responsesText("ok")
      : errorAnswer(400, { code: "invalid_function_parameters", param: `tools[${bad}].parameters`, message });
  });
  const model = modelAt(server.url);
  const tools = ["one", "bad1", "two", "bad2"].map((name) => tool(name));
  expect(await collect(model, { tools })).toMatchObject({ text: "ok", notices: ["quarantine_tool", "quarantine_tool"] });
  await collect(model, { tools });
  expect(server.requests).toHaveLength(4);
  expect((server.requests[3]!.body.tools as readonly { name: string }[]).map(({ name }) => name)).toEqual(["one", "two"]);
});

const reasoning = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAA" };
const callItem = { id: "fc_1", type: "function_call", call_id: "call_1", name: "look", arguments: "{}" };

async function conversationAfterCall(url: string): Promise<{ messages: Message[]; model: ReturnType<typeof modelAt> }> {
  const model = modelAt(url);
  const got = await collect(model, { tools: [tool("look")] });
  const finish = got.events.at(-1);
  if (finish?.type !== "finish") throw new Error("no finish");
  const replay = finish.replay === undefined ? {} : { replay: finish.replay };
  const messages: Message[] = [
    { role: "user", content: "hello" },
    { role: "assistant", content: "", toolCalls: got.calls, ...replay },
    { role: "tool", callId: "call_1", content: "seen" },
  ];
  return { messages, model };
}

test("encrypted reasoning is sent again before the call it led to, without item ids that were never stored", async () => {
  await using server = await replyServer(responsesCall("look", "{}", [reasoning]), responsesText("done"));
  const { messages, model } = await conversationAfterCall(server.url);
  await collect(model, { messages });
  expect(server.requests[0]?.body).toMatchObject({ store: false, include: ["reasoning.encrypted_content"] });
  expect(server.requests[1]?.body.input).toEqual([
    { role: "user", content: "hello" },
    { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAA" },
    { type: "function_call", call_id: "call_1", name: "look", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "seen" },
  ]);
});

test("reasoning that cannot be verified is dropped and the question goes on", async () => {
  const refusal = errorAnswer(400, { message: "The encrypted content gAAA...wXBV could not be verified.", code: null });
  await using server = await replyServer(responsesCall("look", "{}", [reasoning]), (request) =>
    request.text.includes("gAAA") ? refusal : responsesText("ok"),
  );
  const { messages, model } = await conversationAfterCall(server.url);
  expect(await collect(model, { messages })).toMatchObject({ text: "ok", notices: ["drop_reasoning"] });
});

test("a model that knows no encrypted reasoning is not asked for it again", async () => {
  const refusal = errorAnswer(400, {
    message: "Encrypted content is not supported with this model.",
    param: "include",
    code: null,
  });
  await using server = await replyServer((request) => ("include" in request.body ? refusal : responsesText("ok")));
  const model = modelAt(server.url);
  expect(await collect(model)).toMatchObject({ text: "ok", notices: ["drop_parameter"] });
  await collect(model);
  expect(server.requests).toHaveLength(3);
});

test("reasoning of another backend is not sent", async () => {
  await using server = await replyServer(responsesText("ok"));
  const replay = { backend: "azure elsewhere d", items: [reasoning] };
  await collect(modelAt(server.url), {
    messages: [
      { role: "user", content: "x" },
      { role: "assistant", content: "y", replay },
      { role: "user", content: "z" },
    ],
  });
  expect(server.requests[0]?.text).not.toContain("gAAA");
});

test("text between reasoning keeps its place; rewritten text takes the place of the first part", async () => {
  const output = [reasoning, { ...messageItem("let me look"), phase: "commentary" }, callItem];
  const answer = { headers: { "content-type": "text/event-stream" }, body: sse(responsesEvents(output, ["let me look"])) };
  await using server = await replyServer(answer, responsesText("ok"), responsesText("ok"));
  const model = modelAt(server.url);
  const got = await collect(model, { tools: [tool("look")] });
  const finish = got.events.at(-1);
  const replay = finish?.type === "finish" && finish.replay !== undefined ? finish.replay : { backend: "", items: [] };
  for (const content of ["let me look", "let me look [1]"]) {
    await collect(model, { messages: [{ role: "assistant", content, toolCalls: got.calls, replay }] });
    expect(server.requests.at(-1)?.body.input).toEqual([
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAA" },
      { role: "assistant", content, phase: "commentary" },
      { type: "function_call", call_id: "call_1", name: "look", arguments: "{}" },
    ]);
  }
});

test("descriptions longer than a deployment takes are cut to what it takes", async () => {
  const param = "tools[0].description";
  const message = `Invalid '${param}': string too long. Expected a string with maximum length 1024, but got a string with length 3000 instead.`;
  await using server = await replyServer((request) => {
    const [first] = request.body.tools as readonly { description: string }[];
    return first!.description.length > 1024
      ? errorAnswer(400, { code: "string_above_max_length", param, message })
      : responsesText("ok");
  });
  const model = modelAt(server.url);
  const tools = [tool("wordy", { type: "object", properties: {} }, "x".repeat(3000))];
  expect(await collect(model, { tools })).toMatchObject({ text: "ok", notices: ["shorten_descriptions"] });
  expect(await collect(model, { tools })).toMatchObject({ text: "ok", notices: [] });
});
