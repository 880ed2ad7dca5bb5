import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import type { LecternError } from "../../src/core/errors.ts";
import { type Answer, replyServer } from "./reply-server.ts";
import { chatText, collect, failureOf, messageItem, modelAt, responsesEvents, responsesText, sse } from "./support.ts";

const stream = { "content-type": "text/event-stream" };
const json = { "content-type": "application/json" };
const events = responsesEvents([messageItem("one two three")], ["one ", "two ", "three"]);

const otherItem = { ...events[4], item: messageItem("one two four") };

/** Answers that are no answers: each must be followed by another attempt, never shown as the reply. */
const broken: Readonly<Record<string, Answer>> = {
  "a stream that ends before its closing event": { headers: stream, body: sse(events.slice(0, -1)) },
  "a stream cut by a reset": { headers: stream, body: sse(events.slice(0, 3)), ending: "cut" },
  "a stream that falls silent": { headers: stream, body: sse(events.slice(0, 3)), ending: "hang" },
  "headers and then nothing": { headers: stream, body: "", ending: "hang" },
  "a lost text delta, and closing events that disagree on the whole text": {
    headers: stream,
    body: sse([...events.slice(0, 2), ...events.slice(3, 4), otherItem, ...events.slice(5)]),
  },
  "a lost text delta and a lost closing item": {
    headers: stream,
    body: sse([...events.slice(0, 2), ...events.slice(3, 4), ...events.slice(5)]),
  },
  "a lost closing item where the closing event repeats nothing": {
    headers: stream,
    body: sse(
      responsesEvents([messageItem("one "), messageItem("two")], ["one ", "two"])
        .filter((event) => !("output_index" in event && event.output_index === 1))
        .map((event) => ("response" in event ? { ...event, response: { ...(event.response as object), output: [] } } : event)),
    ),
  },
  "a damaged closing event": { headers: stream, body: sse(events).slice(0, -40) },
  "a web page": { headers: { "content-type": "text/html" }, body: "<html>sign in to the network</html>" },
  "an empty body": { headers: json, body: "" },
  null: { headers: json, body: "null" },
  "an empty list": { headers: json, body: "[]" },
  "JSON of something else": { headers: json, body: '{"hello":1}' },
  "half a JSON body": { headers: json, body: '{"output":[{"type":"mess' },
  "a body that claims to be compressed and is not": { headers: { ...stream, "content-encoding": "gzip" }, body: sse(events) },
  "an answer that is still being worked on": { headers: json, body: '{"status":"in_progress","output":[]}' },
  "an error inside the stream": {
    headers: stream,
    body: sse([events[0]!, { type: "error", code: "server_error", message: "oops" }]),
  },
  "a failed response": {
    headers: stream,
    body: sse([{ type: "response.failed", response: { status: "failed", error: { code: "server_error" } } }]),
  },
};

test.each(Object.entries(broken))("%s is never an answer: the question is asked again", async (_, answer) => {
  await using server = await replyServer(answer, responsesText("whole"));
  const silent = answer.ending === "hang";
  const got = await collect(modelAt(server.url, silent ? { idleTimeoutMs: 300 } : {}));
  expect([got.text, got.finish, server.requests.length]).toEqual(["whole", "stop", 2]);
  const shown = got.events.findIndex((event) => event.type === "text");
  const reset = got.events.findIndex((event) => event.type === "reset");
  expect(reset === -1 || shown < reset).toBe(true);
});

test.each(
  Object.entries({
    "a lost text delta": [...events.slice(0, 2), ...events.slice(3)],
    "two deltas in the wrong order": [events[0]!, events[2]!, events[1]!, ...events.slice(3)],
    "a delta that came twice with another number": [
      ...events.slice(0, 2),
      { ...events[1], sequence_number: 90 },
      ...events.slice(2),
    ],
  }),
)("%s is healed by the whole text that the service repeats twice: no second request", async (_, some) => {
  await using server = await replyServer({ headers: stream, body: sse(some) });
  const got = await collect(modelAt(server.url));
  expect([got.text, got.finish, server.requests.length]).toEqual(["one two three", "stop", 1]);
  expect(got.events.filter((event) => event.type === "reset")).toHaveLength(1);
});

test("text that was shown before the break is taken back by a reset", async () => {
  await using server = await replyServer(
    { headers: stream, body: sse(events.slice(0, 3)), ending: "cut" },
    responsesText("fresh start"),
  );
  const got = await collect(modelAt(server.url));
  expect(got.events.filter((event) => event.type === "reset")).toHaveLength(1);
  expect(got.text).toBe("fresh start");
});

test("a damaged, lost or repeated event that carried no text does no harm: the closing event repeats the whole text", async () => {
  const [created, ...rest] = events;
  const streams = [rest, [created!, created!, ...rest], [created!, events[1]!, events[1]!, ...events.slice(2)]];
  for (const some of streams) {
    await using server = await replyServer({ headers: stream, body: sse(some) });
    expect((await collect(modelAt(server.url))).text).toBe("one two three");
    expect(server.requests).toHaveLength(1);
  }
});

test("a chat stream needs a finish reason, and nothing else", async () => {
  const whole = chatText("all of it");
  const withoutDone = whole.body.replace("data: [DONE]\n\n", "");
  await using server = await replyServer({ ...whole, body: withoutDone });
  expect(await collect(modelAt(server.url, { api: "chat" }))).toMatchObject({ text: "all of it", finish: "stop" });
  const cut = whole.body.split("\n\n").slice(0, 2).join("\n\n");
  await using cutting = await replyServer({ ...whole, body: `${cut}\n\ndata: [DONE]\n\n` }, whole);
  expect((await collect(modelAt(cutting.url, { api: "chat" }))).text).toBe("all of it");
  expect(cutting.requests).toHaveLength(2);
});

test("a damaged chat event may have carried text, so the question is asked again", async () => {
  const whole = chatText("all of it");
  await using server = await replyServer({ ...whole, body: whole.body.replace('"content":"of "', '"content":"o') }, whole);
  expect((await collect(modelAt(server.url, { api: "chat" }))).text).toBe("all of it");
  expect(server.requests).toHaveLength(2);
});

test("a chat stream whose events all come twice is no answer", async () => {
  const whole = chatText("one two");
  const events = whole.body.split("\n\n").filter((event) => event !== "");
  const doubled = events.flatMap((event) => [event, event]).join("\n\n");
  await using server = await replyServer({ ...whole, body: `${doubled}\n\n` }, whole);
  expect((await collect(modelAt(server.url, { api: "chat" }))).text).toBe("one two");
});

test.each(["responses", "chat"] as const)("a tool call whose name was lost is no answer: %s", async (api) => {
  const called = [{ index: 0, id: "call_1", type: "function", function: { name: "", arguments: "{}" } }];
  const choice = { index: 0, delta: { tool_calls: called }, finish_reason: "tool_calls" };
  const item = { id: "fc_1", type: "function_call", call_id: "call_1", name: "", arguments: "{}" };
  const body = api === "chat" ? sse([{ choices: [choice] }], "data: [DONE]\n\n") : sse(responsesEvents([item], []));
  const whole = api === "chat" ? chatText("whole") : responsesText("whole");
  await using server = await replyServer({ headers: stream, body }, whole);
  expect(await collect(modelAt(server.url, { api }))).toMatchObject({ text: "whole", calls: [], notices: ["retry"] });
});

/** A stream with a tool call, of a server whose closing event repeats no output. */
function unrepeated(lost: readonly string[] = [], numbered = true): Answer {
  const item = { id: "fc_1", type: "function_call", call_id: "call_1", name: "echo", arguments: "{}" };
  const [created, done, completed] = responsesEvents([item], []) as [object, object, { response: object }];
  const begun = { ...item, arguments: "", status: "in_progress" };
  const all = [
    created,
    { type: "response.in_progress" },
    { type: "response.output_item.added", output_index: 0, item: begun },
    { type: "response.function_call_arguments.done", output_index: 0, item_id: "fc_1", arguments: "{}" },
    done,
    { ...completed, response: { ...completed.response, output: [] } },
  ].map((event, sequence_number) => ({ ...event, sequence_number: numbered ? sequence_number : undefined }));
  const kept = all.filter((event) => !("type" in event && lost.includes(String(event.type).replace("response.", ""))));
  return { headers: stream, body: sse(kept) };
}

test.each([
  ["its closing item, on a server that counts", unrepeated(["output_item.done"])],
  ["its closing item, on a server that does not count", unrepeated(["output_item.done"], false)],
  ["all of it", unrepeated(["output_item.added", "function_call_arguments.done", "output_item.done"])],
])("a tool call that lost %s, and is repeated nowhere, does not vanish: the question is asked again", async (_, answer) => {
  await using server = await replyServer(answer, responsesText("whole"));
  expect(await collect(modelAt(server.url))).toMatchObject({ text: "whole", calls: [], notices: ["retry"] });
});

test.each([
  ["counts", unrepeated()],
  ["does not count", unrepeated([], false)],
  ["lost an event that only announces", unrepeated(["output_item.added"])],
])("a tool call is known from its item alone, where the server repeats no output and %s", async (_, answer) => {
  await using server = await replyServer(answer);
  const got = await collect(modelAt(server.url));
  expect([got.calls.map(({ name }) => name), got.finish, server.requests.length]).toEqual([["echo"], "tool_calls", 1]);
});

test.each([
  ["max_output_tokens", "length"],
  ["content_filter", "content_filter"],
])("a tool call that %s stopped in its middle is no lost event", async (reason, finish) => {
  const response = { status: "incomplete", incomplete_details: { reason }, output: [] };
  const begun = { id: "fc_1", type: "function_call", call_id: "call_1", name: "echo", arguments: "", status: "in_progress" };
  const body = sse([
    { type: "response.output_item.added", output_index: 0, item: begun },
    { type: "response.incomplete", response },
  ]);
  await using server = await replyServer({ headers: stream, body });
  expect(await collect(modelAt(server.url))).toMatchObject({ calls: [], finish });
  expect(server.requests).toHaveLength(1);
});

test.each(["failed", "cancelled"])("a whole response that is %s is no answer, however it is called", async (status) => {
  const response = { status, output: [messageItem("half of")], error: { code: "server_error", message: "broke off" } };
  const closing = { type: "response.completed", response };
  const answers = [
    { headers: json, body: JSON.stringify(response) },
    { headers: stream, body: sse([closing]) },
  ];
  await using server = await replyServer(...answers, responsesText("whole"));
  expect(await collect(modelAt(server.url))).toMatchObject({ text: "whole", notices: ["retry", "retry"] });
});

test("of several chat choices the first by its number is the answer, wherever it stands", async () => {
  const choices = [
    { index: 1, message: { content: "another one" }, finish_reason: "stop" },
    { index: 0, message: { content: "the answer" }, finish_reason: "stop" },
  ];
  await using server = await replyServer({ headers: json, body: JSON.stringify({ choices }) });
  expect((await collect(modelAt(server.url, { api: "chat" }))).text).toBe("the answer");
});

const whole = { function: { name: "echo", arguments: "{}" } };

test.each([
  ["all bear the number 0", [[{ index: 0, id: "a", ...whole }], [{ index: 0, id: "b", ...whole }]], ["a", "b"]],
  ["are numbered from 1", [[{ index: 1, id: "a", ...whole }], [{ index: 2, id: "b", ...whole }]], ["a", "b"]],
  ["bear no numbers", [[{ id: "a", ...whole }], [{ id: "b", ...whole }]], ["a", "b"]],
  [
    "come in pieces with a new id each",
    [[{ index: 0, id: "a", function: { name: "echo", arguments: "{" } }], [{ index: 0, id: "x", function: { arguments: "}" } }]],
    ["x"],
  ],
])("tool calls of a gateway are told apart where they %s", async (_, deltas, ids) => {
  const chunks = deltas.map((tool_calls) => ({ choices: [{ index: 0, delta: { tool_calls } }] }));
  const body = sse([...chunks, { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }], "data: [DONE]\n\n");
  await using server = await replyServer({ headers: stream, body });
  const { calls } = await collect(modelAt(server.url, { api: "chat" }));
  expect(calls).toMatchObject(ids.map((id) => ({ id, name: "echo", arguments: "{}" })));
});

test("arguments that come as an object are the call's arguments on Responses too", async () => {
  const item = { type: "function_call", call_id: "call_1", name: "echo", arguments: { text: "hi" } };
  await using server = await replyServer({ headers: stream, body: sse(responsesEvents([item], [])) });
  expect((await collect(modelAt(server.url))).calls).toMatchObject([{ arguments: '{"text":"hi"}' }]);
});

test.each([
  ["a number as its code", { error: { message: "slow down", code: 429 } }, "rate_limited", /429/],
  ["words alone", { error: "model crashed" }, "service", /model crashed/],
  ["its fields beside object: error", { object: "error", message: "no such thing", code: 400 }, "bad_request", /no such thing/],
])("an error inside a stream is read where it has %s", async (_, event, code, words) => {
  await using server = await replyServer({ headers: stream, body: sse([event], "data: [DONE]\n\n") });
  const error = (await failureOf(collect(modelAt(server.url, { api: "chat" })))) as LecternError;
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
});

test("a chat reply that ends with an error is no answer, whether it says which or not", async () => {
  const ending = (error: object) =>
    sse([
      { choices: [{ index: 0, delta: { content: "half of" } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: "error", ...error }] },
    ]);
  await using server = await replyServer(
    { headers: stream, body: ending({}) },
    { headers: stream, body: ending({ error: { code: 502, message: "upstream died" } }) },
    chatText("whole"),
  );
  expect(await collect(modelAt(server.url, { api: "chat" }))).toMatchObject({ text: "whole", notices: ["retry", "retry"] });
});

test("what follows [DONE] is not read", async () => {
  const whole = chatText("enough");
  await using server = await replyServer({ ...whole, body: `${whole.body}${whole.body}` });
  expect((await collect(modelAt(server.url, { api: "chat" }))).text).toBe("enough");
});

test("choices without delta, empty choices and foreign lines are read over", async () => {
  const odd = sse([
    { choices: [], prompt_filter_results: [] },
    { choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 1 } }] },
    { choices: [{ index: 1, delta: { content: "not me" } }] },
  ]);
  const whole = chatText("fine");
  await using server = await replyServer({
    ...whole,
    body: `this is no field\n\ndata: 1\n\ndata: {not json}\n\n${odd}${whole.body}`,
  });
  expect((await collect(modelAt(server.url, { api: "chat" }))).text).toBe("fine");
});

test("a late verdict of the asynchronous filter overrides an earlier stop", async () => {
  const whole = chatText("text");
  const late = sse([
    {
      choices: [
        { index: 0, finish_reason: "content_filter", content_filter_results: { protected_material_text: { filtered: true } } },
      ],
    },
  ]);
  await using server = await replyServer({ ...whole, body: whole.body.replace("data: [DONE]", `${late}data: [DONE]`) });
  const got = await collect(modelAt(server.url, { api: "chat" }));
  expect(got.finish).toBe("content_filter");
  expect(got.events).toContainEqual({
    type: "notice",
    code: "content_filtered",
    message: "Azure's content filter stopped the answer for protected material text.",
  });
});

test("a whole JSON body in place of a stream is read as the answer", async () => {
  const response = {
    status: "completed",
    model: "m",
    output: [messageItem("in one piece")],
    usage: { input_tokens: 1, output_tokens: 2 },
  };
  const completion = {
    choices: [{ message: { content: "in one piece" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  };
  for (const [api, body] of [
    ["responses", response],
    ["chat", completion],
  ] as const) {
    await using server = await replyServer({ headers: json, body: JSON.stringify(body) });
    expect(await collect(modelAt(server.url, { api }))).toMatchObject({
      text: "in one piece",
      usage: { inputTokens: 1, outputTokens: 2 },
    });
  }
});

test("a JSON body that is called an event stream is read as the answer all the same", async () => {
  const response = { status: "completed", output: [messageItem("in one piece")] };
  await using server = await replyServer({ headers: stream, body: `\n ${JSON.stringify(response)}` });
  expect((await collect(modelAt(server.url))).text).toBe("in one piece");
});

test.each(["gzip", "deflate", "br", "zstd"] as const)("a stream that a gateway packed with %s is unpacked", async (encoding) => {
  const pack = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }[encoding];
  await using server = await replyServer({
    headers: { ...stream, "content-encoding": encoding },
    body: pack(responsesText("packed").body),
  });
  expect((await collect(modelAt(server.url))).text).toBe("packed");
  expect(server.requests[0]?.headers["accept-encoding"]).toBe("identity");
});

test("an event stream under another content type is read as one", async () => {
  await using server = await replyServer({ headers: { "content-type": "text/plain" }, body: responsesText("plain").body });
  expect((await collect(modelAt(server.url))).text).toBe("plain");
});

test("a connection that stays open after the closing event does not hold the answer back for long", async () => {
  await using server = await replyServer({ ...responsesText("done"), ending: "hang" });
  expect(await collect(modelAt(server.url, { lingerMs: 20 }))).toMatchObject({ text: "done", finish: "stop" });
});

test("a reply that keeps breaking is an error that names the host", async () => {
  await using server = await replyServer({ headers: stream, body: sse(events.slice(0, 3)) });
  const error = (await failureOf(collect(modelAt(server.url)))) as LecternError;
  expect([error.code, error.message]).toEqual([
    "service",
    `The reply from 127.0.0.1:${server.port} is no whole answer: the stream ended before its closing event.`,
  ]);
  expect(server.requests).toHaveLength(4);
});

test("text deltas are passed on once per socket read", async () => {
  const many = Array.from({ length: 200 }, (_, i) => `w${i} `);
  await using server = await replyServer(responsesText(many.join("").trim()));
  const got = await collect(modelAt(server.url));
  expect(got.text).toBe(many.join("").trim());
  expect(got.events.filter((event) => event.type === "text").length).toBeLessThan(20);
});
