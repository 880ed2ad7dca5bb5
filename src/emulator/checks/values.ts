import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { Refused } from "../refusals/table.ts";
import { checkFields, checkOneOf, checkText, wrongType } from "./types.ts";

type Check = (param: string, value: Json) => void;

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function checkRange(kind: "integer" | "decimal", param: string, value: number, { min, max }: Range): void {
  if (min !== undefined && value < min) throw new Refused(`400-${kind}-below`, { param, value, limit: min });
  if (max !== undefined && value > max) throw new Refused(`400-${kind}-above`, { param, value, limit: max });
}

const integer =
  (range: Range = {}): Check =>
  (param, value) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return wrongType(param, "an integer", value);
    checkRange("integer", param, value, range);
  };

const decimal =
  (range: Range): Check =>
  (param, value) => {
    if (typeof value !== "number") return wrongType(param, "a decimal", value);
    checkRange("decimal", param, value, range);
  };

const flag: Check = (param, value) => {
  if (typeof value !== "boolean") wrongType(param, "a boolean", value);
};

const object: Check = (param, value) => {
  if (!isJsonObject(value)) wrongType(param, "an object", value);
};

const oneOf =
  (...values: readonly string[]): Check =>
  (param, value) =>
    checkOneOf(param, value, values);

const maxStops = 4;

const serviceTiers = ["auto", "default", "fast", "flex", "priority"];

const serviceTier: Check = (param, value) => {
  const tiers = "one of 'auto', 'default', 'fast', 'flex', or 'priority'";
  if (typeof value !== "string") wrongType(param, tiers, value);
  checkOneOf(param, value, serviceTiers);
};

const maxBiases = 1_024;

const logitBias: Check = (param, value) => {
  if (!isJsonObject(value)) return wrongType(param, "an object", value);
  const tokens = Object.keys(value);
  const wrong = tokens.find((token) => !/^\d+$/.test(token));
  if (wrong !== undefined) throw new Refused("400-logit-bias-key", { value: wrong });
  if (tokens.length > maxBiases) throw new Refused("400-too-many-properties", { param, limit: maxBiases, length: tokens.length });
};

const stop: Check = (param, value) => {
  if (typeof value === "string") return;
  if (!Array.isArray(value)) return wrongType(param, "one of a string or array of strings", value);
  if (value.length > maxStops) throw new Refused("400-array-too-long", { param, limit: maxStops, length: value.length });
  for (const [index, entry] of value.entries()) checkText(`${param}[${index}]`, entry);
};

const maxMetadata = 16;
const maxMetadataName = 64;
const maxMetadataValue = 512;

const metadata: Check = (param, value) => {
  if (!isJsonObject(value)) return wrongType(param, "a metadata object", value);
  const entries = Object.entries(value);
  const { length } = entries;
  if (length > maxMetadata) throw new Refused("400-too-many-properties", { param, limit: maxMetadata, length });
  for (const [name, entry] of entries) {
    const at = `${param}.${name}`;
    if (name.length > maxMetadataName) {
      const short = `${name.slice(0, 3)}...${name.slice(-3)}`;
      throw new Refused("400-property-name", { param, at, short, limit: maxMetadataName, length: name.length });
    }
    if (typeof entry !== "string") wrongType(at, "a string", entry);
    if (entry.length <= maxMetadataValue) continue;
    throw new Refused("400-string-too-long", { param: at, limit: maxMetadataValue, length: entry.length });
  }
};

/** Parts of answers that can be asked for, as the service lists them. */
const includes = [
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
  "reasoning.encrypted_content",
  "message.output_text.logprobs",
];

const include: Check = (param, value) => {
  if (!Array.isArray(value)) return wrongType(param, "an array", value);
  for (const [index, entry] of value.entries()) checkOneOf(`${param}[${index}]`, entry, includes);
};

const objectOf =
  (...known: readonly string[]): Check =>
  (param, value) => {
    if (!isJsonObject(value)) return wrongType(param, "an object", value);
    checkFields(param, value, known);
  };

const reasoning: Check = (param, value) => {
  if (!isJsonObject(value)) return wrongType(param, "an object", value);
  checkFields(param, value, ["effort", "summary", "generate_summary", "context", "mode"]);
  if (value.summary != null) checkOneOf(`${param}.summary`, value.summary, ["concise", "detailed", "auto"]);
};

const text: Check = (param, value) => {
  if (!isJsonObject(value)) return wrongType(param, "an object", value);
  checkFields(param, value, ["format", "verbosity"]);
  if (value.verbosity != null) verbosity(`${param}.verbosity`, value.verbosity);
  if (value.format != null) object(`${param}.format`, value.format);
};

const penalty = decimal({ min: -2, max: 2 });
const temperature = decimal({ min: 0, max: 2 });
const topP = decimal({ min: 0, max: 1 });
const verbosity = oneOf("low", "medium", "high");
const textual: Check = checkText;

/** What each parameter must be, in the order in which the service looks. */
const checks: Readonly<Record<"chat" | "responses" | "embeddings", Readonly<Record<string, Check>>>> = {
  chat: {
    parallel_tool_calls: flag,
    max_completion_tokens: integer({ min: 1 }),
    max_tokens: integer({ min: 1 }),
    n: integer({ min: 1, max: 128 }),
    stop,
    temperature,
    top_p: topP,
    presence_penalty: penalty,
    frequency_penalty: penalty,
    logprobs: flag,
    top_logprobs: integer({ min: 0, max: 20 }),
    user: textual,
    seed: integer(),
    safety_identifier: textual,
    prompt_cache_key: textual,
    service_tier: serviceTier,
    stream: flag,
    store: flag,
    metadata,
    logit_bias: logitBias,
    verbosity,
    response_format: object,
    stream_options: objectOf("include_usage", "include_obfuscation"),
  },
  responses: {
    max_output_tokens: integer(),
    max_tool_calls: integer({ min: 1 }),
    top_logprobs: integer({ min: 0, max: 20 }),
    instructions: textual,
    previous_response_id: textual,
    truncation: oneOf("auto", "disabled"),
    include,
    reasoning,
    text,
    stream_options: objectOf("include_obfuscation"),
    background: flag,
    metadata,
    parallel_tool_calls: flag,
    safety_identifier: textual,
    prompt_cache_key: textual,
    service_tier: serviceTier,
    store: flag,
    stream: flag,
    temperature,
    top_p: topP,
    user: textual,
  },
  embeddings: { dimensions: integer({ min: 1 }), encoding_format: oneOf("float", "base64"), user: textual },
};

/** Types and ranges of parameters, whatever the model. Null counts as absent. Throws Refused. */
export function checkValues(api: "chat" | "responses" | "embeddings", body: JsonObject): void {
  for (const [param, check] of Object.entries(checks[api])) {
    const value = body[param];
    if (value !== undefined && value !== null) check(param, value);
  }
}
