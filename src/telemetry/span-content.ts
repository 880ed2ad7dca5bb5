import type { Message } from "../core/messages.ts";
import type { Content, ToolResult } from "../core/tools.ts";
import type { Redactor } from "./redact.ts";

/** Characters of one text in a span: back ends cut or drop longer attributes. */
const maxText = 16_000;

/** Makes the texts of spans: secrets replaced, cut. */
export function spanText(redactor: Redactor): (text: string) => string {
  return (text) => {
    const clean = redactor.text(text);
    return clean.length > maxText ? `${clean.slice(0, maxText)}…` : clean;
  };
}

/** Messages in the form of the GenAI conventions, as JSON. Source: gen-ai-input-messages.json, 1.41.0. */
export function contentOf(messages: readonly Message[], clean: (text: string) => string): string {
  return JSON.stringify(
    messages.map((message) => {
      if (message.role === "tool") {
        const response = clean(textOf(message.content));
        return { role: "tool", parts: [{ type: "tool_call_response", id: message.callId, response }] };
      }
      const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
      return {
        role: message.role,
        parts: [
          { type: "text", content: clean(textOf(message.content)) },
          ...calls.map(({ id, name, arguments: args }) => ({ type: "tool_call", id, name, arguments: clean(args) })),
        ],
      };
    }),
  );
}

/** What a tool answered, as text. */
export function resultText(result: ToolResult): string {
  return textOf(result.content);
}

function textOf(content: string | readonly (Content | { readonly type: "text"; readonly text: string })[]): string {
  if (typeof content === "string") return content;
  return content.map((part) => ("text" in part ? part.text : `[${part.type}]`)).join("\n");
}
