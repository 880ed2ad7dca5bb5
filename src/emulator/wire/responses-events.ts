import type { Json, JsonObject } from "../../core/json.ts";
import { pieces } from "../tokens.ts";
import type { FinishedReply, ModelCall, ReplyContext } from "./call.ts";
import { objects, text } from "./chat-request.ts";
import { finalState, outputItems, responseBody, responseId } from "./responses-reply.ts";

interface Event extends JsonObject {
  readonly type: string;
}

/** One server-sent event of the Responses API, numbered. There is no `[DONE]` on this surface. */
export function eventText(event: Event, sequence: number): string {
  const { type, ...rest } = event;
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...rest })}\n\n`;
}

type Pad = (delta: string) => { readonly obfuscation?: string };

function padder(call: ModelCall, context: ReplyContext): Pad {
  const options = call.body.stream_options as { include_obfuscation?: Json } | undefined;
  if (options?.include_obfuscation === false) return () => ({});
  return (delta) => ({ obfuscation: context.random.letters(16 - (delta.length % 16) || 16) });
}

function* reasoningEvents(item: JsonObject, output_index: number, pad: Pad): Generator<Event> {
  yield { type: "response.output_item.added", output_index, item: { ...item, summary: [] } };
  for (const [summary_index, part] of objects(item.summary).entries()) {
    const at = { item_id: text(item.id), output_index, summary_index };
    yield { type: "response.reasoning_summary_part.added", ...at, part: { type: "summary_text", text: "" } };
    for (const delta of pieces(text(part.text))) {
      yield { type: "response.reasoning_summary_text.delta", ...at, delta, ...pad(delta) };
    }
    yield { type: "response.reasoning_summary_text.done", ...at, text: text(part.text) };
    yield { type: "response.reasoning_summary_part.done", ...at, part };
  }
  yield { type: "response.output_item.done", output_index, item };
}

function* messageEvents(item: JsonObject, output_index: number, pad: Pad): Generator<Event> {
  yield { type: "response.output_item.added", output_index, item: { ...item, status: "in_progress", content: [] } };
  for (const [content_index, part] of objects(item.content).entries()) {
    const at = { item_id: text(item.id), output_index, content_index };
    const refused = part.type === "refusal";
    const empty = refused ? { ...part, refusal: "" } : { ...part, logprobs: [], text: "" };
    const logprobs = objects(part.logprobs);
    yield { type: "response.content_part.added", ...at, part: empty };
    for (const [nth, delta] of pieces(text(refused ? part.refusal : part.text)).entries()) {
      if (refused) yield { type: "response.refusal.delta", ...at, delta, ...pad(delta) };
      else yield { type: "response.output_text.delta", ...at, delta, logprobs: logprobs.slice(nth, nth + 1), ...pad(delta) };
    }
    if (refused) yield { type: "response.refusal.done", ...at, refusal: text(part.refusal) };
    else yield { type: "response.output_text.done", ...at, text: text(part.text), logprobs };
    yield { type: "response.content_part.done", ...at, part };
  }
  yield { type: "response.output_item.done", output_index, item };
}

/** How the two kinds of calls are streamed: what they say is called otherwise. Source: the types of the openai package. */
const callKinds = {
  function_call: { field: "arguments", events: "response.function_call_arguments" },
  custom_tool_call: { field: "input", events: "response.custom_tool_call_input" },
} as const;

function* callEvents(item: JsonObject, output_index: number, pad: Pad): Generator<Event> {
  const at = { item_id: text(item.id), output_index };
  const { field, events } = callKinds[item.type === "custom_tool_call" ? "custom_tool_call" : "function_call"];
  const said = text(item[field]);
  yield { type: "response.output_item.added", output_index, item: { ...item, status: "in_progress", [field]: "" } };
  for (const delta of pieces(said)) yield { type: `${events}.delta`, ...at, delta, ...pad(delta) };
  yield { type: `${events}.done`, ...at, [field]: said };
  yield { type: "response.output_item.done", output_index, item };
}

function itemEvents(item: JsonObject, index: number, pad: Pad): Generator<Event> {
  if (item.type === "reasoning") return reasoningEvents(item, index, pad);
  return item.type === "message" ? messageEvents(item, index, pad) : callEvents(item, index, pad);
}

/**
 * A reply as the events of a Responses stream, and the response object it ends with. Each event is made when it is asked for, so that a
 * slow reader of a long answer holds little memory.
 */
export function responsesEvents(
  call: ModelCall,
  reply: FinishedReply,
  context: ReplyContext,
): { readonly events: Iterable<string>; readonly response: JsonObject } {
  const id = responseId(context);
  const items = outputItems(call, reply, context);
  const opening = responseBody(call, id, { status: "in_progress", output: [] }, context);
  const response = responseBody(call, id, finalState(reply, items), context);
  return { events: numbered(allEvents(opening, items, response, padder(call, context))), response };
}

function* allEvents(opening: JsonObject, items: readonly JsonObject[], response: JsonObject, pad: Pad): Generator<Event> {
  yield { type: "response.created", response: opening };
  yield { type: "response.in_progress", response: opening };
  for (const [index, item] of items.entries()) yield* itemEvents(item, index, pad);
  yield { type: `response.${text(response.status)}`, response };
}

function* numbered(events: Iterable<Event>): Generator<string> {
  let number = 0;
  for (const event of events) yield eventText(event, number++);
}

/** A stream that begins and then fails. */
export function failedEvents(
  call: ModelCall,
  context: ReplyContext,
  error: { readonly code: string; readonly message: string },
): string[] {
  const id = responseId(context);
  const opening = responseBody(call, id, { status: "in_progress", output: [] }, context);
  const failed = responseBody(call, id, { status: "failed", output: [], error }, context);
  const events: Event[] = [
    { type: "response.created", response: opening },
    { type: "response.in_progress", response: opening },
    { type: "response.failed", response: failed },
  ];
  return events.map(eventText);
}
