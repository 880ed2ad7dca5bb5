import type { Json, JsonObject } from "../core/json.ts";
import { digest } from "./seeded.ts";
import { list } from "./wire/chat-request.ts";

const prefixes = new Map([
  ["message", "msg"],
  ["function_call", "fc"],
  ["function_call_output", "fco"],
  ["reasoning", "rs"],
]);
const idLength = 50;

/** The content of a message in parts. */
function partsOf(content: Json | undefined, role: Json | undefined): readonly Json[] {
  if (typeof content !== "string") return list(content);
  return [{ type: role === "assistant" ? "output_text" : "input_text", text: content }];
}

/** An item as the service keeps it: with an id and a type, the content of messages in parts. */
function kept(responseId: string, item: JsonObject, index: number): JsonObject {
  const { type = "message" } = item;
  const prefix = prefixes.get(String(type)) ?? "item";
  const id = item.id ?? `${prefix}_${digest("input", responseId, String(index)).slice(0, idLength)}`;
  if (type !== "message") return { ...item, id };
  return { ...item, id, type, status: item.status ?? "completed", content: partsOf(item.content, item.role) };
}

const defaultLimit = 20;
const highestLimit = 100;

/**
 * A page of what was given to a response: newest first unless `order=asc`, `limit` (1 to 100, default 20) of them, behind `after` or
 * before `before`. Source: https://learn.microsoft.com/azure/foundry/reference/rest/list-input-items.
 */
export function inputItemsPage(responseId: string, input: readonly JsonObject[], query: URLSearchParams): JsonObject {
  const all = input.map((item, index) => kept(responseId, item, index));
  const ordered = query.get("order") === "asc" ? all : all.reverse();
  const place = (name: string): number => ordered.findIndex((item) => item.id === query.get(name));
  const from = place("after") + 1;
  const to = place("before") < 0 ? ordered.length : place("before");
  const asked = Number(query.get("limit") ?? defaultLimit);
  const limit = Number.isInteger(asked) ? Math.min(highestLimit, Math.max(1, asked)) : defaultLimit;
  const data = ordered.slice(from, Math.min(to, from + limit));
  const ids = data.map((item) => item.id ?? null);
  return { object: "list", data, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null, has_more: from + data.length < to };
}
