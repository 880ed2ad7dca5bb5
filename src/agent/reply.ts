import { LecternError } from "../core/errors.ts";
import type { Citation, RunEvent } from "../core/events.ts";
import type { Message, ReplayState } from "../core/messages.ts";
import { type FinishReason, type Model, type ModelRequest, noUsage, type Usage } from "../core/model.ts";
import type { ToolCall } from "../core/tools.ts";
import type { CitationResolver } from "./citations.ts";

/** What one model reply came to. */
export interface Reply {
  text: string;
  calls: ToolCall[];
  finish: FinishReason;
  replay?: ReplayState;
  usage: Usage;
}

/** Streams one reply: yields what is visible of it, returns it whole. Throws what the model throws. */
export async function* ask(
  model: Model,
  request: ModelRequest,
  resolver: CitationResolver,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, Reply> {
  let reply: Reply | undefined;
  let text = "";
  let calls: ToolCall[] = [];
  let usage = noUsage;
  for await (const event of model.stream(request, { signal })) {
    switch (event.type) {
      case "text":
        text += event.delta;
        yield* visible(resolver.push(event.delta));
        break;
      case "reasoning":
      case "notice":
        yield event;
        break;
      case "tool_call":
        calls.push({ id: event.id, name: event.name, arguments: event.arguments });
        break;
      case "usage":
        usage = {
          inputTokens: event.inputTokens,
          cachedInputTokens: event.cachedInputTokens,
          outputTokens: event.outputTokens,
          reasoningTokens: event.reasoningTokens,
        };
        yield event;
        break;
      case "reset":
        text = "";
        calls = [];
        resolver.restart();
        yield event;
        break;
      case "finish":
        reply = { text, calls, usage, finish: event.reason, ...(event.replay ? { replay: event.replay } : {}) };
        break;
    }
  }
  yield* visible(resolver.flush());
  if (!reply)
    throw new LecternError("service", "The model's reply ended without saying that it was complete.", {
      fix: "Ask again; if it happens again, run lectern doctor.",
    });
  return reply;
}

function* visible(resolved: { readonly text: string; readonly citations: readonly Citation[] }): Generator<RunEvent> {
  for (const { marker, verified, ...span } of resolved.citations) yield { type: "citation", marker, span, verified };
  if (resolved.text !== "") yield { type: "text", delta: resolved.text };
}

/** The reply as an entry of the conversation. */
export function toMessage(reply: Reply): Message {
  return {
    role: "assistant",
    content: reply.text,
    ...(reply.calls.length > 0 ? { toolCalls: reply.calls } : {}),
    ...(reply.replay ? { replay: reply.replay } : {}),
  };
}
