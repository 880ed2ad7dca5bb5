import { expect, test } from "vitest";
import { readToolResult } from "../../src/mcp/content.ts";
import { textOf } from "./support.ts";

const knowledge = { server: "kb", tool: "search", knowledge: true };
const foreign = { server: "web", tool: "find", knowledge: false };
const text = (value: string) => ({ type: "text", text: value });
const hit = {
  id: "1",
  uri: "kb://docs/leave.md#a",
  path: "leave.md",
  title: "Leave",
  heading: "Leave > Parents",
  text: "16 weeks.",
  score: 2,
  line: 7,
};

test("a knowledge server's results become passages with its own addresses, and the text before them the preamble", () => {
  const content = [text('Results for "leave":\n\n1. leave.md > Leave > Parents\n16 weeks.')];
  expect(readToolResult({ content, structuredContent: { results: [hit], total: 1 } }, knowledge)).toMatchObject({
    isError: false,
    preamble: 'Results for "leave":',
    passages: [{ uri: hit.uri, path: "leave.md", title: "Leave", heading: "Leave > Parents", text: "16 weeks.", line: 7 }],
  });
});

test("another server cannot pass for a knowledge source", () => {
  const { passages } = readToolResult({ structuredContent: { results: [hit, { ...hit, text: "two" }] } }, foreign);
  expect(passages?.map(({ uri, path }) => [uri, path])).toEqual([
    ["web:find#1", null],
    ["web:find#2", null],
  ]);
});

test("a list called results that speaks of no documents is no list of passages", () => {
  const result = readToolResult({ structuredContent: { results: [{ text: "cheap", price: 3 }] } }, foreign);
  expect(result.passages).toBeUndefined();
  expect(textOf(result)).toContain('"price": 3');
});

test("a single document is one passage", () => {
  const document = { uri: "kb://docs/a.md", path: "a.md", title: "A", text: "line one\nline two", from_line: 41 };
  expect(readToolResult({ content: [text("A")], structuredContent: document }, knowledge).passages).toMatchObject([
    { uri: "kb://docs/a.md", path: "a.md", line: 41, text: "line one\nline two" },
  ]);
});

test("an embedded text resource is a passage under the server's own name", () => {
  const content = [{ type: "resource", resource: { uri: "kb://docs/leave.md", mimeType: "text/plain", text: "body" } }];
  expect(readToolResult({ content }, foreign).passages).toMatchObject([{ uri: "web:find#1", path: null, text: "body" }]);
});

test("what a server says beside an embedded resource is kept, in its order", () => {
  const resource = (uri: string, body: string) => ({ type: "resource", resource: { uri, text: body } });
  const link = { type: "resource_link", uri: "file:///shared/b.md", name: "b" };
  const content = [text("Cut at 10 lines."), resource("repo://a.md", "body"), link, text("More on page 2.")];
  expect(readToolResult({ content }, foreign).passages?.map((passage) => passage.text)).toEqual([
    "Cut at 10 lines.",
    "body",
    "b: file:///shared/b.md",
    "More on page 2.",
  ]);
  const own = readToolResult({ content }, knowledge).passages?.map(({ uri }) => uri);
  expect(own).toEqual(["kb:search#1", "repo://a.md", "kb:search#3", "kb:search#4"]);
});

test("the text of a server that is none of documents is not given up for its structured answer", () => {
  const content = [text("2 of 40 shown, see https://a.example; ask for page 2.")];
  const result = readToolResult({ content, structuredContent: { results: [hit], next: 2 } }, foreign);
  expect(result.passages).toBeUndefined();
  expect(textOf(result)).toContain("ask for page 2");
});

test("a remark about a passage is kept, empty passages are not", () => {
  const results = [{ ...hit, remark: "superseded by 2026/leave.md" }, { ...hit, text: "   " }, { ...hit, text: 5 }, null];
  const { passages } = readToolResult({ structuredContent: { results } }, knowledge);
  expect(passages).toHaveLength(1);
  expect(passages?.[0]?.remark).toBe("superseded by 2026/leave.md");
});

test("a failing answer has no passages, whatever it contains", () => {
  expect(
    readToolResult({ content: [text("no")], structuredContent: { results: [hit] }, isError: true }, knowledge).passages,
  ).toBeUndefined();
});

test("escapes, bidi and tag characters in results arrive as visible text", () => {
  const hostile = "a\u001b[2Jb\u202ec\u{e0041}d\u009be\u0000";
  const shown = textOf(readToolResult({ content: [text(hostile)] }, foreign));
  expect(shown).toBe("a\\x1b[2Jb\\u{202e}c\\u{e0041}d\\x9be\\x00");
});

test("_meta never reaches the result", () => {
  const raw = { content: [{ ...text("hi"), _meta: { secret: 1 } }], _meta: { secret: 2 } };
  expect(JSON.stringify(readToolResult(raw, foreign))).not.toContain("secret");
});

test.each([
  [{ content: "just text" }, "just text"],
  [{ content: null }, "[the tool answered without content]"],
  [{}, "[the tool answered without content]"],
  [{ content: [{ type: "text" }] }, "[text block without text]"],
  [{ content: [null, 5] }, "[unreadable block]\n[unreadable block]"],
  [
    { content: [{ type: "image", mimeType: "image/svg+xml", data: "PHN2Zz4=" }] },
    "[image (image/svg+xml) left out: only PNG, JPEG, GIF and WebP can be shown]",
  ],
  [{ content: [{ type: "image", mimeType: "image/png", data: "!!!" }] }, "[image (image/png) left out: its data is not base64]"],
  [
    { content: [{ type: "resource_link", uri: " javascript:alert(1)", name: "x" }] },
    '[link "x" left out: it begins with javascript:]',
  ],
  [
    { content: [{ type: "resource", resource: { uri: "a:b", blob: "AAAA" } }] },
    "[embedded resource a:b (of unknown type): binary data left out]",
  ],
])("the answer %j is readable", (raw, shown) => {
  expect(textOf(readToolResult(raw, foreign))).toBe(shown);
});

test("ten thousand blocks are cut with a notice", () => {
  const { content } = readToolResult({ content: Array.from({ length: 10_000 }, () => text("x")) }, foreign);
  expect(content).toHaveLength(1_001);
  expect(content.at(-1)).toMatchObject({ text: "[9000 more blocks left out]" });
});
