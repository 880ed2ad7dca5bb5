import type { LecternError } from "../core/errors.ts";
import type { Message } from "../core/messages.ts";
import { contentText } from "./content-text.ts";
import { contentFilterError, type FilterCulprit } from "./filter-errors.ts";

type ToolMessage = Extract<Message, { role: "tool" }>;

/** Results put aside, and what they were about. */
export interface SetAside {
  readonly documents: readonly string[];
}

/**
 * Tool results that the content filter refused. Once set aside, a result is replaced by a remark in this and every later request
 * that carries the same message, so the rest of the turn goes on without it.
 *
 * The service does not say what tripped it. What it took before cannot be the cause, so the results that came since then are suspected.
 */
export class FilteredResults {
  readonly #replacements = new WeakMap<Message, Message>();
  /** The last message of each request that was answered: all before it is known to be harmless. */
  readonly #accepted = new WeakSet<Message>();
  #any = false;

  /** The messages to send: the same array where nothing was set aside. */
  apply(messages: readonly Message[]): readonly Message[] {
    return this.#any ? messages.map((message) => this.#replacements.get(message) ?? message) : messages;
  }

  /** A request with these messages was answered. */
  accept(messages: readonly Message[]): void {
    const last = messages.at(-1);
    if (last !== undefined) this.#accepted.add(last);
  }

  /** Sets the suspected results aside; undefined where there are none, or that was done before. */
  setAside(messages: readonly Message[]): SetAside | undefined {
    const batch = this.#suspects(messages).filter((message) => !this.#replacements.has(message));
    if (batch.length === 0) return undefined;
    for (const message of batch) {
      const content = "This result was set aside: the service's content filter refused it. Answer without it and say so.";
      this.#replacements.set(message, { ...message, content });
    }
    this.#any = true;
    return { documents: documentsIn(batch, messages) };
  }

  /** The filter's error with its culprit named: what is new since the last request that was answered, and the question where all is new. */
  blame(error: LecternError, messages: readonly Message[]): LecternError {
    const fresh = messages.slice(this.#acceptedUpTo(messages));
    const suspects = this.#suspects(messages);
    const isQuestion = suspects.length === 0 || fresh.some((message) => message.role === "user");
    return isQuestion ? blame(error, "question") : blame(error, "tool_result", documentsIn(suspects, messages));
  }

  #suspects(messages: readonly Message[]): readonly ToolMessage[] {
    const accepted = this.#acceptedUpTo(messages);
    if (accepted === 0) return lastBatch(messages);
    return messages.slice(accepted).filter((message): message is ToolMessage => message.role === "tool");
  }

  /** How many of the messages, from the first one on, the service has taken before. */
  #acceptedUpTo(messages: readonly Message[]): number {
    return messages.findLastIndex((message) => this.#accepted.has(message)) + 1;
  }
}

function lastBatch(messages: readonly Message[]): readonly ToolMessage[] {
  const end = messages.findLastIndex((message) => message.role !== "tool");
  return messages.slice(end + 1).filter((message): message is ToolMessage => message.role === "tool");
}

function documentsIn(batch: readonly ToolMessage[], messages: readonly Message[]): readonly string[] {
  return [...new Set(batch.flatMap((message) => documentsOf(message, messages)))];
}

/** Documents as the passages of a result name them (`--- <path> > <heading>`); else the tool that gave the result. */
function documentsOf(message: ToolMessage, messages: readonly Message[]): readonly string[] {
  const headings = [...contentText(message.content).matchAll(/^--- (.+)$/gm)].map((match) => match[1]!.split(" > ")[0]!.trim());
  if (headings.length > 0) return headings;
  const calls = messages.flatMap((entry) => (entry.role === "assistant" ? (entry.toolCalls ?? []) : []));
  return [calls.find((call) => call.id === message.callId)?.name ?? message.callId];
}

/** The filter's error with the culprit narrowed down; `documents` are what the tool results were about. */
export function blame(
  error: LecternError,
  culprit: Exclude<FilterCulprit, "prompt">,
  documents: readonly string[] = [],
): LecternError {
  const categories = Array.isArray(error.details?.categories) ? error.details.categories.map(String) : [];
  const { requestId, status } = error;
  return contentFilterError(culprit, categories, { requestId, status, documents });
}
