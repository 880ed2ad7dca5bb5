import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatReader } from "../../src/azure/chat/from-azure.ts";
import { FailedAttempt } from "../../src/azure/failure.ts";
import type { ReplyListener, ReplyOrigin, ReplyReader } from "../../src/azure/reply.ts";
import { ResponsesReader } from "../../src/azure/responses/from-azure.ts";
import { skippableSequence } from "../../src/azure/responses/skippable.ts";
import { SseParser } from "../../src/azure/sse.ts";
import { TextTemplate } from "../../src/azure/text-template.ts";
import { shared } from "../support/shared.ts";

const origin: ReplyOrigin = { context: { api: "chat", host: "h", deployment: "d", auth: "api_key" }, headers: {}, secrets: [] };

/** What a stream says, by the fast path where it fits, or (`full`) with a reader that starts afresh for each event and so never learns. */
function outcome(api: "chat" | "responses", stream: Buffer, full: boolean): unknown {
  let text = "";
  const listener: ReplyListener = {
    text: (delta) => (text += delta),
    replace: (whole) => (text = whole),
    reasoning: (delta) => (text += `<${delta}>`),
  };
  const reader: ReplyReader = api === "chat" ? new ChatReader(listener, origin) : new ResponsesReader(listener, origin);
  const original = TextTemplate.prototype.match;
  if (full) TextTemplate.prototype.match = () => undefined;
  try {
    const parser = new SseParser(reader.event);
    parser.push(stream);
    parser.end();
    const reply = reader.finish();
    return { text, reply };
  } catch (thrown) {
    return thrown instanceof FailedAttempt ? thrown.failure.error.message : thrown;
  } finally {
    TextTemplate.prototype.match = original;
  }
}

function expectSame(api: "chat" | "responses", stream: string): void {
  const bytes = Buffer.from(stream);
  expect(outcome(api, bytes, false)).toEqual(outcome(api, bytes, true));
}

const folder = shared("data/azure-recordings");
const recordings = folder === undefined ? [] : readdirSync(folder).filter((name) => /-(chat|responses)-sse-/.test(name));

describe.skipIf(folder === undefined)("the fast path on recordings", () => {
  test.each(recordings)("reads %s as the full parser does", (name) => {
    const { response } = JSON.parse(readFileSync(join(folder!, name), "utf8")) as { response: { sse: string } };
    expectSame(name.includes("-chat-") ? "chat" : "responses", response.sse);
  });
});

/** One stretch of a stream: an ordinary delta, or something that must not be taken for one. */
const oddText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("\n", '"', "\\", "ü🎯", "", '","content":"x', "\u0001"),
);
const chatChunk = fc.record({
  content: oddText,
  created: fc.constantFrom(1, 17, 1790000777),
  obfuscation: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
  finish_reason: fc.constantFrom(null, null, null, null, "stop"),
  index: fc.constantFrom(0, 0, 0, 1),
  extra: fc.constantFrom({}, {}, {}, { role: "assistant" }, { refusal: null }, { reasoning_content: "hm" }, { tool_calls: [] }),
});

test("on fuzzed chat streams the fast path agrees with the full parser", () => {
  fc.assert(
    fc.property(fc.array(chatChunk, { maxLength: 25 }), fc.boolean(), (chunks, spaced) => {
      const events = chunks.map(({ content, created, obfuscation, finish_reason, index, extra }) => {
        const chunk = { choices: [{ delta: { content, ...extra }, finish_reason, index }], created, obfuscation, model: "m" };
        return `data: ${spaced && content.length > 3 ? JSON.stringify(chunk, null, 1).replaceAll("\n", "") : JSON.stringify(chunk)}\n\n`;
      });
      expectSame(
        "chat",
        `${events.join("")}data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
      );
    }),
    { numRuns: 400 },
  );
});

test("on fuzzed Responses streams, with events lost and repeated, the fast path agrees with the full parser", () => {
  const delta = fc.record({
    delta: oddText,
    times: fc.constantFrom(1, 1, 1, 1, 1, 0, 2),
    obfuscation: fc.string({ maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(delta, { maxLength: 25 }), (deltas) => {
      const text = deltas.map((entry) => entry.delta).join("");
      const events = deltas.flatMap((entry, i) =>
        Array.from({ length: entry.times }, () => ({
          type: "response.output_text.delta",
          sequence_number: i,
          delta: entry.delta,
          obfuscation: entry.obfuscation,
        })),
      );
      const output = [{ type: "message", content: [{ type: "output_text", text }] }];
      const closing = { type: "response.completed", sequence_number: deltas.length, response: { status: "completed", output } };
      expectSame("responses", [...events, closing].map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
    }),
    { numRuns: 400 },
  );
});

test("a learnt shape is matched with other text, padding and counters, and by nothing else", () => {
  const event = (text: string, sequence: string, tail = ""): Buffer =>
    Buffer.from(`{"type":"t","sequence_number":${sequence},"delta":${text},"obfuscation":"abc"${tail}}`);
  const template = new TextTemplate("delta");
  const first = event('"one"', "4");
  template.learn(first, 0, first.length, "one");
  const match = (bytes: Buffer): string | undefined => template.match(bytes, 0, bytes.length);
  expect(match(event('"zwölf"', "15"))).toBe("zwölf");
  expect(template.sequence).toBe(15);
  for (const other of [
    event('"a\\n"', "5"),
    event('"a"', "05"),
    event('"a"', "5.5"),
    event('"a"', ""),
    event('"a"', "5", ',"x":1'),
    event("null", "5"),
  ]) {
    expect(match(other)).toBeUndefined();
  }
});

test("an event is skipped unparsed only where its number is certain, and never one that says something new", () => {
  const sequenceOf = (event: string): number | undefined =>
    skippableSequence(Buffer.from(`xx${event}\n`), 2, 2 + Buffer.byteLength(event));
  expect(sequenceOf('{"type":"response.created","sequence_number":0,"response":{"tools":[]}}')).toBe(0);
  expect(sequenceOf('{"type":"response.in_progress","response":{"tools":[]},"sequence_number":17}')).toBe(17);
  for (const other of [
    '{"type":"response.completed","sequence_number":3}',
    '{"type":"response.output_text.delta","sequence_number":3,"delta":"x"}',
    '{"type":"response.output_item.done","sequence_number":3}',
    '{"type":"response.created","response":{}}',
    '{"type":"response.created","sequence_number":-1}',
    '{"type":"response.created","response":{"sequence_number":9}}',
    '{"sequence_number":3,"type":"response.created"}',
    '{"type":"error","sequence_number":3}',
  ]) {
    expect(sequenceOf(other)).toBeUndefined();
  }
});

test.skipIf(folder === undefined)("in recordings the numbers of skipped events are those that a full parse finds", () => {
  let skipped = 0;
  for (const name of recordings.filter((recording) => recording.includes("-responses-"))) {
    const { response } = JSON.parse(readFileSync(join(folder!, name), "utf8")) as { response: { sse: string } };
    for (const line of response.sse.split("\n").filter((candidate) => candidate.startsWith("data: {"))) {
      const bytes = Buffer.from(line.slice(6));
      const sequence = skippableSequence(bytes, 0, bytes.length);
      if (sequence === undefined) continue;
      skipped++;
      expect(sequence).toBe((JSON.parse(bytes.toString()) as { sequence_number: number }).sequence_number);
    }
  }
  expect(skipped).toBeGreaterThan(20);
});
