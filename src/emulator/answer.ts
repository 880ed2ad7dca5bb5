import type { JsonObject } from "../core/json.ts";
import type { Brain, Reply } from "./brain/brain.ts";
import { completionTrigger, type FilterTrigger } from "./content-filter.ts";
import { encryptFor } from "./encryption.ts";
import type { Answer } from "./http.ts";
import { digest, seeded } from "./seeded.ts";
import { estimateTokens, pieces } from "./tokens.ts";
import type { FinishedReply, ModelCall, ReplyContext } from "./wire/call.ts";
import { chatBody, chatEvents } from "./wire/chat-reply.ts";
import { failedEvents, responsesEvents } from "./wire/responses-events.ts";
import { finalState, outputItems, responseBody, responseId, thinks } from "./wire/responses-reply.ts";

/** 2026-09-01: replies bear one fixed time, so that the same request gives the same bytes. */
const created = 1_788_220_800;
const json = { "content-type": "application/json" };
const streamHeaders = { "content-type": "text/event-stream; charset=utf-8" };

export function replyContext(seed: number, resource: string, surface: string, body: string): ReplyContext {
  return {
    random: seeded(digest(String(seed), surface, body)),
    created,
    encrypt: (text) => encryptFor(resource, text),
  };
}

/** Counts a reply's tokens and ends it where the request's own limit or a filter ends it. */
function finish(call: ModelCall, reply: Reply, triggers: readonly FilterTrigger[]): FinishedReply {
  const reasoningTokens = thinks(call, reply) ? 64 : 0;
  const said = pieces(reply.text ?? reply.refusal ?? "");
  const calls = (reply.toolCalls ?? []).reduce((sum, each) => sum + 8 + estimateTokens(each.arguments), 0);
  const outputTokens = said.length + calls + reasoningTokens;
  const filter = completionTrigger(triggers, reply.text ?? "");
  if (filter !== undefined) return { ...reply, finish: "content_filter", filter, outputTokens, reasoningTokens };
  const limit = call.body.max_output_tokens ?? call.body.max_completion_tokens ?? call.body.max_tokens;
  if (typeof limit !== "number" || outputTokens <= limit) return { ...reply, outputTokens, reasoningTokens };
  const room = Math.max(0, limit - reasoningTokens - calls);
  return {
    ...reply,
    ...(reply.text === undefined ? {} : { text: said.slice(0, room).join("") }),
    finish: "length",
    outputTokens: limit,
    reasoningTokens: Math.min(reasoningTokens, limit),
  };
}

/** What the request itself cuts off: all but one call without parallel calls, and what follows a stop sequence. */
function withinRequest({ body }: ModelCall, reply: Reply): Reply {
  const [first] = reply.toolCalls ?? [];
  const calls = body.parallel_tool_calls === false && first !== undefined ? { toolCalls: [first] } : {};
  const stops = (Array.isArray(body.stop) ? body.stop : [body.stop]).filter((stop) => typeof stop === "string" && stop !== "");
  const { text } = reply;
  if (stops.length === 0 || text === undefined) return { ...reply, ...calls };
  const ends = stops.map((stop) => text.indexOf(String(stop))).filter((at) => at >= 0);
  return { ...reply, ...calls, text: text.slice(0, Math.min(text.length, ...ends)) };
}

function errorAnswer(error: NonNullable<Reply["error"]>): Answer {
  const { status = 500, message, type = "invalid_request_error", param = null, code = null } = error;
  return { status, headers: json, body: JSON.stringify({ error: { message, type, param, code } }) };
}

export interface Written {
  readonly answer: Answer;
  /** The response object of the Responses API, to be stored. */
  readonly response?: JsonObject;
}

/** Asks the brain and writes its reply for the surface of the call. */
export function answerCall(call: ModelCall, brain: Brain, context: ReplyContext, triggers: readonly FilterTrigger[]): Written {
  const said = withinRequest(call, brain(call.brain));
  if (said.error !== undefined) return { answer: errorAnswer(said.error) };
  return writeReply(call, finish(call, said, triggers), context);
}

/** Writes a finished reply as the surface of the call has it. */
export function writeReply(call: ModelCall, reply: FinishedReply, context: ReplyContext): Written {
  if (call.surface === "chat") {
    if (call.stream) return { answer: { status: 200, headers: streamHeaders, events: chatEvents(call, reply, context) } };
    return { answer: { status: 200, headers: json, body: JSON.stringify(chatBody(call, reply, context)) } };
  }
  if (call.stream) {
    const { events, response } = responsesEvents(call, reply, context);
    return { answer: { status: 200, headers: streamHeaders, events }, response };
  }
  const id = responseId(context);
  const response = responseBody(call, id, finalState(reply, outputItems(call, reply, context)), context);
  return { answer: { status: 200, headers: json, body: JSON.stringify(response) }, response };
}

/** A Responses stream that fails after it began: how a prompt beyond the window is told there. */
export function failedStream(call: ModelCall, context: ReplyContext, code: string, message: string): Answer {
  return { status: 200, headers: streamHeaders, events: failedEvents(call, context, { code, message }) };
}
