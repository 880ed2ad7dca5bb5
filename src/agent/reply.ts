import { LecternError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { Message, ReplayState } from "../core/messages.ts";
import { type FinishReason, type ModelEvent, noUsage, type Usage } from "../core/model.ts";
import type { ToolCall } from "../core/tools.ts";
import type { CitationResolver, Resolved } from "./citations.ts";

/** What one model reply came to. */
export interface Reply {
  text: string;
  calls: ToolCall[];
  finish: FinishReason;
  replay?: ReplayState;
  usage: Usage;
}

/**
 * Gathers one reply from the model's events. Fed by the loop itself: a generator of its own between model and loop would cost
 * several turns of the microtask queue for every token.
 */
export class ReplyCollector {
  readonly #resolver: CitationResolver;
  #text = "";
  #calls: ToolCall[] = [];
  #usage: Usage = noUsage;
  #reply: Reply | undefined;

  constructor(resolver: CitationResolver) {
    this.#resolver = resolver;
  }

  /** Takes one event of the model and appends what of it is visible to `visible`. */
  take(event: ModelEvent, visible: RunEvent[]): void {
    switch (event.type) {
      case "text":
        this.#text += event.delta;
        show(this.#resolver.push(event.delta), visible);
        break;
      case "reasoning":
      case "notice":
        visible.push(event);
        break;
      case "tool_call":
        this.#calls.push({ id: event.id, name: event.name, arguments: event.arguments });
        break;
      case "usage": {
        const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = event;
        this.#usage = { inputTokens, cachedInputTokens, outputTokens, reasoningTokens };
        visible.push(event);
        break;
      }
      case "reset":
        this.#text = "";
        this.#calls = [];
        this.#resolver.restart();
        visible.push(event);
        break;
      case "finish": {
        const { reason: finish, replay } = event;
        this.#reply = { text: this.#text, calls: this.#calls, usage: this.#usage, finish, ...(replay ? { replay } : {}) };
        break;
      }
    }
  }

  /** The whole reply, once the model has ended; appends the text that was held back. Throws `service` where the reply never finished. */
  end(visible: RunEvent[]): Reply {
    show(this.#resolver.flush(), visible);
    if (this.#reply) return this.#reply;
    throw new LecternError("service", "The model's reply ended without saying that it was complete.", {
      fix: "Ask again; if it happens again, run lectern doctor.",
    });
  }
}

function show({ text, citations }: Resolved, visible: RunEvent[]): void {
  for (const { marker, verified, ...span } of citations) visible.push({ type: "citation", marker, span, verified });
  if (text !== "") visible.push({ type: "text", delta: text });
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
