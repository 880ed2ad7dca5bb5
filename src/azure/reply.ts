import { LecternError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { FinishReason, ModelEvent, Usage } from "../core/model.ts";
import type { ToolCall } from "../core/tools.ts";
import type { ErrorContext, HeaderMap } from "./error-reply.ts";
import { requestIdOf } from "./error-reply.ts";
import { classifyHttpError } from "./errors.ts";
import { FailedAttempt, type Failure } from "./failure.ts";
import { field, number, text } from "./json-fields.ts";
import { maskSecrets } from "./service-words.ts";
import type { SseListener } from "./sse.ts";

/** A whole reply, known to be so. Names of calls are those on the wire. */
export interface Reply {
  readonly finish: FinishReason;
  readonly calls: readonly ToolCall[];
  readonly usage: Usage | undefined;
  /** The model that answered, as the service names it. */
  readonly served: string | undefined;
  /** What a later request should carry again: reasoning items and the order of what followed them. */
  readonly replay: readonly Json[];
  /** What the service said beside the answer: a refusal, the categories of a filtered answer. */
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** Where readers put what can be shown at once. */
export interface ReplyListener {
  text(delta: string): void;
  /** Takes back all text so far; `whole` stands in its place. */
  replace(whole: string): void;
  reasoning(delta: string): void;
}

/** Announces a `replace` to those who have shown the text so far. */
export const partLost: ModelEvent = {
  type: "reset",
  reason: "a part of the stream was lost or damaged; the text now comes as the service repeated it at the end",
};

/** Reads one reply of one API, streamed or whole. Throws FailedAttempt for what is no reply. */
export interface ReplyReader {
  readonly event: SseListener;
  /** Takes a body that came in one piece in place of a stream. */
  whole(body: Json): void;
  /** Passes on the text gathered since the last call; called once per socket read. */
  flush(): void;
  /** True once nothing that matters can follow. */
  readonly complete: boolean;
  /** The reply, once the connection has ended. Throws FailedAttempt where the stream was cut, garbled or an error. */
  finish(): Reply;
}

/** What readers need to know to describe failures. */
export interface ReplyOrigin {
  readonly context: ErrorContext;
  readonly headers: HeaderMap;
  /** Values that must not appear in messages, whatever the service sends back. */
  readonly secrets: readonly string[];
}

/** A reply that is cut, stalled, garbled or not one at all: worth another attempt, never an answer. */
export function brokenReply(what: string, { context, headers }: ReplyOrigin, cause?: unknown): FailedAttempt {
  const requestId = requestIdOf(headers);
  const error = new LecternError("service", `The reply from ${context.host} is no whole answer: ${what}.`, {
    fix: "Try again. If it stays, look for a proxy or gateway on the way that cuts, buffers or replaces streams (lectern doctor finds it).",
    ...(requestId === undefined ? {} : { requestId }),
    ...(cause === undefined ? {} : { cause }),
  });
  return new FailedAttempt({ error, retry: "backoff" });
}

/** Statuses that errors inside a 200 stand for, by code; anything unknown counts as a failure of the service. */
const statusOfCode: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  too_many_requests: 429,
  RateLimitReached: 429,
  insufficient_quota: 429,
  content_filter: 400,
  context_length_exceeded: 400,
  invalid_prompt: 400,
  invalid_request_error: 400,
  invalid_encrypted_content: 400,
  invalid_function_parameters: 400,
};

/**
 * Classifies errors found inside a 200: each of them may lack what another one says (the same throttle comes as
 * `response.failed` without error and then `error`, as both filled, or as a message alone), so they are merged first.
 */
export function classifyErrorEvents(errors: readonly Json[], { context, headers, secrets }: ReplyOrigin): Failure {
  const parts = ["type", "code", "message", "param", "innererror"].map((key) => [key, firstOf(errors, key)] as const);
  const merged: JsonObject = Object.fromEntries(parts.filter((part): part is [string, Json] => part[1] !== undefined));
  const code = text(merged, "code") ?? String(number(merged, "code") ?? text(merged, "type") ?? "");
  const message = text(merged, "message") ?? "";
  const type = text(merged, "type") ?? "";
  const numeric = /^[45]\d\d$/.test(code) ? Number(code) : undefined;
  const looksThrottled = /rate limit|too many requests|high demand/i.test(message) || headers["retry-after"] !== undefined;
  const known = statusOfCode[code] ?? statusOfCode[type];
  const status = numeric ?? known ?? (looksThrottled ? 429 : 500);
  const body = JSON.stringify({ error: { ...merged, code } });
  return classifyHttpError({ status, headers, body: maskSecrets(body, secrets) }, context);
}

function firstOf(errors: readonly Json[], key: string): Json | undefined {
  for (const error of errors) {
    const found = typeof error === "string" && key === "message" ? error : field(error, key);
    if (found !== null && found !== undefined && found !== "") return found;
  }
  return undefined;
}

/** True for data that begins like a JSON object with members: what the service sends, so its loss may be a loss of text. */
export function looksLikeServiceEvent(data: string): boolean {
  return /^\s*\{\s*("|$)/.test(data);
}

/** The `error` member of an event or body, or the event itself where the error is flat; undefined where there is none. */
export function errorOf(event: Json): Json | undefined {
  const nested = field(event, "error");
  if (nested !== undefined && nested !== null && nested !== false) return nested;
  return text(event, "type") === "error" || text(event, "object") === "error" ? event : undefined;
}

/** The arguments of a call as JSON text; some gateways send the object itself. */
export function argumentsText(sent: Json | undefined): string {
  return typeof sent === "string" ? sent : sent === undefined || sent === null ? "" : JSON.stringify(sent);
}
