import type { LecternError } from "../core/errors.ts";
import type { Message } from "../core/messages.ts";
import { contentText } from "./content-text.ts";
import { contentFilterError } from "./filter-errors.ts";

type ToolMessage = Extract<Message, { role: "tool" }>;

/** Results put aside, and what they were about. */
export interface SetAside {
  readonly documents: readonly string[];
}

/**
 * Tool results that the content filter refused. Once set aside, a result is replaced by a remark in this and every later request
 * that carries the same message, so the rest of the turn goes on without it.
 */
export class FilteredResults {
  readonly #replacements = new WeakMap<Message, Message>();
  #any = false;

  /** The messages to send: the same array where nothing was set aside. */
  apply(messages: readonly Message[]): readonly Message[] {
    return this.#any ? messages.map((message) => this.#replacements.get(message) ?? message) : messages;
  }

  /** Sets the last batch of tool results aside; undefined where the conversation does not end with one, or that was done before. */
  setAside(messages: readonly Message[]): SetAside | undefined {
    const batch = lastBatch(messages).filter((message) => !this.#replacements.has(message));
    if (batch.length === 0) return undefined;
    for (const message of batch) {
      const content = "This result was set aside: the service's content filter refused it. Answer without it and say so.";
      this.#replacements.set(message, { ...message, content });
    }
    this.#any = true;
    return { documents: [...new Set(batch.flatMap((message) => documentsOf(message, messages)))] };
  }
}

function lastBatch(messages: readonly Message[]): readonly ToolMessage[] {
  const end = messages.findLastIndex((message) => message.role !== "tool");
  return messages.slice(end + 1).filter((message): message is ToolMessage => message.role === "tool");
}

/** Documents as the passages of a result name them (`--- <path> > <heading>`); else the tool that gave the result. */
function documentsOf(message: ToolMessage, messages: readonly Message[]): readonly string[] {
  const headings = [...contentText(message.content).matchAll(/^--- (.+)$/gm)].map((match) => match[1]!.split(" > ")[0]!.trim());
  if (headings.length > 0) return headings;
  const calls = messages.flatMap((entry) => (entry.role === "assistant" ? (entry.toolCalls ?? []) : []));
  return [calls.find((call) => call.id === message.callId)?.name ?? message.callId];
}

/** The filter's error with the culprit narrowed down: a question whose tool results are not (or no longer) the cause, or the answer. */
export function blame(error: LecternError, culprit: "question" | "answer"): LecternError {
  const categories = Array.isArray(error.details?.categories) ? error.details.categories.map(String) : [];
  const { requestId, status } = error;
  return contentFilterError(culprit, categories, { requestId, status });
}
