import { isJsonObject, type Json, parseJson } from "../../core/json.ts";
import type { Redactor } from "./redact.ts";

type Mutable = { [key: string]: Json };

/** One piece of streamed text: which text it belongs to, and where it stands. */
interface Piece {
  readonly stream: string;
  readonly owner: Mutable;
  readonly field: string;
}

function piecesOf(data: Json): Piece[] {
  if (!isJsonObject(data)) return [];
  const event = data as Mutable;
  if (typeof event.delta === "string") return [{ stream: `${event.type} ${event.item_id}`, owner: event, field: "delta" }];
  const [choice] = Array.isArray(event.choices) ? event.choices : [];
  if (!isJsonObject(choice) || !isJsonObject(choice.delta)) return [];
  const delta = choice.delta as Mutable;
  const said: Piece[] = typeof delta.content === "string" ? [{ stream: "content", owner: delta, field: "content" }] : [];
  for (const call of Array.isArray(delta.tool_calls) ? delta.tool_calls : []) {
    if (!isJsonObject(call) || !isJsonObject(call.function) || typeof call.function.arguments !== "string") continue;
    said.push({ stream: `call ${call.index}`, owner: call.function as Mutable, field: "arguments" });
  }
  return said;
}

/**
 * Takes secrets out of the events of a stream, also those that came in pieces: where a text holds one when its deltas are joined, the
 * first delta gets the whole redacted text and the others none.
 */
export function redactEvents(events: readonly string[], redactor: Redactor): string[] {
  const parsed = events.map((event) => {
    const [, before = "", json = ""] = /^([\s\S]*?^data: ?)(.*)$/m.exec(event) ?? [];
    return { event, before, data: json === "" ? undefined : parseJson(json) };
  });
  const streams = new Map<string, { readonly piece: Piece; readonly index: number }[]>();
  for (const [index, { data }] of parsed.entries()) {
    for (const piece of data === undefined ? [] : piecesOf(data)) {
      streams.set(piece.stream, [...(streams.get(piece.stream) ?? []), { piece, index }]);
    }
  }
  const changed = new Set<number>();
  for (const pieces of streams.values()) {
    const whole = pieces.map(({ piece }) => String(piece.owner[piece.field])).join("");
    const redacted = redactor.content(whole);
    if (redacted === whole) continue;
    for (const [nth, { piece, index }] of pieces.entries()) {
      piece.owner[piece.field] = nth === 0 ? redacted : "";
      changed.add(index);
    }
  }
  return parsed.map(({ event, before, data }, index) =>
    redactor.text(changed.has(index) && data !== undefined ? `${before}${JSON.stringify(data)}\n\n` : event),
  );
}
