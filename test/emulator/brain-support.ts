import type { BrainMessage } from "../../src/emulator/brain/brain.ts";
import { extractiveBrain } from "../../src/emulator/brain/extractive.ts";

const search = {
  name: "look_up",
  description: "Searches the pages of the club.",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

/** What the brain says to a question when each search it makes brings this result; `searches` gets what it searched for. */
export function searching(question: string, result: string, searches: string[] = []): string {
  const messages: BrainMessage[] = [{ role: "user", text: `${question}\n[turn date=2026-11-23 key=k3f9]` }];
  for (let round = 0; round < 3; round++) {
    const reply = extractiveBrain({ messages, tools: [search], toolChoice: "auto" });
    if (reply.toolCalls === undefined) return reply.text ?? "";
    const calls = reply.toolCalls.map((call, index) => ({ ...call, id: `call_${round}_${index}` }));
    searches.push(...calls.map((call) => call.arguments));
    messages.push({ role: "assistant", text: "", toolCalls: calls });
    for (const { id, name } of calls) messages.push({ role: "tool", text: result, callId: id, name });
  }
  return "";
}

/** Passages as the client shows them: each opens with its title, its lines are numbered through. */
export function shown(...passages: readonly (readonly [title: string, ...lines: readonly string[]])[]): string {
  let next = 1;
  return passages
    .map(([title, ...lines]) => [`--- ${title}`, ...lines.map((line) => `[[k3f9.${next++}]] ${line}`)].join("\n"))
    .join("\n\n");
}
