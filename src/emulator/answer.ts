import { createHmac } from "node:crypto";
import type { JsonObject } from "../core/json.ts";
import type { Brain, Reply } from "./brain/brain.ts";
import type { Answer } from "./http.ts";
import { digest, seeded } from "./seeded.ts";
import { estimateTokens, pieces } from "./tokens.ts";
import type { FinishedReply, ModelCall, ReplyContext } from "./wire/call.ts";
import { chatBody, chatEvents } from "./wire/chat-reply.ts";
import { responsesEvents } from "./wire/responses-events.ts";
import { finalState, outputItems, responseBody, responseId } from "./wire/responses-reply.ts";

/** 2026-09-01: replies bear one fixed time, so that the same request gives the same bytes. */
const created = 1_788_220_800;

/** Encrypted reasoning looks like Azure's and ends with a seal that only this resource can make and check. */
export function encryptFor(resource: string, text: string): string {
  const padded = `${text}\0${digest(resource, text)}${digest(text)}`.padEnd(420, "\0");
  const sealed = createHmac("sha256", digest(resource)).update(padded).digest();
  return `gAAAAABp${Buffer.concat([Buffer.from(padded), sealed]).toString("base64url")}`;
}

export function replyContext(seed: number, resource: string, surface: string, body: string): ReplyContext {
  return {
    random: seeded(digest(String(seed), surface, body)),
    created,
    encrypt: (text) => encryptFor(resource, text),
  };
}

/** Cuts a reply to the request's own output limit and counts its tokens. */
export function finish(call: ModelCall, reply: Reply): FinishedReply {
  const limit = call.body.max_output_tokens ?? call.body.max_completion_tokens ?? call.body.max_tokens;
  const reasoningTokens = call.deployment.reasoning ? 64 : 0;
  const said = pieces(reply.text ?? reply.refusal ?? "");
  const calls = (reply.toolCalls ?? []).reduce((sum, each) => sum + 8 + estimateTokens(each.arguments), 0);
  const room = typeof limit === "number" ? limit - reasoningTokens - calls : Number.POSITIVE_INFINITY;
  if (said.length <= room) return { ...reply, outputTokens: said.length + calls + reasoningTokens, reasoningTokens };
  return {
    ...reply,
    text: said.slice(0, Math.max(0, room)).join(""),
    finish: "length",
    outputTokens: Math.max(Number(limit), 0),
    reasoningTokens: Math.min(reasoningTokens, Number(limit)),
  };
}

const streamHeaders = { "content-type": "text/event-stream; charset=utf-8" };

/** Asks the brain and writes its reply for the surface of the call. */
export function answerCall(
  call: ModelCall,
  brain: Brain,
  context: ReplyContext,
): { readonly answer: Answer; readonly response?: JsonObject } {
  const reply = finish(call, brain(call.brain));
  const json = { "content-type": "application/json" };
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
