import type { JsonObject } from "../../src/core/json.ts";
import type { Model, ModelEvent, ModelRequest } from "../../src/core/model.ts";
import { type Tool, type Toolbox, type ToolCall, type ToolResult, textResult } from "../../src/core/tools.ts";

/** What a scripted model says in one reply: events, or a function of the request it was sent. */
export type ScriptedReply =
  | readonly ModelEvent[]
  | ((request: ModelRequest, signal: AbortSignal | undefined) => AsyncIterable<ModelEvent> | readonly ModelEvent[]);

export const says = (text: string): readonly ModelEvent[] => [
  { type: "text", delta: text },
  { type: "usage", inputTokens: 100, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 },
  { type: "finish", reason: "stop" },
];
export const calls = (...wanted: readonly ToolCall[]): readonly ModelEvent[] => [
  ...wanted.map((call) => ({ type: "tool_call", ...call }) as const),
  { type: "usage", inputTokens: 100, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 },
  { type: "finish", reason: "tool_calls" },
];

/** A model that gives the scripted replies in order (the last one again when they run out) and keeps what it was asked. */
export function scripted(...replies: readonly ScriptedReply[]): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    requests,
    limits: { maxTools: 128, maxToolNameLength: 64, images: true },
    describe: () => ({
      deployment: "scripted",
      api: "none",
      served: null,
      region: null,
      emulated: true,
      requests: requests.length,
    }),
    async *stream(request, options) {
      const reply = replies[Math.min(requests.length, replies.length - 1)]!;
      requests.push(request);
      yield* typeof reply === "function" ? reply(request, options?.signal) : reply;
    },
  };
}

/** A toolbox of plain functions, all on the server `kb` unless named `server__tool`. */
export function toolboxOf(
  tools: Readonly<Record<string, (args: JsonObject, signal?: AbortSignal) => ToolResult | string | Promise<ToolResult | string>>>,
): Toolbox {
  const list: Tool[] = Object.keys(tools).map((name) => {
    const [server, tool] = name.includes("__") ? (name.split("__") as [string, string]) : ["kb", name];
    return {
      name,
      server,
      tool,
      description: `The tool ${tool}`,
      inputSchema: { type: "object", properties: {} },
      annotations: { readOnlyHint: true },
    };
  });
  return {
    tools: () => list,
    instructions: () => [],
    async call(call, options) {
      const result = await tools[call.name]!((call.arguments ? JSON.parse(call.arguments) : {}) as JsonObject, options?.signal);
      return typeof result === "string" ? textResult(result) : result;
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** The markers of the last tool result that a request shows, in order. */
export function markersIn(request: ModelRequest): string[] {
  const last = request.messages.findLast((message) => message.role === "tool");
  return [...String(last?.content ?? "").matchAll(/\[\[([a-z0-9]{4}\.\d+)\]\]/g)].map((match) => match[1]!);
}

export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
