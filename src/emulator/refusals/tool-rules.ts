import { documented, invalidRequest, type Refusal, reported } from "./refusal.ts";

const example = { function: "find_things", param: "tools[0].function.parameters", context: "()", index: 0 } as const;
const badSchema = (text: string): ReturnType<typeof invalidRequest> =>
  invalidRequest(`Invalid schema for function '{function}': ${text}`, "{param}", "invalid_function_parameters");

/** What is wrong with the tools offered: their number, names, descriptions and schemas. */
export const toolRefusals = [
  {
    id: "400-bad-tool-schema-items",
    status: 400,
    when: "A schema has an array without `items`.",
    trigger: "any such array, at any depth",
    evidence: reported("https://github.com/spring-projects/spring-ai/issues/2561"),
    body: badSchema("In context={context}, array schema missing items."),
    example: { ...example, context: "('properties', 'tags')" },
  },
  {
    id: "400-bad-tool-schema-properties",
    status: 400,
    when: 'A tool\'s schema is `{"type": "object"}` without `properties`.',
    trigger: "the top level of the parameters",
    evidence: reported("https://github.com/Azure/azure-mcp/issues/197"),
    body: badSchema("In context={context}, object schema missing properties."),
    example,
  },
  {
    id: "400-bad-tool-schema-type",
    status: 400,
    when: "A tool's schema is not of type object.",
    trigger: "parameters without `type`, or with another one",
    evidence: reported("https://github.com/chatanywhere/GPT_API_free/issues/403"),
    body: badSchema("schema must be a JSON Schema of 'type: \"object\"', got 'type: {type}'."),
    example: { ...example, type: "null" },
  },
  {
    id: "400-bad-tool-schema-not-object",
    status: 400,
    when: "A part of a schema that must be an object is a list or null.",
    trigger: "`properties: []`, `items: null`, `parameters: null` and the like",
    evidence: reported("https://github.com/Azure/azure-sdk-for-python/issues/41447"),
    body: badSchema("{value} is not of type 'object'."),
    example: { ...example, value: "[]" },
  },
  {
    id: "400-bad-tool-schema-union",
    status: 400,
    when: "A tool's schema has `anyOf` and the like at its top level.",
    trigger: "`oneOf`, `anyOf`, `allOf`, `enum` or `not` beside `type`",
    evidence: reported("https://github.com/nspady/google-calendar-mcp/issues/39"),
    body: badSchema("schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."),
    example,
  },
  {
    id: "400-strict-additional-properties",
    status: 400,
    when: "A strict tool's schema has an object without `additionalProperties: false`.",
    trigger: "`strict: true`",
    evidence: documented("https://learn.microsoft.com/azure/ai-services/openai/how-to/structured-outputs"),
    body: badSchema("In context={context}, 'additionalProperties' is required to be supplied and to be false."),
    example,
  },
  {
    id: "400-strict-required",
    status: 400,
    when: "A strict tool's schema does not require all of its properties.",
    trigger: "`strict: true`",
    evidence: reported("https://github.com/anomalyco/opencode/issues/441"),
    body: badSchema(
      "In context={context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '{missing}'.",
    ),
    example: { ...example, missing: "limit" },
  },
  {
    id: "400-tool-name-pattern",
    status: 400,
    when: "A tool's name has characters other than letters, digits, `_` and `-`.",
    trigger: "dots, slashes, spaces, ...",
    evidence: reported("https://github.com/Vortiago/mcp-azure-devops/pull/30"),
    body: invalidRequest(
      "Invalid '{param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      "{param}",
      "invalid_value",
    ),
    example: { param: "tools[0].function.name" },
  },
  {
    id: "400-string-too-long",
    status: 400,
    when: "A tool's name has over 64 characters, a call id over 64 (40 on chat), or a description too many for its model.",
    trigger: "any of them",
    evidence: reported("https://github.com/openai/codex/issues/14355, https://github.com/Azure/azure-dev/issues/7324"),
    body: invalidRequest(
      "Invalid '{param}': string too long. Expected a string with maximum length {limit}, but got a string with length {length} instead.",
      "{param}",
      "string_above_max_length",
    ),
    example: { param: "tools[0].function.name", limit: 64, length: 65 },
  },
  {
    id: "400-too-many-tools",
    status: 400,
    when: "More than 128 tools are offered.",
    trigger: "the 129th tool",
    evidence: reported("https://github.com/vishalmysore/Tools4AI/issues/16, https://github.com/Azure/azure-mcp/pull/372"),
    body: invalidRequest(
      "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length {length} instead.",
      "tools",
      "array_above_max_length",
    ),
    example: { length: 129 },
  },
] as const satisfies readonly Refusal[];
