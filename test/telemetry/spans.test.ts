import { expect, test } from "vitest";
import { run } from "../../src/agent/loop.ts";
import { createPolicy } from "../../src/agent/policy.ts";
import { LecternError } from "../../src/core/errors.ts";
import type { ModelEvent } from "../../src/core/model.ts";
import { textResult } from "../../src/core/tools.ts";
import { Observer } from "../../src/telemetry/spans.ts";
import { calls, collect, says, scripted, toolboxOf } from "../support/fakes.ts";
import { memoryTelemetry } from "./memory.ts";

const question = "How many days of leave are there?";
const policy = createPolicy({ own: ["kb"] });
const search = calls({ id: "c1", name: "search", arguments: '{"query":"leave"}' });

/** One turn that searches once and answers, watched. */
async function watchedTurn(
  options: { content?: boolean; replies?: readonly (readonly ModelEvent[])[]; tool?: () => string } = {},
) {
  const memory = memoryTelemetry();
  const observer = new Observer(memory.otel, {
    content: options.content ?? false,
    server: { address: "contoso.openai.azure.com", port: 443 },
  });
  const model = observer.model(scripted(...(options.replies ?? [search, says("Thirty days.")])));
  const toolbox = observer.toolbox(toolboxOf({ search: options.tool ?? (() => "There are 30 days.") }));
  const events = await collect(observer.turn(run({ model, toolbox, question, policy }), { question, conversationId: "talk-1" }));
  return { ...memory, events };
}

test("a turn is a span with a span for each model call and each tool call below it", async () => {
  const { spans } = await watchedTurn();
  expect(spans.map(({ name, parent, kind, ended }) => ({ name, parent, kind, ended }))).toEqual([
    { name: "invoke_agent lectern", parent: undefined, kind: 0, ended: true },
    { name: "chat scripted", parent: "invoke_agent lectern", kind: 2, ended: true },
    { name: "execute_tool search", parent: "invoke_agent lectern", kind: 0, ended: true },
    { name: "chat scripted", parent: "invoke_agent lectern", kind: 2, ended: true },
  ]);
});

test("spans carry the attributes of the GenAI conventions", async () => {
  const { spans } = await watchedTurn();
  const [turn, call, tool] = spans;
  expect(turn!.attributes).toMatchObject({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "lectern",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.conversation.id": "talk-1",
    "gen_ai.usage.input_tokens": 200,
    "gen_ai.usage.output_tokens": 20,
    "lectern.outcome": "uncited",
  });
  expect(call!.attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "scripted",
    "gen_ai.request.stream": true,
    "gen_ai.response.finish_reasons": ["tool_calls"],
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 10,
    "gen_ai.usage.cache_read.input_tokens": 0,
    "gen_ai.usage.reasoning.output_tokens": 0,
    "server.address": "contoso.openai.azure.com",
    "server.port": 443,
  });
  expect(call!.attributes["gen_ai.response.time_to_first_chunk"]).toBeTypeOf("number");
  expect(tool!.attributes).toEqual({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "search",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": "c1",
    "mcp.method.name": "tools/call",
    "lectern.server": "kb",
  });
});

test("questions, answers, arguments and results are not in the spans unless asked for", async () => {
  const secretive = await watchedTurn();
  const told = JSON.stringify(secretive.spans);
  for (const content of [question, '"query"', "leave", "Thirty days", "30 days"]) expect(told).not.toContain(content);
  const talkative = await watchedTurn({ content: true });
  const [turn, call, tool] = talkative.spans;
  expect(JSON.parse(String(turn!.attributes["gen_ai.input.messages"]))).toEqual([
    { role: "user", parts: [{ type: "text", content: question }] },
  ]);
  expect(String(turn!.attributes["gen_ai.output.messages"])).toContain("Thirty days.");
  expect(String(call!.attributes["gen_ai.input.messages"])).toContain(question);
  expect(tool!.attributes).toMatchObject({
    "gen_ai.tool.call.arguments": '{"query":"leave"}',
    "gen_ai.tool.call.result": "There are 30 days.",
  });
});

test("retries, notices and fresh starts are events of the model call's span, without the service's words", async () => {
  const { spans } = await watchedTurn({
    replies: [
      [
        { type: "notice", code: "retry", message: "The service said: secret words" },
        { type: "text", delta: "Th" },
        { type: "reset", reason: "the stream broke" },
        ...says("Thirty days."),
      ],
    ],
  });
  const call = spans.find((span) => span.name === "chat scripted")!;
  expect(call.events).toEqual([
    { name: "lectern.notice", attributes: { "lectern.notice.code": "retry" } },
    { name: "lectern.reset", attributes: {} },
  ]);
  expect(call.attributes["lectern.retries"]).toBe(1);
});

test("a failing model call fails its span and its turn's, by code, without its words", async () => {
  const memory = memoryTelemetry();
  const observer = new Observer(memory.otel);
  const failing = scripted(() => {
    throw new LecternError("rate_limited", "over the limit, says secret", { requestId: "req-1" });
  });
  const toolbox = observer.toolbox(toolboxOf({}));
  const turn = observer.turn(run({ model: observer.model(failing), toolbox, question, policy }), { question });
  await expect(collect(turn)).rejects.toThrow("over the limit");
  expect(memory.spans.map(({ attributes, status, ended }) => [attributes["error.type"], status, ended])).toEqual([
    ["rate_limited", { code: 2 }, true],
    ["rate_limited", { code: 2 }, true],
  ]);
  expect(memory.spans[1]!.attributes["lectern.request_id"]).toBe("req-1");
});

test("a tool that answers with an error fails its span only", async () => {
  const memory = memoryTelemetry();
  const observer = new Observer(memory.otel);
  const toolbox = observer.toolbox(toolboxOf({ search: () => textResult("disk on fire", { isError: true }) }));
  const model = observer.model(scripted(search, says("Sorry.")));
  await collect(observer.turn(run({ model, toolbox, question, policy }), { question }));
  expect(
    memory.spans.filter((span) => span.status !== undefined).map((span) => [span.name, span.attributes["error.type"]]),
  ).toEqual([["execute_tool search", "tool_error"]]);
});

test("metrics count tokens, calls and durations with few and known attributes", async () => {
  const { measures } = await watchedTurn();
  const shared = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "scripted",
    "server.address": "contoso.openai.azure.com",
    "server.port": 443,
  };
  expect(
    measures.filter(({ name }) => name === "gen_ai.client.token.usage").map(({ value, attributes }) => [value, attributes]),
  ).toEqual([
    [100, { ...shared, "gen_ai.token.type": "input" }],
    [10, { ...shared, "gen_ai.token.type": "output" }],
    [100, { ...shared, "gen_ai.token.type": "input" }],
    [10, { ...shared, "gen_ai.token.type": "output" }],
  ]);
  const names = measures.map(({ name }) => name);
  expect(names.filter((name) => name === "gen_ai.client.operation.duration")).toHaveLength(2);
  expect(names.filter((name) => name === "gen_ai.execute_tool.duration")).toHaveLength(1);
  expect(measures.find(({ name }) => name === "gen_ai.invoke_agent.inference_calls")).toMatchObject({ value: 2 });
  expect(measures.find(({ name }) => name === "gen_ai.invoke_agent.tool_calls")).toMatchObject({ value: 1 });
});

test("turns at the same time keep their calls apart", async () => {
  const memory = memoryTelemetry();
  const observer = new Observer(memory.otel);
  const toolbox = observer.toolbox(toolboxOf({ search: async () => "found" }));
  const turn = (id: string) =>
    collect(
      observer.turn(run({ model: observer.model(scripted(search, says(id))), toolbox, question, policy }), {
        question,
        conversationId: id,
      }),
    );
  await Promise.all([turn("a"), turn("b")]);
  expect(memory.measures.filter(({ name }) => name === "gen_ai.invoke_agent.inference_calls").map(({ value }) => value)).toEqual([
    2, 2,
  ]);
  expect(memory.measures.filter(({ name }) => name === "gen_ai.invoke_agent.tool_calls").map(({ value }) => value)).toEqual([
    1, 1,
  ]);
});

test("a reader that leaves early ends the turn's span and stops the turn", async () => {
  const memory = memoryTelemetry();
  const observer = new Observer(memory.otel);
  const toolbox = observer.toolbox(toolboxOf({ search: () => "found" }));
  const model = observer.model(scripted(search, says("never read")));
  for await (const event of observer.turn(run({ model, toolbox, question, policy }), { question }))
    if (event.type === "tool_call") break;
  expect(memory.spans.map(({ name, ended }) => [name, ended])).toEqual([
    ["invoke_agent lectern", true],
    ["chat scripted", true],
  ]);
});

test("a watched model and toolbox show what the real ones show", async () => {
  const observer = new Observer(memoryTelemetry().otel);
  const model = scripted(says("hello"));
  const toolbox = toolboxOf({ search: () => "found" });
  expect(observer.model(model).describe()).toEqual(model.describe());
  expect(observer.model(model).limits).toBe(model.limits);
  expect(observer.toolbox(toolbox).tools()).toBe(toolbox.tools());
});
