import type { Message } from "../core/messages.ts";
import { messageTokens } from "./message-tokens.ts";

const setAside = "(an earlier result that is no longer shown; call the tool again if it is needed)";
const setAsideTokens = messageTokens({ role: "user", content: setAside });

/**
 * A conversation's messages cut to about `maxTokens`: first the oldest tool results give way to a line that says so, which keeps questions and
 * answers, then the oldest turns as a whole. Calls and their results stay paired, as the services demand.
 */
export function shorten(messages: readonly Message[], maxTokens: number): readonly Message[] {
  const sizes = messages.map(messageTokens);
  let total = sizes.reduce((sum, size) => sum + size, 0);
  const kept = messages.map((message, index) => {
    if (total <= maxTokens || message.role !== "tool" || sizes[index]! <= setAsideTokens) return message;
    total -= sizes[index]! - setAsideTokens;
    sizes[index] = setAsideTokens;
    return { ...message, content: setAside };
  });
  // A turn begins with its question.
  const ends = [...kept.keys()].slice(1).filter((index) => kept[index]!.role === "user");
  let from = 0;
  for (const end of [...ends, kept.length]) {
    if (total <= maxTokens) break;
    while (from < end) total -= sizes[from++]!;
  }
  return kept.slice(from);
}
