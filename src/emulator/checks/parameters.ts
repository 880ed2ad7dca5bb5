import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { checkResponseFormat, checkTextFormat } from "./formats.ts";
import { listed, missing, wrongType } from "./types.ts";

const known = {
  chat: new Set(
    `messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata
    modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention
    reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools
    top_logprobs top_p user user_security_context verbosity web_search_options data_sources`.split(/\s+/),
  ),
  responses: new Set(
    `access_programs background context_management conversation frequency_penalty image include input instructions max_output_tokens
    max_tool_calls messages metadata model moderation parallel_tool_calls presence_penalty previous_response_id prompt prompt_cache_key
    prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text
    tool_choice tools top_logprobs top_p truncation user`.split(/\s+/),
  ),
  embeddings: new Set("input model dimensions encoding_format user input_type".split(" ")),
} as const;

/** Defaults of the parameters that reasoning models take with no other value. */
const defaults: Readonly<Record<string, Json>> = { temperature: 1, top_p: 1, n: 1, presence_penalty: 0, frequency_penalty: 0 };

/** What must be there, and of a type without which nothing can be answered. Throws Refused. */
export function checkTypes(api: "chat" | "responses" | "embeddings", body: JsonObject): void {
  if (body.tools != null && !Array.isArray(body.tools)) wrongType("tools", "an array of objects", body.tools);
  if (api === "chat") {
    if (body.messages === undefined) missing("messages");
    if (!Array.isArray(body.messages)) wrongType("messages", "an array of objects", body.messages);
    return;
  }
  const continues =
    api === "responses" && (body.previous_response_id != null || body.conversation != null || body.prompt != null);
  if (body.input === undefined) {
    if (continues) return;
    throw new Refused(body.messages === undefined ? "400-missing-parameter" : "400-messages-on-responses", { param: "input" });
  }
  if (api === "responses" && typeof body.input !== "string" && !Array.isArray(body.input)) {
    wrongType("input", "one of a string or array", body.input);
  }
}

/** Parameters of Chat Completions, and what they are called on Responses. */
const moved = new Map([
  ["max_tokens", "max_output_tokens"],
  ["max_completion_tokens", "max_output_tokens"],
  ["response_format", "text.format"],
  ["reasoning_effort", "reasoning.effort"],
]);

/** Parameters that the API does not know. */
export function checkKnown(api: "chat" | "responses" | "embeddings", body: JsonObject): void {
  if (api === "responses" && body.messages !== undefined) throw new Refused("400-messages-on-responses");
  for (const param of Object.keys(body)) {
    const now = api === "responses" ? moved.get(param) : undefined;
    if (now !== undefined) throw new Refused("400-moved-parameter", { param, moved: now });
    if (!known[api].has(param)) throw new Refused("400-unknown-parameter", { param });
  }
}

/** What a model that could reason takes only while it does not. Source: a live run of 2026, and OpenAI's guide to GPT-5.2 (temperature, top_p). */
const withoutReasoning = new Set(["logprobs", "top_logprobs", "presence_penalty", "frequency_penalty", "temperature", "top_p"]);
const maxReasonersAlternatives = 5;

/** Parameters of the list that the model does not take with this effort. */
function untaken(params: readonly string[], effort: Json | undefined): readonly string[] {
  return effort === "none" ? params.filter((param) => !withoutReasoning.has(param)) : params;
}

function checkEffort(deployment: Deployment, value: Json | undefined, param: string): void {
  if (value === undefined || value === null || deployment.efforts.includes(String(value))) return;
  throw new Refused("400-effort-value", { param, value: String(value), values: listed(deployment.efforts) });
}

function checkOutputLimit(deployment: Deployment, body: JsonObject, param: string): void {
  const value = body[param];
  if (typeof value !== "number") return;
  const takesFew = param === "max_tokens" || (param === "max_completion_tokens" && !deployment.reasoning);
  if (!takesFew && value < 16) throw new Refused("400-output-limit-low", { param, value });
  if (value > deployment.maxOutputTokens) {
    throw new Refused("400-output-limit-high", { param, value, limit: deployment.maxOutputTokens });
  }
}

/** What this model does not take on Chat Completions. */
export function checkChatParameters(deployment: Deployment, body: JsonObject): void {
  if (body.max_tokens != null && body.max_completion_tokens != null) throw new Refused("400-both-limits");
  if (deployment.reasoning && body.max_tokens != null) throw new Refused("400-max-tokens");
  for (const param of untaken(deployment.refuses, body.reasoning_effort)) {
    if (body[param] != null) throw new Refused("400-unsupported-parameter", { param });
  }
  for (const param of untaken(deployment.fixed, body.reasoning_effort)) {
    const value = body[param];
    if (value != null && value !== defaults[param]) {
      throw new Refused("400-unsupported-value", { param, value: JSON.stringify(value) });
    }
  }
  checkEffort(deployment, body.reasoning_effort, "reasoning_effort");
  checkOutputLimit(deployment, body, "max_tokens");
  checkOutputLimit(deployment, body, "max_completion_tokens");
  if (body.stream_options != null && body.stream !== true) {
    throw new Refused("400-only-with", { param: "stream_options", other: "stream" });
  }
  if (body.top_logprobs != null && body.logprobs !== true) {
    throw new Refused("400-only-with", { param: "top_logprobs", other: "logprobs" });
  }
  if (deployment.reasoning && Number(body.top_logprobs) > maxReasonersAlternatives) {
    throw new Refused("400-top-logprobs-high", { limit: maxReasonersAlternatives });
  }
  checkResponseFormat(body);
}

/** What this model does not take on Responses. */
export function checkResponsesParameters(deployment: Deployment, body: JsonObject): void {
  const reasoning = isJsonObject(body.reasoning) ? body.reasoning : {};
  const include = Array.isArray(body.include) ? body.include : [];
  if (deployment.reasoning && reasoning.effort !== "none") {
    const param = include.includes("message.output_text.logprobs") ? "include" : body.top_logprobs ? "top_logprobs" : undefined;
    if (param !== undefined) throw new Refused("400-logprobs-reasoning", { param });
  }
  for (const param of untaken(deployment.refuses, reasoning.effort)) {
    const asked = param === "reasoning" ? reasoning.effort : body[param];
    if (asked != null)
      throw new Refused("400-unsupported-parameter-responses", { param: param === "reasoning" ? "reasoning.effort" : param });
  }
  for (const param of untaken(deployment.fixed, reasoning.effort)) {
    const value = body[param];
    if (value != null && value !== defaults[param]) throw new Refused("400-unsupported-parameter-responses", { param });
  }
  checkEffort(deployment, reasoning.effort, "reasoning.effort");
  checkOutputLimit(deployment, body, "max_output_tokens");
  checkTextFormat(body);
  if (!deployment.reasoning && include.includes("reasoning.encrypted_content")) throw new Refused("400-encrypted-not-supported");
}

/** What Azure is only guessed to refuse: asked with `strict: "all"`. */
export function checkGuessed(family: "v1" | "classic", body: JsonObject): void {
  if (family === "v1" && body.model === undefined) throw new Refused("400-model-missing");
}
