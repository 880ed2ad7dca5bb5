import type { Json, JsonObject } from "../../core/json.ts";
import { filteredResults, safeCompletion, safePrompt } from "../content-filter.ts";
import { pieces } from "../tokens.ts";
import { type FinishedReply, type ModelCall, type ReplyContext, servedTier } from "./call.ts";
import { logprobsOf } from "./logprobs.ts";

interface ChatCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

function finishReason(reply: FinishedReply): string {
  if (reply.finish !== undefined) return reply.finish;
  return reply.toolCalls?.length ? "tool_calls" : "stop";
}

/** How many answers are asked for. There is one reply: all say the same, with calls of their own ids. */
const answersOf = ({ body }: ModelCall): number => (typeof body.n === "number" ? body.n : 1);

function usage(call: ModelCall, reply: FinishedReply): JsonObject {
  const outputTokens = reply.outputTokens * answersOf(call);
  return {
    completion_tokens: outputTokens,
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      audio_tokens: 0,
      reasoning_tokens: reply.reasoningTokens,
      rejected_prediction_tokens: 0,
    },
    prompt_tokens: call.inputTokens,
    prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
    total_tokens: call.inputTokens + outputTokens,
  };
}

function chatCalls(reply: FinishedReply, context: ReplyContext): ChatCall[] {
  return (reply.toolCalls ?? []).map((call) => ({ id: `call_${context.random.letters(24)}`, ...call }));
}

const completionResults = (reply: FinishedReply): JsonObject =>
  reply.filter === undefined ? safeCompletion : filteredResults(safeCompletion, reply.filter);

const promptFilter = [{ prompt_index: 0, content_filter_results: safePrompt }];

function message(reply: FinishedReply, calls: readonly ChatCall[]): JsonObject {
  return {
    annotations: [],
    content: reply.text ?? (calls.length > 0 || reply.refusal !== undefined ? null : ""),
    refusal: reply.refusal ?? null,
    role: "assistant",
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, arguments: args }) => ({
            function: { arguments: args, name },
            id,
            type: "function",
          })),
        }),
  };
}

/** Log probabilities of what an answer says; null where none are asked for, or nothing is said. */
function logprobs({ body }: ModelCall, reply: FinishedReply, context: ReplyContext): JsonObject | null {
  if (body.logprobs !== true || reply.filter !== undefined || (reply.text ?? reply.refusal) === undefined) return null;
  const alternatives = typeof body.top_logprobs === "number" ? body.top_logprobs : 0;
  const of = (text: string | undefined): JsonObject[] | null =>
    text === undefined ? null : logprobsOf(text, alternatives, context.random);
  return { content: of(reply.text), refusal: of(reply.refusal) };
}

/** A whole chat completion, keys in the order of Azure's recordings of 2026. */
export function chatBody(call: ModelCall, reply: FinishedReply, context: ReplyContext): JsonObject {
  const id = `chatcmpl-${context.random.letters(29)}`;
  const filtered = reply.finish === "content_filter";
  const choices = Array.from({ length: answersOf(call) }, (_, index) => ({
    content_filter_results: completionResults(reply),
    finish_reason: finishReason(reply),
    index,
    logprobs: logprobs(call, reply, context),
    ...(filtered ? {} : { message: message(reply, chatCalls(reply, context)) }),
  }));
  return {
    choices,
    created: context.created,
    id,
    model: call.deployment.served,
    object: "chat.completion",
    prompt_filter_results: promptFilter,
    service_tier: servedTier(call),
    system_fingerprint: call.deployment.reasoning ? null : `fp_${context.random.hex(10)}`,
    usage: usage(call, reply),
  };
}

/** A piece of an answer as it is streamed. */
interface Step {
  readonly delta: JsonObject;
  readonly filtered: boolean;
  readonly logprobs?: JsonObject;
}

/** Deltas of a reply in wire order; text deltas carry filter results, call deltas do not. */
function* deltas(reply: FinishedReply, calls: readonly ChatCall[], told: JsonObject | null): Generator<Step> {
  const role = { role: "assistant" };
  const [only] = calls;
  if (reply.text === undefined && calls.length === 1 && only !== undefined) {
    yield { delta: { content: null, refusal: null, ...role, tool_calls: [opening(only, 0)] }, filtered: false };
    yield* argumentDeltas(only, 0);
    return;
  }
  yield { delta: { content: reply.text === undefined && calls.length > 0 ? null : "", refusal: null, ...role }, filtered: false };
  const text = reply.filter === undefined ? (reply.text ?? "") : "";
  for (const [at, piece] of pieces(text).entries()) {
    yield { delta: { content: piece }, filtered: true, ...toldAt(told, "content", at) };
  }
  for (const [at, piece] of pieces(reply.refusal ?? "").entries()) {
    yield { delta: { refusal: piece }, filtered: false, ...toldAt(told, "refusal", at) };
  }
  for (const [index, call] of calls.entries()) {
    yield { delta: { tool_calls: [opening(call, index)] }, filtered: false };
    yield* argumentDeltas(call, index);
  }
}

/** The log probabilities of one piece. */
function toldAt(told: JsonObject | null, kind: "content" | "refusal", at: number): { readonly logprobs?: JsonObject } {
  const all = told?.[kind];
  if (!Array.isArray(all)) return {};
  return { logprobs: { content: null, refusal: null, [kind]: all.slice(at, at + 1) } };
}

const opening = (call: ChatCall, index: number): JsonObject => ({
  function: { arguments: "", name: call.name },
  id: call.id,
  index,
  type: "function",
});

function* argumentDeltas(call: ChatCall, index: number): Generator<Step> {
  for (const piece of pieces(call.arguments)) {
    yield { delta: { tool_calls: [{ function: { arguments: piece }, index }] }, filtered: false };
  }
}

const emptyChunk = { choices: [], created: 0, id: "", model: "", object: "" } as const;
const latency = {
  engine_tbt_ms: 10,
  engine_ttft_ms: 80,
  engine_ttlt_ms: 320,
  pre_inference_ms: 82,
  service_tbt_ms: 10,
  service_ttft_ms: 664,
  service_ttlt_ms: 886,
  total_duration_ms: 811,
  user_visible_ttft_ms: 582,
};

interface StreamedChoice {
  readonly choice: Json;
  readonly size: number;
}

/** One answer in pieces, the last of which says why it ended. */
function* streamedAnswer(call: ModelCall, reply: FinishedReply, context: ReplyContext, index: number): Generator<StreamedChoice> {
  const choice = (step: Step, reason: string | null, filter: JsonObject): Json => ({
    content_filter_results: filter,
    delta: step.delta,
    finish_reason: reason,
    index,
    logprobs: step.logprobs ?? null,
  });
  for (const step of deltas(reply, chatCalls(reply, context), logprobs(call, reply, context))) {
    yield { choice: choice(step, null, step.filtered ? safeCompletion : {}), size: JSON.stringify(step.delta).length };
  }
  const results = reply.filter === undefined ? {} : completionResults(reply);
  yield { choice: choice({ delta: {}, filtered: false }, finishReason(reply), results), size: 0 };
}

/** All answers, a piece of each in turn. */
function* streamedChoices(call: ModelCall, reply: FinishedReply, context: ReplyContext): Generator<StreamedChoice> {
  const count = answersOf(call);
  if (count === 1) return yield* streamedAnswer(call, reply, context, 0);
  const answers = Array.from({ length: count }, (_, index) => [...streamedAnswer(call, reply, context, index)]);
  const [first = []] = answers;
  for (const step of first.keys()) for (const answer of answers) if (answer[step] !== undefined) yield answer[step];
}

/**
 * The same reply as server-sent events: first the prompt's filter results, last the usage (when asked for) and `[DONE]`. Each is made
 * when it is asked for, so that a slow reader of a long answer holds little memory.
 */
export function* chatEvents(call: ModelCall, reply: FinishedReply, context: ReplyContext): Generator<string> {
  const id = `chatcmpl-${context.random.letters(29)}`;
  const options = call.body.stream_options as { include_usage?: Json; include_obfuscation?: Json } | undefined;
  const withUsage = options?.include_usage === true;
  const padded = options?.include_obfuscation !== false;
  const chunk = (choices: readonly Json[], size: number, extra: JsonObject = {}, last: JsonObject | null = null): string =>
    line({
      choices,
      created: context.created,
      id,
      ...extra,
      model: call.deployment.served,
      ...(padded ? { obfuscation: context.random.letters(padding(size)) } : {}),
      object: "chat.completion.chunk",
      service_tier: servedTier(call),
      system_fingerprint: null,
      ...(withUsage ? { usage: last } : {}),
    });
  yield line({ ...emptyChunk, prompt_filter_results: promptFilter });
  for (const { choice, size } of streamedChoices(call, reply, context)) yield chunk([choice], size);
  if (withUsage) yield chunk([], 0, { latency_checkpoint: latency }, usage(call, reply));
  yield "data: [DONE]\n\n";
}

const line = (value: Json): string => `data: ${JSON.stringify(value)}\n\n`;
/** Obfuscation pads short deltas, so that lengths on the wire tell less about the text. */
const padding = (size: number): number => 2 + ((32 - (size % 16)) % 16);
