import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Reply } from "../brain/brain.ts";
import { filteredResults, safeCompletion, safePrompt } from "../content-filter.ts";
import { type FinishedReply, type ModelCall, type ReplyContext, servedTier } from "./call.ts";
import { objects, text } from "./chat-request.ts";
import { logprobsOf } from "./logprobs.ts";

/** Whether a reply has a reasoning item: the model reasons, the request does not forbid it, and a script does not say otherwise (""). */
export function thinks(call: ModelCall, reply: Reply): boolean {
  const effort = isJsonObject(call.body.reasoning) ? call.body.reasoning.effort : call.body.reasoning_effort;
  return call.deployment.reasoning && effort !== "none" && reply.reasoning !== "";
}

/** The output items of a reply: reasoning, message, function calls, in that order. */
export function outputItems(call: ModelCall, reply: FinishedReply, context: ReplyContext): JsonObject[] {
  const items: JsonObject[] = [];
  const stem = context.random.hex(16);
  const id = (prefix: string): string => `${prefix}_${stem}${context.random.hex(34)}`;
  const filtered = reply.finish === "content_filter";
  if (thinks(call, reply)) items.push(reasoningItem(id("rs"), call, reply, context));
  if (reply.text !== undefined || reply.refusal !== undefined || filtered) {
    items.push(messageItem(id("msg"), call, reply, context));
  }
  const custom = new Set(objects(call.body.tools).flatMap((tool) => (tool.type === "custom" ? [text(tool.name)] : [])));
  const status = reply.finish === undefined ? "completed" : "incomplete";
  for (const { name, arguments: args } of reply.toolCalls ?? []) {
    const item = custom.has(name)
      ? { id: id("ctc"), type: "custom_tool_call", status, input: args }
      : { id: id("fc"), type: "function_call", status, arguments: args };
    items.push({ ...item, call_id: `call_${context.random.letters(24)}`, name });
  }
  return items;
}

function reasoningItem(id: string, call: ModelCall, reply: FinishedReply, context: ReplyContext): JsonObject {
  const asked = isJsonObject(call.body.reasoning) ? (call.body.reasoning.summary ?? null) : null;
  const thought = reply.reasoning ?? "";
  const include = Array.isArray(call.body.include) ? call.body.include : [];
  return {
    id,
    type: "reasoning",
    content: [],
    ...(include.includes("reasoning.encrypted_content") ? { encrypted_content: context.encrypt(thought || id) } : {}),
    summary: asked === null || thought === "" ? [] : [{ type: "summary_text", text: thought }],
  };
}

/** Log probabilities, where `include` asks for them. */
function logprobs({ body }: ModelCall, text: string, context: ReplyContext): JsonObject[] {
  if (!Array.isArray(body.include) || !body.include.includes("message.output_text.logprobs")) return [];
  return logprobsOf(text, typeof body.top_logprobs === "number" ? body.top_logprobs : 0, context.random);
}

function messageItem(id: string, call: ModelCall, reply: FinishedReply, context: ReplyContext): JsonObject {
  const text = reply.filter === undefined ? (reply.text ?? "") : "";
  const part =
    reply.refusal === undefined
      ? { type: "output_text", annotations: [], logprobs: logprobs(call, text, context), text }
      : { type: "refusal", refusal: reply.refusal };
  return {
    id,
    type: "message",
    status: reply.finish === undefined ? "completed" : "incomplete",
    content: [part],
    ...(call.deployment.reasoning ? { phase: reply.toolCalls?.length ? "commentary" : "final_answer" } : {}),
    role: "assistant",
  };
}

/** Tools as Azure echoes them. */
function echoedTool(tool: JsonObject): JsonObject {
  if (tool.type !== "function") return tool;
  return {
    type: "function",
    description: tool.description ?? null,
    name: tool.name ?? null,
    output_schema: null,
    parameters: tool.parameters ?? null,
    strict: tool.strict ?? true,
  };
}

function echoedReasoning(call: ModelCall): JsonObject {
  if (!call.deployment.reasoning) return { effort: null, summary: null };
  const asked = isJsonObject(call.body.reasoning) ? call.body.reasoning : {};
  return {
    context: asked.context ?? "current_turn",
    effort: asked.effort ?? "medium",
    mode: "standard",
    summary: asked.summary ?? null,
  };
}

function echoedText(body: JsonObject, reasoning: boolean): JsonObject {
  const asked = isJsonObject(body.text) ? body.text : {};
  return {
    format: asked.format ?? { type: "text" },
    ...(reasoning || asked.verbosity !== undefined ? { verbosity: asked.verbosity ?? "medium" } : { verbosity: "medium" }),
  };
}

const noImages = { image_tokens: 0, text_tokens: 0 };
const toolUsage = {
  image_gen: {
    input_tokens: 0,
    input_tokens_details: noImages,
    output_tokens: 0,
    output_tokens_details: noImages,
    total_tokens: 0,
  },
  web_search: { num_requests: 0 },
};

/** What changes in a response object while it is made. */
export interface ResponseState {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: readonly Json[];
  readonly reply?: FinishedReply;
  readonly error?: Json;
}

/** A response object, keys in the order of Azure's recording of 2026-08 (gpt-5-nano on v1). */
export function responseBody(call: ModelCall, id: string, state: ResponseState, context: ReplyContext): JsonObject {
  const { body } = call;
  const done = state.reply !== undefined;
  const reason = state.reply?.finish === "length" ? "max_output_tokens" : state.reply?.finish;
  return {
    id,
    object: "response",
    created_at: context.created,
    status: state.status,
    background: body.background ?? false,
    completed_at: state.status === "completed" ? context.created + 1 : null,
    content_filters: done ? filters(call, state) : null,
    error: state.error ?? null,
    frequency_penalty: 0,
    incomplete_details: state.status === "incomplete" && reason !== undefined ? { reason } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: call.deployment.name,
    moderation: null,
    output: state.output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    presence_penalty: 0,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    prompt_cache_retention: "in_memory",
    reasoning: echoedReasoning(call),
    safety_identifier: body.safety_identifier ?? null,
    service_tier: done ? servedTier(call) : (body.service_tier ?? "auto"),
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: echoedText(body, call.deployment.reasoning),
    tool_choice: body.tool_choice ?? "auto",
    tool_usage: toolUsage,
    tools: objects(body.tools).map(echoedTool),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? "disabled",
    usage: state.reply === undefined ? null : usage(call, state.reply),
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

function usage(call: ModelCall, reply: FinishedReply): JsonObject {
  return {
    input_tokens: call.inputTokens,
    input_tokens_details: { cache_write_tokens: 0, cached_tokens: 0 },
    output_tokens: reply.outputTokens,
    output_tokens_details: { reasoning_tokens: reply.reasoningTokens },
    total_tokens: call.inputTokens + reply.outputTokens,
  };
}

function filters(call: ModelCall, state: ResponseState): JsonObject[] {
  const row = (source: string, results: JsonObject, end: number): JsonObject => ({
    blocked: source === "completion" && state.reply?.finish === "content_filter",
    source_type: source,
    content_filter_raw: [],
    content_filter_results: results,
    content_filter_offsets: { start_offset: 0, end_offset: end, check_offset: 0 },
  });
  const filter = state.reply?.filter;
  const results = filter === undefined ? safeCompletion : filteredResults(safeCompletion, filter);
  return [row("prompt", safePrompt, call.inputTokens * 4), row("completion", results, (state.reply?.text ?? "").length)];
}

/** The id of the response to a call. */
export const responseId = (context: ReplyContext): string => `resp_${context.random.hex(50)}`;

/** The final state of a reply. */
export function finalState(reply: FinishedReply, output: readonly Json[]): ResponseState {
  return { status: reply.finish === undefined ? "completed" : "incomplete", output, reply };
}
