import type { AzureModelOptions } from "../../src/azure/index.ts";
import { createAzureModel } from "../../src/azure/index.ts";
import type { Model, ModelEvent, ModelRequest, Usage } from "../../src/core/model.ts";
import type { Tool, ToolCall } from "../../src/core/tools.ts";
import type { Answer } from "./reply-server.ts";

/** A model at a fake service, with a clock that never waits. */
export function modelAt(url: string, options: Partial<AzureModelOptions> = {}): Model {
  return createAzureModel({
    endpoint: url,
    deployment: "d",
    credential: { type: "api_key", key: "k" },
    clock: hurriedClock(),
    ...options,
  });
}

/** Time passes by the sleeps asked for, at once. */
export function hurriedClock(): { now(): number; sleep(ms: number): Promise<void>; random(): number; readonly slept: number[] } {
  let passed = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => Date.now() + passed,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
      passed += ms;
    },
  };
}

export interface Collected {
  text: string;
  reasoning: string;
  calls: ToolCall[];
  usage: Usage | undefined;
  finish: string | undefined;
  resets: number;
  notices: string[];
  events: ModelEvent[];
}

export const question: ModelRequest = { messages: [{ role: "user", content: "hello" }], tools: [] };

/** Runs one reply to its end; text before a reset is discarded, as faces do. */
export async function collect(model: Model, request: Partial<ModelRequest> = {}, signal?: AbortSignal): Promise<Collected> {
  const got: Collected = {
    text: "",
    reasoning: "",
    calls: [],
    usage: undefined,
    finish: undefined,
    resets: 0,
    notices: [],
    events: [],
  };
  for await (const event of model.stream({ ...question, ...request }, signal === undefined ? {} : { signal })) {
    got.events.push(event);
    if (event.type === "text") got.text += event.delta;
    else if (event.type === "reasoning") got.reasoning += event.delta;
    else if (event.type === "tool_call") got.calls.push({ id: event.id, name: event.name, arguments: event.arguments });
    else if (event.type === "usage") got.usage = event;
    else if (event.type === "notice") got.notices.push(event.code);
    else if (event.type === "finish") got.finish = event.reason;
    else {
      got.resets++;
      got.text = "";
      got.calls = [];
    }
  }
  return got;
}

/** What was thrown. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

const stream = { "content-type": "text/event-stream" };

export function sse(events: readonly object[], done = ""): string {
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}${done}`;
}

/** An answer whose body is text. */
export type TextAnswer = Answer & { readonly body: string };

/** A Chat Completions stream that says `text`, word by word. */
export function chatText(text: string, extra: Partial<TextAnswer> = {}): TextAnswer {
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    id: "c",
    object: "chat.completion.chunk",
    model: "m-1",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const words = text.match(/\S+\s?/g) ?? [];
  const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } };
  return {
    headers: stream,
    body: sse([...words.map((content) => chunk({ content })), chunk({}, "stop"), usage], "data: [DONE]\n\n"),
    ...extra,
  };
}

/** The events of a Responses stream with this output. */
export function responsesEvents(output: readonly object[], deltas: readonly string[]): object[] {
  const response = (status: string): object => ({
    id: "resp_1",
    status,
    model: "m-1",
    output: status === "completed" ? output : [],
    usage: status === "completed" ? { input_tokens: 5, output_tokens: 4, input_tokens_details: { cached_tokens: 1 } } : null,
  });
  const events: object[] = [
    { type: "response.created", response: response("in_progress") },
    ...deltas.map((delta) => ({
      type: "response.output_text.delta",
      item_id: "msg_1",
      output_index: 0,
      content_index: 0,
      delta,
    })),
    ...output.map((item, output_index) => ({ type: "response.output_item.done", output_index, item })),
    { type: "response.completed", response: response("completed") },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

export function messageItem(text: string): object {
  return { id: "msg_1", type: "message", role: "assistant", content: [{ type: "output_text", text }] };
}

/** A Responses stream that says `text`, word by word. */
export function responsesText(text: string, extra: Partial<TextAnswer> = {}): TextAnswer {
  return { headers: stream, body: sse(responsesEvents([messageItem(text)], text.match(/\S+\s?/g) ?? [])), ...extra };
}

/** A Responses stream that calls a tool. */
export function responsesCall(name: string, args: string, extra: readonly object[] = []): Answer {
  const item = { id: "fc_1", type: "function_call", call_id: "call_1", name, arguments: args };
  return { headers: stream, body: sse(responsesEvents([...extra, item], [])) };
}

export function tool(
  name: string,
  inputSchema: Tool["inputSchema"] = { type: "object", properties: {} },
  description = "A tool.",
): Tool {
  return { name, server: "s", tool: name, description, inputSchema };
}

export function errorAnswer(status: number, error: object | string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = typeof error === "string" ? error : JSON.stringify({ error });
  return { status, headers: { "content-type": typeof error === "string" ? "text/html" : "application/json", ...headers }, body };
}
