import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfigJson } from "../../src/config/jsonc.ts";

test("every JSON text means what JSON.parse takes it for", () => {
  const holds = fc.property(fc.json(), (text) => {
    expect(parseConfigJson(text)).toEqual(JSON.parse(text));
  });
  fc.assert(holds, { numRuns: 200 });
});

test("what JSON.parse refuses is refused, with a place and nothing of the text", () => {
  const broken = [
    '{"a":1,}',
    '{"k":"s3cret" x}',
    "[1 2]",
    '{"a"}',
    "",
    "nul",
    "01",
    '"a\u0001"',
    "{}}",
    "'a'",
    "[1,]",
    "\u00a0{}",
  ];
  for (const text of broken) {
    expect(() => JSON.parse(text)).toThrow();
    expect(() => parseConfigJson(text)).toThrow(/^line \d+, column \d+: /);
    expect(() => parseConfigJson(text)).not.toThrow(/s3cret/);
  }
});

test("comments and trailing commas are taken where they are asked for", () => {
  const text = '\uFEFF// one\n{ /* two */ "a": [1, 2,], "b": "// no /* comment */", }\n// end';
  expect(parseConfigJson(text, { comments: true })).toEqual({ a: [1, 2], b: "// no /* comment */" });
  expect(() => parseConfigJson(text)).toThrow(/comments are not JSON/);
});

test("a name like __proto__ is a name", () => {
  expect(Object.keys(parseConfigJson('{"__proto__":{"x":1}}') as object)).toEqual(["__proto__"]);
});

test("deep nesting is refused, not a crash", () => {
  expect(() => parseConfigJson("[".repeat(100_000))).toThrow(/nested more than 100 deep/);
});
