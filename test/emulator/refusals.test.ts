import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { refusalsPage } from "../../src/emulator/refusals/reference-page.ts";
import type { Refusal } from "../../src/emulator/refusals/refusal.ts";
import { refusals } from "../../src/emulator/refusals/table.ts";
import { shared } from "../support/shared.ts";
import { chatPath, errorOf, responsesPath, type SendOptions, sendTo, withEmulator } from "./support.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const user = [{ role: "user", content: "hi" }];
const object = { type: "object", properties: {} };
const chatTool = (parameters: unknown, name = "find_things", more: object = {}) => ({
  type: "function",
  function: { name, description: "Finds things.", parameters, ...more },
});
const tool = (parameters: unknown, name = "find_things", more: object = {}) => ({ type: "function", name, parameters, ...more });
const chat = (more: object, model = "classic") => ({ path: chatPath, body: { model, messages: user, ...more } });
const responses = (more: object, model = "default") => ({ path: responsesPath, body: { model, input: "hi", ...more } });
const call = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
const output = { type: "function_call_output", call_id: "call_1", output: "x" };
const chatCall = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
};
const foreignReasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAAABpFromAnotherRegion" };
const say = { role: "assistant", content: "said" };

interface Case {
  readonly id: string;
  readonly path: string;
  readonly body: unknown;
  readonly options?: SendOptions;
  readonly error?: object;
}

/** The requests that bring each row about by themselves. */
const cases: readonly Case[] = [
  { id: "401-key-wrong", ...responses({}), options: { anonymous: true } },
  { id: "401-key-wrong", ...responses({}), options: { headers: { "api-key": "wrong" } } },
  { id: "404-deployment-now", ...responses({}, "gpt-4o") },
  { id: "404-path", path: "/openai/openai/v1/responses", body: {} },
  { id: "404-path", path: "/openai/deployments/classic/chat/completions", body: { messages: user } },
  { id: "404-path", path: "/openai/deployments/classic/chat/completions?api-version=2031-01-01", body: { messages: user } },
  { id: "404-path", path: "/openai/responses?api-version=2024-10-21", body: { model: "default", input: "hi" } },
  { id: "404-html", path: "/api/projects/p/assistants", body: {} },
  { id: "404-response", path: `${responsesPath}/resp_none`, body: null, options: { method: "GET" } },
  { id: "400-api-version", ...responses({}), path: `${responsesPath}?api-version=2024-10-21` },
  { id: "400-operation-not-supported", ...chat({}, "responses-only"), error: { code: "OperationNotSupported" } },
  { id: "400-operation-not-supported", ...responses({}, "chat-only") },
  { id: "400-operation-not-supported", ...responses({}, "embeddings") },
  {
    id: "400-tools-with-reasoning",
    ...chat({ tools: [chatTool(object)] }, "default"),
    error: { param: "reasoning_effort", code: null },
  },
  { id: "400-max-tokens", ...chat({ max_tokens: 100 }, "default") },
  { id: "400-unsupported-parameter", ...chat({ logit_bias: { 1: 1 } }, "default") },
  { id: "400-unsupported-parameter-responses", ...responses({ temperature: 0.2 }), error: { param: "temperature", code: null } },
  {
    id: "400-unsupported-value",
    ...chat({ temperature: 0.7 }, "default"),
    error: { param: "temperature", code: "unsupported_value" },
  },
  { id: "400-effort-value", ...responses({ reasoning: { effort: "extreme" } }), error: { param: "reasoning.effort" } },
  { id: "400-effort-value", ...chat({ reasoning_effort: "max" }, "default"), error: { param: "reasoning_effort" } },
  { id: "400-unknown-parameter", ...responses({ apiMode: "x" }), error: { param: "apiMode", code: "unknown_parameter" } },
  { id: "400-messages-on-responses", path: responsesPath, body: { model: "default", messages: user } },
  { id: "400-missing-parameter", path: chatPath, body: { model: "classic" }, error: { param: "messages" } },
  { id: "400-missing-parameter", path: responsesPath, body: { model: "default" }, error: { param: "input" } },
  { id: "400-output-limit-low", ...responses({ max_output_tokens: 10 }) },
  { id: "400-output-limit-high", ...chat({ max_tokens: 40_000 }) },
  { id: "400-context", ...chat({ messages: [{ role: "user", content: "word ".repeat(20_000) }] }, "chat-only") },
  { id: "400-context-responses", ...responses({ input: "word ".repeat(400_000) }) },
  { id: "400-json-mode-word", ...chat({ response_format: { type: "json_object" } }) },
  { id: "400-invalid-json", path: responsesPath, body: "{oops" },
  { id: "400-content-type", ...responses({}), options: { headers: { "content-type": "text/plain" } } },
  { id: "400-invalid-type", ...chat({ messages: "hi" }), error: { param: "messages" } },
  {
    id: "400-bad-tool-schema-items",
    ...chat({ tools: [chatTool(object), chatTool({ type: "object", properties: { tags: { type: "array" } } })] }),
    error: {
      param: "tools[1].function.parameters",
      message: "Invalid schema for function 'find_things': In context=('properties', 'tags'), array schema missing items.",
    },
  },
  {
    id: "400-bad-tool-schema-items",
    ...responses({
      tools: [tool({ type: "object", properties: { a: { type: "object", properties: { b: { type: "array" } } } } })],
    }),
    error: {
      message:
        "Invalid schema for function 'find_things': In context=('properties', 'a', 'properties', 'b'), array schema missing items.",
    },
  },
  { id: "400-bad-tool-schema-properties", ...chat({ tools: [chatTool({ type: "object" })] }) },
  { id: "400-bad-tool-schema-type", ...chat({ tools: [chatTool({ type: "string" })] }) },
  { id: "400-bad-tool-schema-type", ...responses({ tools: [tool({ properties: {} })] }) },
  { id: "400-bad-tool-schema-not-object", ...chat({ tools: [chatTool(null)] }) },
  { id: "400-bad-tool-schema-not-object", ...responses({ tools: [tool({ type: "object", properties: [] })] }) },
  { id: "400-bad-tool-schema-union", ...responses({ tools: [tool({ ...object, anyOf: [object] })] }) },
  { id: "400-strict-additional-properties", ...responses({ tools: [tool(object, "f", { strict: true })] }) },
  {
    id: "400-strict-required",
    ...chat({
      tools: [
        chatTool({ type: "object", properties: { q: { type: "string" } }, additionalProperties: false }, "f", { strict: true }),
      ],
    }),
  },
  { id: "400-tool-name-pattern", ...responses({ tools: [tool(object, "a.b")] }), error: { param: "tools[0].name" } },
  {
    id: "400-string-too-long",
    ...chat({ tools: [chatTool(object, "n".repeat(65))] }),
    error: { param: "tools[0].function.name" },
  },
  {
    id: "400-string-too-long",
    ...responses({ input: [{ ...call, call_id: "c".repeat(65) }] }),
    error: { param: "input[0].call_id" },
  },
  { id: "400-too-many-tools", ...responses({ tools: Array.from({ length: 129 }, (_, index) => tool(object, `t${index}`)) }) },
  { id: "400-orphan-tool-message", ...chat({ messages: [...user, { role: "tool", tool_call_id: "call_1", content: "x" }] }) },
  { id: "400-unanswered-tool-calls", ...chat({ messages: [...user, chatCall, ...user] }) },
  { id: "400-orphan-call-output", ...responses({ input: [output] }) },
  { id: "400-unanswered-call", ...responses({ input: [...user, call] }) },
  { id: "400-reasoning-alone", ...responses({ input: [{ type: "reasoning", id: "rs_1", summary: [] }, ...user] }) },
  { id: "400-previous-response", ...responses({ previous_response_id: "resp_none" }) },
  { id: "400-encrypted-content", ...responses({ input: [...user, foreignReasoning, say, ...user] }) },
  { id: "400-encrypted-not-supported", ...responses({ include: ["reasoning.encrypted_content"] }, "classic") },
];

test.each(cases.map((each) => [each.id, each] as const))(
  "%s is what such a request gets",
  async (id, { path, body, options, error }) => {
    const sent = await sendTo(emulator, path, body, options);
    const row = refusals.find((each) => each.id === id)!;
    expect(sent.status).toBe(row.status);
    const template = row.body;
    if (typeof template === "string") {
      expect(sent.text).toBe(template);
      return;
    }
    const expected = template as { error?: { code?: unknown; message?: string } };
    if (expected.error === undefined) expect(sent.body).toEqual(expected);
    else {
      expect(Object.keys(errorOf(sent))).toEqual(Object.keys(expected.error));
      const fixed = expected.error.message!.split(/\{\w+\}/).reduce((a, b) => (a.length >= b.length ? a : b));
      expect(errorOf(sent).message).toContain(fixed);
      if (error !== undefined) expect(errorOf(sent)).toMatchObject(error);
    }
  },
);

test("every row of the table can be had by name", async () => {
  for (const row of refusals as readonly Refusal[]) {
    const sent = await sendTo(
      emulator,
      responsesPath,
      { model: "default", input: "hi" },
      { headers: { "x-emulate-fault": row.id } },
    );
    expect([row.id, sent.status]).toEqual([row.id, row.status]);
    expect(sent.text).not.toMatch(
      /\{\w+\}/.test(JSON.stringify(row.example ?? "")) ? /$^/ : /[`' ]\{(?!deployment-id|projectName)\w+\}/,
    );
    expect(sent.headers.get("apim-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("rows that are only guessed are off unless strict is all", async () => {
  const nameless = { input: "hi" };
  expect(errorOf(await sendTo(emulator, responsesPath, nameless)).code).toBe("DeploymentNotFound");
  await withEmulator({ strict: "all" }, async (strict) => {
    expect(errorOf(await sendTo(strict, responsesPath, nameless)).message).toBe("you must provide a model parameter");
  });
});

interface Reported {
  readonly id: string;
  readonly status: number;
  readonly body?: { readonly error?: Record<string, unknown> } | string;
}

test("every error body that users reported comes back with its status, shape and code", async ({ skip }) => {
  const path = shared("data/azure-recordings/reported_errors.json");
  if (path === undefined) return skip();
  const { entries } = JSON.parse(readFileSync(path, "utf8")) as { entries: Reported[] };
  for (const entry of entries.filter((each) => each.body !== undefined)) {
    const sent = await sendTo(
      emulator,
      responsesPath,
      { model: "default", input: "hi" },
      { headers: { "x-emulate-fault": entry.id } },
    );
    expect([entry.id, sent.status]).toEqual([entry.id, entry.status]);
    if (typeof entry.body === "string") expect(sent.text).toBe(entry.body);
    else {
      const ours = (sent.body.error ?? sent.body) as Record<string, unknown>;
      const theirs = (entry.body!.error ?? entry.body) as Record<string, unknown>;
      expect([entry.id, Object.keys(ours)]).toEqual([entry.id, Object.keys(theirs)]);
      expect([entry.id, ours.code, ours.type]).toEqual([entry.id, theirs.code, theirs.type]);
    }
  }
});

test("the reference page of refusals is generated from the table", async () => {
  await expect(refusalsPage()).toMatchFileSnapshot("../../docs/reference/emulator-refusals.md");
});
