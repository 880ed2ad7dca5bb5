import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, parseEmulatorConfig, startEmulator } from "../../src/emulator/index.ts";
import { chatPath, errorOf, eventsOf, responsesPath, sendTo, withEmulator } from "./support.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const onResponses = (body: object) => sendTo(emulator, responsesPath, { model: "default", input: "hi", ...body });
const messages = [{ role: "user", content: "hi" }];
const onChat = (body: object, model = "default") => sendTo(emulator, chatPath, { model, messages, ...body });
const flat = { type: "function", name: "f", parameters: { type: "object", properties: {} } };

test.each([
  ["of no known type", { tools: [{ type: "retrieval" }] }, "tools[0].type", "invalid_value", "Invalid value: 'retrieval'."],
  [
    "of another vendor",
    { tools: [{ type: "web_search_20250305", name: "w" }] },
    "tools[0].type",
    "invalid_value",
    "'file_search'",
  ],
  ["that searches no store", { tools: [{ type: "file_search" }] }, "tools[0].vector_store_ids", "missing_required_parameter", ""],
  ["that runs nowhere", { tools: [flat, { type: "code_interpreter" }] }, "tools[1].container", "missing_required_parameter", ""],
  [
    "that sees no screen",
    { tools: [{ type: "computer_use_preview" }] },
    "tools[0].display_width",
    "missing_required_parameter",
    "Missing required parameter: 'tools[0].display_width'.",
  ],
  [
    "chosen by no known type",
    { tools: [flat], tool_choice: { type: "tool", name: "f" } },
    "tool_choice.type",
    "invalid_value",
    "'tool'",
  ],
])("Responses refuses a tool %s", async (_, body, param, code, words) => {
  const sent = await onResponses(body);
  expect([sent.status, errorOf(sent)]).toEqual([400, expect.objectContaining({ param, code })]);
  expect(errorOf(sent).message).toContain(words);
});

test("tools that the service runs are taken as Azure takes them, and not called", async () => {
  const tools = [
    { type: "web_search" },
    { type: "file_search", vector_store_ids: ["vs_1"] },
    { type: "code_interpreter", container: { type: "auto" } },
    { type: "image_generation" },
    { type: "mcp", server_label: "s", server_url: "https://example.org" },
    { type: "custom", name: "c" },
  ];
  for (const tool_choice of ["auto", { type: "file_search" }, { type: "allowed_tools", mode: "auto", tools: [] }]) {
    const { status, body } = await onResponses({ tools, tool_choice });
    expect([status, (body.output as { type: string }[]).map(({ type }) => type)]).toEqual([200, ["reasoning", "message"]]);
  }
});

test("a tool that the configuration says a model has not is refused by its name, others are not", async () => {
  const config = parseEmulatorConfig({ deployments: { mini: { extends: "classic", refusesTools: ["web_search"] } } });
  await withEmulator({ config }, async (other) => {
    const ask = (type: string) => sendTo(other, responsesPath, { model: "mini", input: "hi", tools: [{ type }] });
    expect(errorOf(await ask("web_search"))).toEqual({
      message: "Hosted tool 'web_search' is not supported with gpt-4.1-mini-2025-04-14.",
      type: "invalid_request_error",
      param: "tools",
      code: null,
    });
    expect((await ask("image_generation")).status).toBe(200);
  });
});

test.each([
  [undefined, "default"],
  ["auto", "default"],
  ["default", "default"],
  ["flex", "flex"],
  ["priority", "priority"],
  ["fast", "priority"],
])("the tier %s is told as %s, whole and streamed, on both APIs", async (service_tier, told) => {
  expect((await onChat({ service_tier })).body.service_tier).toBe(told);
  const chunks = eventsOf((await onChat({ service_tier, stream: true })).text).slice(1);
  expect(new Set(chunks.map((chunk) => chunk.service_tier))).toEqual(new Set([told]));
  expect((await onResponses({ service_tier })).body.service_tier).toBe(told);
  const completed = eventsOf((await onResponses({ service_tier, stream: true })).text).at(-1);
  expect(completed?.response).toMatchObject({ service_tier: told });
});

test("a model that is told not to reason takes what others take: temperature, penalties, log probabilities", async () => {
  const sampling = { temperature: 0.2, top_p: 0.5, presence_penalty: 0.5, frequency_penalty: -0.5 };
  const chat = await onChat({ ...sampling, reasoning_effort: "none", logprobs: true, top_logprobs: 5 });
  const [choice] = chat.body.choices as { logprobs: { content: object[] } }[];
  expect([chat.status, choice!.logprobs.content.length > 0]).toEqual([200, true]);
  const asked = { top_logprobs: 2, include: ["message.output_text.logprobs"], temperature: 0.2 };
  const responses = await onResponses({ ...asked, reasoning: { effort: "none" } });
  const [item] = responses.body.output as { type: string; content: { logprobs: object[] }[] }[];
  expect([responses.status, item!.type, item!.content[0]!.logprobs.length > 0]).toEqual([200, "message", true]);
});

test("what a model never takes it does not take without reasoning either, and it tells at most 5 alternatives", async () => {
  const unreasoned = async (body: object, model?: string) => errorOf(await onChat({ reasoning_effort: "none", ...body }, model));
  for (const param of ["stop", "logit_bias"]) {
    const value = param === "stop" ? ["x"] : { 1: 1 };
    expect(await unreasoned({ [param]: value })).toMatchObject({ param, code: "unsupported_parameter" });
  }
  expect(await unreasoned({ logprobs: true, top_logprobs: 6 })).toEqual({
    message: "Invalid value for 'top_logprobs': must be less than or equal to 5.",
    type: "invalid_request_error",
    param: "top_logprobs",
    code: null,
  });
  expect((await onResponses({ reasoning: { effort: "low" }, temperature: 0.2 })).status).toBe(400);
  expect(await unreasoned({}, "classic")).toMatchObject({ param: "reasoning_effort", code: "unsupported_parameter" });
});
