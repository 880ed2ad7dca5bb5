import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, parseEmulatorConfig, startEmulator } from "../../src/emulator/index.ts";
import { chatPath, errorOf, responsesPath, sendTo, withEmulator } from "./support.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const user = { role: "user", content: "hi" };
const object = { type: "object", properties: {} };
const open = { type: "object", properties: { q: { type: "string" } } };
const loose = { ...open, additionalProperties: false };
const tool = { type: "function", function: { name: "f", parameters: object } };
const flat = { type: "function", name: "f", parameters: object };
const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const called = (...calls: object[]) => ({ role: "assistant", content: null, tool_calls: calls });
const result = { role: "tool", tool_call_id: "call_1", content: "x" };
const functionCall = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
const output = { type: "function_call_output", call_id: "call_1", output: "x" };

type Case = readonly [what: string, body: object, param: string | null, code: string | null, words: string];

const onChat: readonly Case[] = [
  ["a text as temperature", { temperature: "0.5" }, "temperature", "invalid_type", "expected a decimal, but got a string"],
  ["a temperature of 3", { temperature: 3 }, "temperature", "decimal_above_max_value", "Expected a value <= 2, but got 3"],
  ["a negative temperature", { temperature: -1 }, "temperature", "decimal_below_min_value", "Expected a value >= 0, but got -1"],
  ["a penalty of 3", { presence_penalty: 3 }, "presence_penalty", "decimal_above_max_value", "<= 2"],
  ["no answers", { n: 0 }, "n", "integer_below_min_value", "Expected a value >= 1, but got 0"],
  ["129 answers", { n: 129 }, "n", "integer_above_max_value", "Expected a value <= 128, but got 129"],
  ["no output tokens", { max_tokens: 0 }, "max_tokens", "integer_below_min_value", ">= 1"],
  ["output tokens as a text", { max_tokens: "100" }, "max_tokens", "invalid_type", "expected an integer, but got a string"],
  ["half a token", { max_tokens: 1.5 }, "max_tokens", "invalid_type", "but got a decimal number"],
  ["both limits", { max_tokens: 5, max_completion_tokens: 5 }, "max_tokens", "invalid_parameter_combination", "at the same time"],
  ["five stop sequences", { stop: ["a", "b", "c", "d", "e"] }, "stop", "array_above_max_length", "maximum length 4"],
  ["a number as metadata", { metadata: { a: 1 } }, "metadata.a", "invalid_type", "expected a string, but got an integer"],
  ["stream options without a stream", { stream_options: { include_usage: true } }, "stream_options", null, "when 'stream' is"],
  ["alternatives without logprobs", { top_logprobs: 2 }, "top_logprobs", null, "when 'logprobs' is enabled"],
  ["no messages", { messages: [] }, "messages", "empty_array", "Expected an array with minimum length 1"],
  ["a message without role", { messages: [{ content: "hi" }] }, "messages[0].role", "missing_required_parameter", "Missing"],
  ["a role that is none", { messages: [{ role: "robot", content: "hi" }] }, "messages[0].role", "invalid_value", "'robot'"],
  [
    "no content",
    { messages: [user, { role: "user", content: null }] },
    "messages.[1].content",
    null,
    "expected a string, got null",
  ],
  ["a silent assistant", { messages: [user, { role: "assistant" }] }, "messages.[1].content", null, "got null"],
  [
    "a number as content",
    { messages: [{ role: "user", content: 5 }] },
    "messages[0].content",
    "invalid_type",
    "array of objects",
  ],
  [
    "a content type of Responses",
    { messages: [{ role: "user", content: [{ type: "input_text", text: "hi" }] }] },
    "messages[0].content[0].type",
    "invalid_value",
    "Invalid value: 'input_text'. Supported values are: 'text', 'image_url'",
  ],
  ["an empty list of calls", { messages: [user, called()] }, "messages[1].tool_calls", "empty_array", "tool_calls"],
  [
    "arguments that are no text",
    { messages: [user, called({ ...call, function: { name: "f", arguments: {} } }), result] },
    "messages[1].tool_calls[0].function.arguments",
    "invalid_type",
    "expected a string, but got an object",
  ],
  [
    "a result without the id of its call",
    { messages: [user, called(call), { role: "tool", content: "x" }] },
    "messages[2].tool_call_id",
    "missing_required_parameter",
    "Missing",
  ],
  ["a name with a space", { messages: [{ ...user, name: "Jo Doe" }] }, "messages[0].name", "invalid_value", "match pattern"],
  ["an empty list of tools", { tools: [] }, null, null, "[] is too short - 'tools'"],
  ["a tool without type", { tools: [{ function: tool.function }] }, "tools[0].type", "missing_required_parameter", "Missing"],
  ["a hosted tool", { tools: [{ type: "code_interpreter" }] }, "tools[0].type", "invalid_value", "are: 'function' and 'custom'."],
  ["a tier that is none", { service_tier: "bogus" }, "service_tier", "invalid_value", "'fast', 'flex', and 'priority'"],
  ["an object as tier", { service_tier: {} }, "service_tier", "invalid_type", "'flex', or 'priority', but got an object"],
  ["a word to bias", { logit_bias: { AI: 10 } }, "logit_bias", null, "Invalid key in 'logit_bias': AI. You should only"],
  [
    "1,025 tokens to bias",
    { logit_bias: Object.fromEntries(Array.from({ length: 1_025 }, (_, token) => [token, 1])) },
    "logit_bias",
    "object_above_max_properties",
    "at most 1024 properties, but got an object with 1025",
  ],
  [
    "a long name in metadata",
    { metadata: { ["k".repeat(70)]: "v" } },
    `metadata.${"k".repeat(70)}`,
    "property_name_above_max_length",
    "'kkk...kkk' is too long",
  ],
  [
    "a choice that is a number",
    { tools: [tool], tool_choice: 7 },
    "tool_choice",
    "invalid_type",
    "or object, but got an integer",
  ],
  [
    "a choice of no function",
    { tools: [tool], tool_choice: { type: "tool" } },
    "tool_choice.function",
    "missing_required_parameter",
    "Missing",
  ],
  [
    "a developer who says nothing",
    { messages: [user, { role: "developer" }] },
    "messages[1].content",
    "missing_required_parameter",
    "Missing",
  ],
  [
    "a developer who says null",
    { messages: [user, { role: "developer", content: null }] },
    "messages[1].content",
    "invalid_type",
    "array of objects, but got null",
  ],
  ["a tool choice without tools", { tool_choice: "auto" }, "tool_choice", null, "only allowed when 'tools' are specified"],
  ["parallel calls without tools", { parallel_tool_calls: true }, "parallel_tool_calls", null, "only allowed when 'tools'"],
  ["a tool choice that is none", { tools: [tool], tool_choice: "any" }, "tool_choice", "invalid_value", "'none', 'auto', and"],
  [
    "a tool that is not offered",
    { tools: [tool], tool_choice: { type: "function", function: { name: "g" } } },
    "function_call",
    null,
    "no function named 'g'",
  ],
  ["a format that is none", { response_format: { type: "xml" } }, "response_format.type", "invalid_value", "'json_object'"],
  [
    "a format without its schema",
    { response_format: { type: "json_schema" } },
    "response_format.json_schema",
    "missing_required_parameter",
    "Missing",
  ],
  [
    "a strict format that is open",
    { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: open } } },
    "response_format",
    null,
    "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required",
  ],
  [
    "a strict format with an optional property",
    { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: loose } } },
    "response_format",
    null,
    "Missing 'q'",
  ],
];

const onResponses: readonly Case[] = [
  ["max_tokens", { max_tokens: 100 }, null, "unsupported_parameter", "this parameter has moved to 'max_output_tokens'"],
  ["response_format", { response_format: { type: "text" } }, null, "unsupported_parameter", "moved to 'text.format'"],
  ["reasoning_effort", { reasoning_effort: "low" }, null, "unsupported_parameter", "moved to 'reasoning.effort'"],
  ["a text as reasoning", { reasoning: "high" }, "reasoning", "invalid_type", "expected an object, but got a string"],
  [
    "a summary that is none",
    { reasoning: { summary: "long" } },
    "reasoning.summary",
    "invalid_value",
    "'concise', 'detailed', and",
  ],
  ["a truncation that is none", { truncation: "some" }, "truncation", "invalid_value", "'auto' and 'disabled'"],
  ["an inclusion that is none", { include: ["all"] }, "include[0]", "invalid_value", "'reasoning.encrypted_content'"],
  ["a verbosity that is none", { text: { verbosity: "loud" } }, "text.verbosity", "invalid_value", "'low', 'medium', and 'high'"],
  ["a number as instructions", { instructions: 5 }, "instructions", "invalid_type", "but got an integer"],
  [
    "17 metadata",
    { metadata: Object.fromEntries([..."abcdefghijklmnopq"].map((k) => [k, k])) },
    "metadata",
    "object_above_max_properties",
    "at most 16",
  ],
  ["an item that is none", { input: ["hi"] }, "input[0]", "invalid_type", "expected an input item, but got a string"],
  ["an item of no known type", { input: [{ type: "thought" }] }, "input[0]", "invalid_value", "'function_call_output'"],
  ["a role of chat", { input: [user, { role: "tool", content: "x" }] }, "input[1]", "invalid_value", "Invalid value: 'tool'."],
  ["a message without content", { input: [{ role: "user" }] }, "input[0].content", "missing_required_parameter", "Missing"],
  [
    "a content type of chat",
    { input: [{ role: "user", content: [{ type: "text", text: "hi" }] }] },
    "input[0].content[0].type",
    "invalid_value",
    "Invalid value: 'text'. Supported values are: 'input_text'",
  ],
  [
    "input of an assistant",
    { input: [user, { role: "assistant", content: [{ type: "input_text", text: "hi" }] }] },
    "input[1].content[0]",
    "invalid_value",
    "'output_text' and 'refusal'",
  ],
  [
    "a call without id",
    { input: [{ ...functionCall, call_id: undefined }] },
    "input[0].call_id",
    "missing_required_parameter",
    "M",
  ],
  [
    "arguments that are no text",
    { input: [{ ...functionCall, arguments: {} }, output] },
    "input[0].arguments",
    "invalid_type",
    "object",
  ],
  [
    "a result without output",
    { input: [functionCall, { ...output, output: undefined }] },
    "input[1].output",
    "missing_required_parameter",
    "M",
  ],
  ["a required call of no tool", { tool_choice: "required" }, "tool_choice", null, "must be specified with 'tools'"],
  [
    "a tool that is not offered",
    { tools: [flat], tool_choice: { type: "function", name: "g" } },
    "tool_choice",
    null,
    "not found",
  ],
  [
    "a schema without name",
    { text: { format: { type: "json_schema", schema: object } } },
    "text.format.name",
    "missing_required_parameter",
    "M",
  ],
  ["JSON mode nobody speaks of", { text: { format: { type: "json_object" } } }, "input", null, "must contain the word 'json'"],
  [
    "logprobs of a reasoning model",
    { top_logprobs: 2 },
    "top_logprobs",
    "unsupported_parameter",
    "not supported with reasoning models",
  ],
  ["included logprobs", { include: ["message.output_text.logprobs"] }, "include", "unsupported_parameter", "reasoning models"],
];

const schemaOf = (parameters: object) => ({ tools: [{ ...flat, parameters }] });
const known: readonly Case[] = [
  ["a type that is an object", schemaOf({ type: { a: 1 } }), "tools[0].parameters", "invalid_function_parameters", '{"a":1}'],
  [
    "usage in a stream's options",
    { stream: true, stream_options: { include_usage: true } },
    "stream_options.include_usage",
    "unknown_parameter",
    "Unknown",
  ],
  ["a field that reasoning has not", { reasoning: { depth: 1 } }, "reasoning.depth", "unknown_parameter", "Unknown"],
  ["a field that text has not", { text: { tone: "kind" } }, "text.tone", "unknown_parameter", "Unknown"],
  ["a tool without a name to call it", { tools: [{ ...flat, name: "" }] }, "tools[0].name", "empty_string", "minimum length 1"],
  [
    "a call without a name to find it",
    { input: [{ ...functionCall, call_id: "" }] },
    "input[0].call_id",
    "empty_string",
    "minimum length 1",
  ],
  [
    "a call's own id in place of the item's",
    { input: [{ ...functionCall, id: "call_1" }, output] },
    "input[0].id",
    "invalid_value",
    "begins with 'fc'",
  ],
  [
    "reasoning with an id of another kind",
    { input: [{ type: "reasoning", id: "item_1", summary: [] }, user] },
    "input[0].id",
    "invalid_value",
    "begins with 'rs'",
  ],
  ["a message with an empty id", { input: [{ ...user, id: "" }] }, "input[0].id", "invalid_value", "contains letters, numbers"],
  [
    "required that is no list",
    schemaOf({ type: "object", properties: { a: { type: "object", properties: {}, required: true } } }),
    "tools[0].parameters",
    "invalid_function_parameters",
    "True is not of type 'array'.",
  ],
];

test.each(known)("Responses knows no %s", (...each) => expectRefusal(responsesPath, { model: "default", input: "hi" }, each));

const onEmbeddings: readonly Case[] = [
  ["an empty text", { input: "" }, null, null, "'$.input' is invalid"],
  ["an empty text among others", { input: ["a", ""] }, null, null, "'$.input' is invalid"],
  ["texts and tokens together", { input: ["a", [1, 2]] }, null, null, "'$.input' is invalid"],
  ["2,049 texts", { input: Array.from({ length: 2_049 }, () => "a") }, "input", "array_above_max_length", "maximum length 2048"],
  [
    "a text beyond the window",
    { input: "word ".repeat(8_000) },
    null,
    null,
    "however you requested 10000 tokens (10000 in your prompt",
  ],
  ["no dimensions", { dimensions: 0 }, "dimensions", "integer_below_min_value", ">= 1"],
  ["a billion dimensions", { dimensions: 1e9 }, "dimensions", null, "less than or equal to 3072"],
  ["an encoding that is none", { encoding_format: "hex" }, "encoding_format", "invalid_value", "'float' and 'base64'"],
];

async function expectRefusal(path: string, body: object, [, more, param, code, words]: Case): Promise<void> {
  const sent = await sendTo(emulator, path, { ...body, ...more });
  expect(sent.status).toBe(400);
  expect(errorOf(sent)).toMatchObject({ type: "invalid_request_error", param, code });
  expect(errorOf(sent).message).toContain(words);
}

test.each(onChat)("Chat Completions refuses %s", (...each) =>
  expectRefusal(chatPath, { model: "classic", messages: [user] }, each),
);

test.each(onResponses)("Responses refuses %s", (...each) =>
  expectRefusal(responsesPath, { model: "default", input: "hi" }, each),
);

test.each(onEmbeddings)("Embeddings refuse %s", (...each) =>
  expectRefusal("/openai/v1/embeddings", { model: "embeddings", input: "hi" }, each),
);

const strictFormat = { name: "answer", strict: true, schema: { ...loose, required: ["q"] } };
const taken: readonly (readonly [string, string, object])[] = [
  ["nulls for absent parameters", chatPath, { temperature: null, tools: null, stop: null, n: null }],
  ["a silent assistant that calls", chatPath, { messages: [user, called(call), result] }],
  [
    "text in parts, and a system message without case",
    chatPath,
    { messages: [{ role: "developer", content: [{ type: "text", text: "Hi" }] }, user] },
  ],
  ["an image", chatPath, { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:," } }] }] }],
  ["a custom tool", chatPath, { tools: [{ type: "custom", custom: { name: "c" } }] }],
  ["a strict format that is closed", chatPath, { response_format: { type: "json_schema", json_schema: strictFormat } }],
  ["choices beside no tools", responsesPath, { tools: [], tool_choice: "auto", parallel_tool_calls: true }],
  [
    "an answer replayed",
    responsesPath,
    { input: [user, { role: "assistant", content: [{ type: "output_text", text: "yes" }] }, user] },
  ],
  [
    "an image, a file and parts of a result",
    responsesPath,
    {
      input: [
        {
          role: "user",
          content: [
            { type: "input_image", image_url: "data:," },
            { type: "input_file", file_id: "file-1" },
          ],
        },
        functionCall,
        { ...output, output: [{ type: "input_text", text: "x" }] },
      ],
    },
  ],
  [
    "hosted tools",
    responsesPath,
    { tools: [{ type: "web_search" }, { type: "mcp", server_label: "s", server_url: "https://example.org" }] },
  ],
  ["tokens to embed", "/openai/v1/embeddings", { input: [[1, 2], [3]] }],
];

test.each(taken)("what Azure takes is taken: %s", async (_, path, more) => {
  const model = path === responsesPath ? "default" : path === chatPath ? "classic" : "embeddings";
  const base = path === responsesPath ? { input: "hi" } : path === chatPath ? { messages: [user] } : {};
  const sent = await sendTo(emulator, path, { model, ...base, ...more });
  expect([sent.status, sent.body.error ?? null]).toEqual([200, null]);
});

test("prompt and asked-for answer together must fit the window of a model that does not reason", async () => {
  const body = { model: "chat-only", max_tokens: 4_000, messages: [{ role: "user", content: "word ".repeat(11_000) }] };
  expect(errorOf(await sendTo(emulator, chatPath, body))).toMatchObject({ param: "messages", code: "context_length_exceeded" });
  expect((await sendTo(emulator, chatPath, { ...body, max_tokens: 10 })).status).toBe(200);
});

test("an older model knows no developer, and a configuration says which roles a model does not take", async () => {
  const developer = { messages: [{ role: "developer", content: "Be kind." }, user] };
  expect(errorOf(await sendTo(emulator, chatPath, { model: "chat-only", ...developer }))).toEqual({
    message: "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
    type: "invalid_request_error",
    param: "messages[0].role",
    code: "unsupported_value",
  });
  const config = parseEmulatorConfig({ deployments: { mini: { extends: "classic", refusesRoles: ["system", "developer"] } } });
  await withEmulator({ config }, async (other) => {
    expect((await sendTo(other, chatPath, { model: "mini", ...developer })).status).toBe(400);
    expect((await sendTo(other, chatPath, { model: "mini", messages: [user] })).status).toBe(200);
  });
});

test("a body nested beyond reason is refused as JSON that cannot be parsed", async () => {
  const deep = JSON.parse(`${'{"type":"object","properties":{"a":'.repeat(2_000)}{}${"}}".repeat(2_000)}`) as object;
  const sent = await sendTo(emulator, responsesPath, { model: "default", input: "hi", tools: [{ ...flat, parameters: deep }] });
  expect([sent.status, String(errorOf(sent).message)]).toEqual([400, expect.stringContaining("could not parse the JSON body")]);
});
