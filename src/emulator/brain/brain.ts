import type { JsonObject } from "../../core/json.ts";
import type { TextFormat } from "./structured.ts";

/** A function tool as the wire offered it. */
export interface BrainTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
  /** A custom tool: it takes text, not arguments. */
  readonly takesText?: boolean;
}

/** One entry of the conversation as the wire gave it, both surfaces alike; `text` joins the text parts. */
export type BrainMessage =
  | { readonly role: "system" | "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly toolCalls: readonly BrainCall[] }
  | { readonly role: "tool"; readonly text: string; readonly callId: string; readonly name: string };

export interface BrainCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** All that a brain may know: the conversation, the tools, and whether it may or must call one. */
export interface BrainRequest {
  readonly messages: readonly BrainMessage[];
  readonly tools: readonly BrainTool[];
  readonly toolChoice: "auto" | "none" | "required" | { readonly name: string };
  /** Structured output, where the request asks for it. */
  readonly format?: TextFormat;
}

/** What the emulated model says. Text and calls may come together, as with the real service. */
export interface Reply {
  /** Shown as a reasoning summary where the request asked for one; "" for a reply without reasoning. */
  readonly reasoning?: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[];
  /** Why it ended, where not plain: the output limit or the completion's content filter. */
  readonly finish?: "length" | "content_filter";
  /** Answers with an error in place of a reply; `status` defaults to 500. */
  readonly error?: ReplyError;
}

interface ReplyError {
  readonly status?: number;
  readonly code?: string | null;
  readonly message: string;
  readonly type?: string | null;
  readonly param?: string | null;
}

/** Decides what the emulated model says. Deterministic: same request, same reply. */
export type Brain = (request: BrainRequest) => Reply;

/** The client's own `[turn ...]` line, which ends a user message; undefined where there is none. Looks at the end of the text only: a text may be long. */
export function turnLineOf(text: string): string | undefined {
  const at = text.lastIndexOf("[turn");
  return at < 0 ? undefined : /^\[turn\b[^\]\n]*\]\s*$/.exec(text.slice(at))?.[0];
}

/** Texts the user handed in with the question, as the client marks them. */
const attachment = /<attachment\b[^>\n]{0,500}>\n?([\s\S]*?)<\/attachment>/g;
const attachmentEnd = "</attachment>";

export interface Question {
  /** Without the client's own `[turn ...]` line and without attachments. */
  readonly text: string;
  /** What was handed in with it; empty where nothing was. */
  readonly attached: string;
  /** Where the message stands; -1 where there is none. */
  readonly index: number;
}

/** The user message before the last one; empty where there is none. */
export function earlierQuestion(messages: readonly BrainMessage[], before: number): string {
  return lastQuestion(messages.slice(0, Math.max(0, before))).text;
}

/** The last user message and where it stands. */
export function lastQuestion(messages: readonly BrainMessage[]): Question {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]!;
    if (message.role !== "user") continue;
    const whole = message.text.trimEnd();
    const text = whole.slice(0, whole.length - (turnLineOf(whole)?.length ?? 0));
    // What opens after the last end is never closed, and looking for its end again and again would take for ever.
    const end = text.lastIndexOf(attachmentEnd) + attachmentEnd.length;
    const closed = end < attachmentEnd.length ? "" : text.slice(0, end);
    const attached = [...closed.matchAll(attachment)].map(([, inside]) => inside!).join("\n");
    return { text: (closed.replace(attachment, "") + text.slice(closed.length)).trim(), attached, index };
  }
  return { text: "", attached: "", index: -1 };
}
