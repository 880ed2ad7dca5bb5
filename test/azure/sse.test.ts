import fc from "fast-check";
import { expect, test } from "vitest";
import { SseParser } from "../../src/azure/sse.ts";

/** The data of all events when the bytes arrive in these pieces. */
function read(bytes: Buffer, cuts: readonly number[] = []): string[] {
  const events: string[] = [];
  const parser = new SseParser((buffer, start, end, isError) =>
    events.push(`${isError ? "!" : ""}${buffer.toString("utf8", start, end)}`),
  );
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, bytes.length]) {
    if (place > from) parser.push(bytes.subarray(from, place));
    from = place;
  }
  parser.end();
  return events;
}

test("an event is its data lines, joined, with one space after the colon taken off", () => {
  const stream = "data: one\n\ndata:two\n\ndata:  three\ndata: four\n\n: a comment\nid: 7\n\ndata\n\n";
  expect(read(Buffer.from(stream))).toEqual(["one", "two", " three\nfour", ""]);
});

test("LF, CRLF and CR end lines, in any mixture and wherever reads are cut", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const bytes = Buffer.from(["event: x", "data: a", "", "data: b", "data: c", "", ""].join(end));
    for (let cut = 0; cut <= bytes.length; cut++) expect(read(bytes, [cut, cut + 1])).toEqual(["a", "b\nc"]);
  }
});

test("a byte order mark in front is skipped, even when it arrives byte by byte", () => {
  const bytes = Buffer.from("\ufeffdata: first\n\ndata: second\n\n");
  expect(read(bytes)).toEqual(["first", "second"]);
  expect(read(bytes, [1, 2, 3, 4])).toEqual(["first", "second"]);
});

test("an event named error is told apart, and the name does not stick", () => {
  expect(read(Buffer.from("event: error\ndata: {}\n\ndata: {}\n\n"))).toEqual(["!{}", "{}"]);
});

test("an event without its closing blank line is delivered at the end", () => {
  expect(read(Buffer.from("data: a\n\ndata: b"))).toEqual(["a", "b"]);
});

test("fields that are not data, and lines that are no fields, are ignored", () => {
  expect(read(Buffer.from("this is not sse\ndatabase: no\ndata: yes\nretry: 5\n\n"))).toEqual(["yes"]);
});

test("however reads are cut, the events are the same", () => {
  const line = fc.oneof(
    fc.string({ unit: "grapheme" }).map((text) => `data: ${text.replace(/[\r\n]/g, " ")}`),
    fc.constantFrom("", "", ": comment", "event: error", "id: 1", "nonsense", "data", "data: [DONE]"),
  );
  const streams = fc.tuple(
    fc.array(line, { maxLength: 40 }),
    fc.constantFrom("\n", "\r\n", "\r"),
    fc.array(fc.nat(), { maxLength: 30 }),
  );
  fc.assert(
    fc.property(streams, ([lines, end, cuts]) => {
      const bytes = Buffer.from(`${lines.join(end)}${end}${end}`);
      expect(read(bytes, cuts)).toEqual(read(bytes));
    }),
    { numRuns: 300 },
  );
});

test("an endless event is refused instead of filling the memory", () => {
  const parser = new SseParser(() => undefined);
  const chunk = Buffer.alloc(1024 * 1024, 120);
  expect(() => {
    for (let i = 0; i < 40; i++) parser.push(chunk);
  }).toThrow(RangeError);
});
