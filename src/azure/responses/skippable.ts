import { standsAt } from "../bytes.ts";

const opening = Buffer.from('{"type":"response.');
const QUOTE = 34;
const sequenceKey = Buffer.from(',"sequence_number":');
/** Longest counter looked for, with the bracket that may follow it. */
const counterLength = 16;

/**
 * Events that only repeat what another one says. Service events of this kind echo the whole request, all tools included,
 * twice per reply, so reading over them unparsed saves more than all text deltas together.
 */
const skippable = new Set([
  "created",
  "in_progress",
  "queued",
  "content_part.added",
  "content_part.done",
  "output_text.done",
  "output_text.annotation.added",
  "function_call_arguments.delta",
  "function_call_arguments.done",
  "reasoning_summary_part.added",
  "reasoning_summary_part.done",
  "reasoning_summary_text.done",
]);

/**
 * The `sequence_number` of an event that can be skipped unparsed; undefined for any other event, and where the number is not
 * right behind the type or at the very end, where services put it.
 */
export function skippableSequence(bytes: Buffer, start: number, end: number): number | undefined {
  const nameStart = start + opening.length;
  if (!standsAt(bytes, opening, start, end)) return undefined;
  const nameEnd = bytes.indexOf(QUOTE, nameStart);
  if (nameEnd === -1 || nameEnd - nameStart > 40 || !skippable.has(bytes.toString("latin1", nameStart, nameEnd)))
    return undefined;
  return counterAt(bytes, nameEnd + 1, end) ?? counterAt(bytes, bytes.lastIndexOf(sequenceKey, end), end, true);
}

function counterAt(bytes: Buffer, at: number, end: number, closing = false): number | undefined {
  const digits = at + sequenceKey.length;
  if (at < 0 || !standsAt(bytes, sequenceKey, at, end)) return undefined;
  const rest = bytes.toString("latin1", digits, Math.min(end, digits + counterLength));
  const counter = (closing ? /^(\d{1,14})\}$/ : /^(\d{1,14})[,}]/).exec(rest)?.[1];
  return counter === undefined ? undefined : Number(counter);
}
