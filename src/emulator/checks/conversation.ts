import type { JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { objects, text } from "../wire/chat-request.ts";

const maxChatCallId = 40;
const maxCallId = 64;

/** Every tool message must answer the calls of the assistant message before it, and every call must be answered. */
export function checkChatConversation(body: JsonObject): void {
  let open = new Map<string, number>();
  for (const [index, message] of objects(body.messages).entries()) {
    if (message.role === "tool") {
      const id = text(message.tool_call_id);
      if (!open.has(id)) throw new Refused("400-orphan-tool-message", { index });
      open.set(id, 1);
      continue;
    }
    refuseOpen(open, index);
    open = new Map();
    if (message.role !== "assistant") continue;
    for (const [at, call] of objects(message.tool_calls).entries()) {
      const id = text(call.id);
      if (id.length > maxChatCallId) {
        const param = `messages[${index}].tool_calls[${at}].id`;
        throw new Refused("400-string-too-long", { param, limit: maxChatCallId, length: id.length });
      }
      open.set(id, 0);
    }
  }
  refuseOpen(open, objects(body.messages).length);
}

function refuseOpen(open: ReadonlyMap<string, number>, index: number): void {
  const ids = [...open].filter(([, answered]) => answered === 0).map(([id]) => id);
  if (ids.length > 0) throw new Refused("400-unanswered-tool-calls", { index: Math.max(0, index - 1), ids: ids.join(", ") });
}

/** Calls whose outputs the caller owes, and what the service calls them. */
const pairedCalls = [
  ["function_call", "function call"],
  ["custom_tool_call", "custom tool call"],
] as const;

function checkCallIds(items: readonly JsonObject[], earlier: readonly JsonObject[]): void {
  for (const [index, item] of items.entries()) {
    const id = text(item.call_id);
    if (id.length > maxCallId) {
      throw new Refused("400-string-too-long", { param: `input[${index}].call_id`, limit: maxCallId, length: id.length });
    }
  }
  const all = [...earlier, ...items];
  const idsOf = (type: string): Set<string> =>
    new Set(all.filter((item) => item.type === type).map((item) => text(item.call_id)));
  for (const [type, kind] of pairedCalls) {
    const called = idsOf(type);
    const answered = idsOf(`${type}_output`);
    for (const id of answered) if (!called.has(id)) throw new Refused("400-orphan-call-output", { id, kind });
    for (const id of called) if (!answered.has(id)) throw new Refused("400-unanswered-call", { id, kind });
  }
}

/** What the checks of a Responses conversation need to know of this resource. */
export interface ResponsesMemory {
  /** The reasoning item that a stored item was made with, by the item's id. */
  reasoningOf(itemId: string): string | undefined;
  /** Whether this resource made the encrypted content. */
  decrypts(content: string): boolean;
}

function checkReasoning(items: readonly JsonObject[], memory: ResponsesMemory): void {
  const present = new Set(items.map((item) => text(item.id)));
  for (const [index, item] of items.entries()) {
    const content = text(item.encrypted_content);
    if (item.type === "reasoning" && content !== "" && !memory.decrypts(content)) {
      throw new Refused("400-encrypted-content", { content: `${content.slice(0, 4)}...${content.slice(-4)}` });
    }
    const next = items[index + 1];
    if (
      item.type === "reasoning" &&
      (next === undefined || next.role === "user" || /^(?:function_call|custom_tool_call)_output$/.test(text(next.type)))
    ) {
      throw new Refused("400-reasoning-alone", { id: text(item.id) });
    }
    const reasoning = memory.reasoningOf(text(item.id));
    if (reasoning !== undefined && !present.has(reasoning)) {
      throw new Refused("400-reasoning-item-missing", { id: text(item.id), type: text(item.type), reasoning });
    }
  }
}

/** Calls and their outputs belong together, and so do reasoning items and what they led to. */
export function checkResponsesConversation(
  items: readonly JsonObject[],
  earlier: readonly JsonObject[],
  memory: ResponsesMemory,
): void {
  checkReasoning(items, memory);
  checkCallIds(items, earlier);
}

/** The prompt must fit the window; `truncation: "auto"` on Responses makes it fit. Chat counts what is asked for, too. */
export function checkContext(api: "chat" | "responses", deployment: Deployment, body: JsonObject, tokens: number): void {
  const limit = deployment.contextWindow;
  const completion = body.max_completion_tokens ?? body.max_tokens;
  if (tokens <= limit && api === "chat" && !deployment.reasoning && typeof completion === "number") {
    const total = tokens + completion;
    if (total > limit) throw new Refused("400-context-completion", { limit, total, tokens, completion });
  }
  if (tokens <= limit || (api === "responses" && body.truncation === "auto")) return;
  throw api === "chat" ? new Refused("400-context", { limit, tokens }) : new Refused("400-context-responses");
}
