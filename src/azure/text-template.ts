import { standsAt } from "./bytes.ts";

const QUOTE = 34;
const BACKSLASH = 92;

type HoleKind = "text" | "string" | "sequence" | "integer";

interface Hole {
  /** Bytes between the hole before and this one. */
  readonly literal: Buffer;
  readonly kind: HoleKind;
}

interface Lesson {
  readonly event: Buffer;
  readonly text: string;
}

/** Keys whose values differ from one text delta to the next; everything else of such an event is the same bytes again. */
const variableKeys: readonly { readonly pattern: Buffer; readonly kind: HoleKind }[] = [
  { pattern: Buffer.from('"obfuscation":"'), kind: "string" },
  { pattern: Buffer.from('"sequence_number":'), kind: "sequence" },
  { pattern: Buffer.from('"created":'), kind: "integer" },
];

/**
 * The fast path for plain text deltas. It learns the bytes of an event that was parsed in full and found to be nothing but
 * text; a later event that equals it everywhere but in the text, the padding and the counters means the same, so only
 * the text is read. Any other event does not match and goes to the full parser. (Azure wraps each 5-byte token in about
 * 430 bytes; parsing those was a quarter of the floor's cost.)
 */
export class TextTemplate {
  readonly #textKey: Buffer;
  #holes: readonly Hole[] = [];
  #tail: Buffer = Buffer.alloc(0);
  #lesson: Lesson | undefined;
  #wasted = 0;
  /** `sequence_number` of the event matched last; -1 where it has none. */
  sequence = -1;

  /** @param textKey name of the key that carries the text: `content` or `delta`. */
  constructor(textKey: string) {
    this.#textKey = Buffer.from(`"${textKey}":"`);
  }

  /**
   * Remembers an event that the full parser found to be nothing but a delta of this `text`. Its shape is worked out when the next event
   * comes, so that the first word is shown before.
   */
  learn(bytes: Buffer, start: number, end: number, text: string): void {
    // A stream whose events never look alike is not worth learning again and again.
    if (this.#wasted > 16) return;
    this.#wasted++;
    this.#lesson = { event: Buffer.from(bytes.subarray(start, end)), text };
  }

  #study({ event, text }: Lesson): void {
    const found: { start: number; end: number; kind: HoleKind }[] = [];
    for (const { pattern, kind } of [{ pattern: this.#textKey, kind: "text" as const }, ...variableKeys]) {
      const at = event.indexOf(pattern);
      if (at === -1) continue;
      // Inside a JSON string every quote is escaped, so the pattern can only be a key; twice would be ambiguous.
      if (event.indexOf(pattern, at + 1) !== -1) return;
      const valueStart = at + pattern.length;
      const valueEnd = endOfValue(event, valueStart, event.length, kind);
      if (valueEnd === -1 || (isNumber(kind) && valueEnd === valueStart)) return;
      found.push({ start: valueStart, end: valueEnd, kind });
    }
    const textHole = found.find((hole) => hole.kind === "text");
    if (textHole === undefined || event.toString("utf8", textHole.start, textHole.end) !== text) return;
    found.sort((a, b) => a.start - b.start);
    this.#holes = found.map((hole, i) => ({
      literal: event.subarray(i === 0 ? 0 : found[i - 1]!.end, hole.start),
      kind: hole.kind,
    }));
    this.#tail = event.subarray(found.at(-1)!.end);
  }

  /** The text of an event of the learnt shape; undefined for any other event. */
  match(bytes: Buffer, start: number, end: number): string | undefined {
    if (this.#lesson !== undefined) {
      this.#study(this.#lesson);
      this.#lesson = undefined;
    }
    if (this.#holes.length === 0) return undefined;
    let position = start;
    let textStart = 0;
    let textEnd = 0;
    let sequence = -1;
    for (const hole of this.#holes) {
      const valueStart = position + hole.literal.length;
      if (!standsAt(bytes, hole.literal, position, end)) return undefined;
      position = endOfValue(bytes, valueStart, end, hole.kind);
      if (position === -1) return undefined;
      if (hole.kind === "text") {
        textStart = valueStart;
        textEnd = position;
      } else if (isNumber(hole.kind)) {
        if (position === valueStart) return undefined;
        if (hole.kind === "sequence") sequence = integer(bytes, valueStart, position);
      }
    }
    if (end - position !== this.#tail.length || !standsAt(bytes, this.#tail, position, end)) return undefined;
    this.sequence = sequence;
    this.#wasted = 0;
    return bytes.toString("utf8", textStart, textEnd);
  }
}

const isNumber = (kind: HoleKind): boolean => kind === "sequence" || kind === "integer";

/** Where a value ends; -1 where it needs the full parser (escapes, control characters, no end). */
function endOfValue(bytes: Buffer, start: number, end: number, kind: HoleKind): number {
  let i = start;
  if (isNumber(kind)) {
    while (i < end && bytes[i]! >= 48 && bytes[i]! <= 57) i++;
    // JSON has no leading zeros, and a fraction or exponent is no counter.
    return (bytes[start] === 48 && i > start + 1) || i - start > 15 ? -1 : i;
  }
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH || byte < 32) return -1;
  }
  return -1;
}

function integer(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + bytes[i]! - 48;
  return value;
}
