import { standsAt } from "./bytes.ts";

const LF = 10;
const CR = 13;
const COLON = 58;
const SPACE = 32;
const BOM = [0xef, 0xbb, 0xbf] as const;
const dataField = Buffer.from("data");
const eventField = Buffer.from("event:");
const errorName = Buffer.from("error");

/** Longest event accepted, in bytes: far above any reply, low enough that a runaway body cannot fill memory. */
export const maxEventBytes = 32 * 1024 * 1024;

/** Called once per event with its data as a byte range, valid during the call only. */
export type SseListener = (bytes: Buffer, start: number, end: number, isErrorEvent: boolean) => void;

/**
 * Reads a `text/event-stream` from socket reads of any size, on bytes, without copying events that lie within one read.
 * Accepts LF, CRLF and CR line ends, comments, a leading byte order mark, unknown fields and data over several lines.
 * Source: WHATWG HTML, section "Server-sent events", read 2026-11.
 */
export class SseParser {
  readonly #listener: SseListener;
  /** The unfinished line of earlier reads. */
  #partial: Buffer[] = [];
  #partialBytes = 0;
  /** The data of the event being read: a range, so that one-line events are not copied. */
  #data: Buffer | null = null;
  #dataStart = 0;
  #dataEnd = 0;
  #isErrorEvent = false;
  #firstLine = true;
  /** The last read ended with CR: an LF that opens the next one belongs to it. */
  #skipLf = false;

  constructor(listener: SseListener) {
    this.#listener = listener;
  }

  /** Takes one socket read. Throws RangeError for an event over `maxEventBytes`. */
  push(chunk: Buffer): void {
    let position = 0;
    if (this.#skipLf && chunk.length > 0) {
      this.#skipLf = false;
      if (chunk[0] === LF) position = 1;
    }
    let cr = chunk.indexOf(CR, position);
    while (position < chunk.length) {
      if (cr !== -1 && cr < position) cr = chunk.indexOf(CR, position);
      const lf = chunk.indexOf(LF, position);
      const endsWithCr = cr !== -1 && (lf === -1 || cr < lf);
      const lineEnd = endsWithCr ? cr : lf;
      if (lineEnd === -1) break;
      this.#line(chunk, position, lineEnd);
      position = lineEnd + 1;
      if (!endsWithCr) continue;
      if (position === chunk.length) this.#skipLf = true;
      else if (chunk[position] === LF) position++;
    }
    if (position < chunk.length) this.#keep(position === 0 ? chunk : chunk.subarray(position));
  }

  /** The stream ended: an event whose closing blank line is missing is still delivered, its reader judges whether it is whole. */
  end(): void {
    if (this.#partial.length > 0) this.#line(Buffer.alloc(0), 0, 0);
    this.#dispatch();
  }

  #keep(rest: Buffer): void {
    this.#partial.push(rest);
    this.#partialBytes += rest.length;
    if (this.#partialBytes > maxEventBytes) throw new RangeError(`an event is larger than ${maxEventBytes} bytes`);
  }

  #line(chunk: Buffer, start: number, end: number): void {
    if (this.#partial.length === 0) {
      this.#field(chunk, start, end);
      return;
    }
    this.#partial.push(chunk.subarray(start, end));
    const line = this.#partial.length === 1 ? this.#partial[0]! : Buffer.concat(this.#partial);
    this.#partial = [];
    this.#partialBytes = 0;
    this.#field(line, 0, line.length);
  }

  #field(line: Buffer, lineStart: number, end: number): void {
    let start = lineStart;
    if (this.#firstLine) {
      this.#firstLine = false;
      if (BOM.every((byte, i) => line[start + i] === byte)) start += BOM.length;
    }
    if (start === end) {
      this.#dispatch();
      return;
    }
    if (standsAt(line, dataField, start, end)) {
      const colon = start + dataField.length;
      if (colon < end && line[colon] !== COLON) return;
      this.#append(line, Math.min(end, line[colon + 1] === SPACE ? colon + 2 : colon + 1), end);
    } else if (standsAt(line, eventField, start, end)) {
      const name = start + eventField.length;
      this.#isErrorEvent = standsAt(line, errorName, line[name] === SPACE ? name + 1 : name, end);
    }
  }

  #append(line: Buffer, start: number, end: number): void {
    if (this.#data === null) {
      this.#data = line;
      this.#dataStart = start;
      this.#dataEnd = end;
      return;
    }
    const earlier = this.#data.subarray(this.#dataStart, this.#dataEnd);
    if (earlier.length + end - start > maxEventBytes) throw new RangeError(`an event is larger than ${maxEventBytes} bytes`);
    this.#data = Buffer.concat([earlier, Buffer.from([LF]), line.subarray(start, end)]);
    this.#dataStart = 0;
    this.#dataEnd = this.#data.length;
  }

  #dispatch(): void {
    const data = this.#data;
    const isErrorEvent = this.#isErrorEvent;
    this.#data = null;
    this.#isErrorEvent = false;
    if (data !== null) this.#listener(data, this.#dataStart, this.#dataEnd, isErrorEvent);
  }
}
