import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";

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

const nameOfType = (value: Json): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
};

function wrongType(param: string, expected: string, value: Json): never {
  throw new Refused("400-invalid-type", { param, expected, got: nameOfType(value) });
}

/** Types without which nothing can be answered, whatever the model. */
export function checkTypes(api: "chat" | "responses" | "embeddings", body: JsonObject): void {
  if (body.stream !== undefined && body.stream !== null && typeof body.stream !== "boolean") {
    wrongType("stream", "a boolean", body.stream);
  }
  if (body.tools !== undefined && body.tools !== null && !Array.isArray(body.tools)) wrongType("tools", "an array", body.tools);
  if (api === "chat") {
    if (body.messages === undefined) throw new Refused("400-missing-parameter", { param: "messages" });
    if (!Array.isArray(body.messages) || !body.messages.every(isJsonObject)) {
      wrongType("messages", "an array of objects", body.messages);
    }
    return;
  }
  const continues =
    api === "responses" && (body.previous_response_id != null || body.conversation != null || body.prompt != null);
  if (body.input === undefined) {
    if (continues) return;
    throw new Refused(body.messages === undefined ? "400-missing-parameter" : "400-messages-on-responses", { param: "input" });
  }
  const list = Array.isArray(body.input);
  if (api === "responses" && typeof body.input !== "string" && !list) wrongType("input", "one of a string or array", body.input);
}

/** Parameters that the API does not know. */
export function checkKnown(api: "chat" | "responses" | "embeddings", body: JsonObject): void {
  if (api === "responses" && body.messages !== undefined) throw new Refused("400-messages-on-responses");
  for (const param of Object.keys(body)) {
    if (!known[api].has(param)) throw new Refused("400-unknown-parameter", { param });
  }
}

const listed = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
};

function checkEffort(deployment: Deployment, value: Json | undefined, param: string): void {
  if (value === undefined || value === null || deployment.efforts.includes(String(value))) return;
  throw new Refused("400-effort-value", { param, value: String(value), values: listed(deployment.efforts) });
}

function checkOutputLimit(deployment: Deployment, body: JsonObject, param: string): void {
  const value = body[param];
  if (typeof value !== "number") return;
  const least = param === "max_tokens" || (param === "max_completion_tokens" && !deployment.reasoning) ? 1 : 16;
  if (least > 1 && value < least) throw new Refused("400-output-limit-low", { param, value });
  if (value > deployment.maxOutputTokens) {
    throw new Refused("400-output-limit-high", { param, value, limit: deployment.maxOutputTokens });
  }
}

/** What this model does not take on Chat Completions. */
export function checkChatParameters(deployment: Deployment, body: JsonObject): void {
  if (deployment.reasoning && body.max_tokens != null) throw new Refused("400-max-tokens");
  for (const param of deployment.refuses) {
    if (body[param] != null) throw new Refused("400-unsupported-parameter", { param });
  }
  for (const param of deployment.fixed) {
    const value = body[param];
    if (value != null && value !== defaults[param]) {
      throw new Refused("400-unsupported-value", { param, value: JSON.stringify(value) });
    }
  }
  checkEffort(deployment, body.reasoning_effort, "reasoning_effort");
  checkOutputLimit(deployment, body, "max_tokens");
  checkOutputLimit(deployment, body, "max_completion_tokens");
  const format = isJsonObject(body.response_format) ? body.response_format.type : undefined;
  if (format === "json_object" && !/json/i.test(JSON.stringify(body.messages))) throw new Refused("400-json-mode-word");
}

/** What this model does not take on Responses. */
export function checkResponsesParameters(deployment: Deployment, body: JsonObject): void {
  const reasoning = isJsonObject(body.reasoning) ? body.reasoning : {};
  for (const param of deployment.refuses) {
    const asked = param === "reasoning" ? reasoning.effort : body[param];
    if (asked != null)
      throw new Refused("400-unsupported-parameter-responses", { param: param === "reasoning" ? "reasoning.effort" : param });
  }
  for (const param of deployment.fixed) {
    const value = body[param];
    if (value != null && value !== defaults[param]) throw new Refused("400-unsupported-parameter-responses", { param });
  }
  checkEffort(deployment, reasoning.effort, "reasoning.effort");
  checkOutputLimit(deployment, body, "max_output_tokens");
  const include = Array.isArray(body.include) ? body.include : [];
  if (!deployment.reasoning && include.includes("reasoning.encrypted_content")) throw new Refused("400-encrypted-not-supported");
}

const roles = new Set(["system", "assistant", "user", "function", "tool", "developer"]);

/** What Azure is only guessed to refuse: asked with `strict: "all"`. */
export function checkGuessed(api: "chat" | "responses" | "embeddings", body: JsonObject): void {
  if (api !== "chat" || !Array.isArray(body.messages)) return;
  if (body.messages.length === 0) throw new Refused("400-messages-empty");
  const index = body.messages.findIndex((message) => !isJsonObject(message) || !roles.has(String(message.role)));
  const wrong = body.messages[index];
  if (isJsonObject(wrong)) throw new Refused("400-role-unknown", { value: String(wrong.role), index });
}
