import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf } from "../../src/cli/render/columns.ts";
import { WordWrap, wrapForeign } from "../../src/cli/render/wrap.ts";

/** What is shown of a text that comes in these pieces, on a terminal of so many columns. */
function shown(pieces: readonly string[], columns: number): string {
  const wrap = new WordWrap(() => columns);
  return pieces.map((piece) => wrap.add(piece)).join("") + wrap.end();
}

test("text is broken between words, and list items go on below their first word", () => {
  const text =
    "A full-time employee has 27 days.\n\n- leave it switched on, whatever happens\n  1. note times, and what you saw there\n";
  expect(shown([text], 24)).toBe(
    [
      ...["A full-time employee has", "27 days.", ""],
      ...["- leave it switched on,", "  whatever happens", "  1. note times, and", "     what you saw there", ""],
    ].join("\n"),
  );
});

test.each([
  ["a row of a table", "| Completed service | Vacation in a year |\n| --- | --- |\n"],
  ["code in a fence", "```sh\nlectern ask --source ./handbook 'a long question'\n  indented  as it was  \n```\n"],
  ["indented code", "    lectern ask --source ./handbook 'a long question'\n"],
  ["a word that is longer than a line", "https://example.test/a/very/long/address/that/nobody/breaks\n"],
])("%s stays as it is", (_what, text) => {
  expect(shown([text], 20)).toBe(text);
});

test("after the closing fence text is broken again", () => {
  expect(shown(["```\na b c d e f g h i j\n```\none two three four"], 10)).toBe(
    "```\na b c d e f g h i j\n```\none two\nthree four",
  );
});

test.each([
  ["vacation", 8],
  ["年假", 4],
  ["휴가", 4],
  ["Việt e\u0301", 6],
  ["🎉", 2],
  ["\u001b[1mbold\u001b[22m", 4],
])("%j takes %i columns of a terminal", (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test("characters of two columns count as two: Korean is broken between words", () => {
  expect(shown(["휴가는 이십오 일입니다. 🎉🎉🎉 끝"], 14)).toBe("휴가는 이십오\n일입니다.\n🎉🎉🎉 끝");
});

test("text goes on behind a word that the terminal itself breaks", () => {
  expect(shown(["See https://example.test/very/long for more of it"], 20)).toBe(
    "See\nhttps://example.test/very/long for more\nof it",
  );
});

test("foreign text begins no line itself, whatever it is made of and however narrow the terminal", () => {
  const character = fc.constantFrom(..."ab?\n\t \u00a0\u2800\u3000年🎉\u0301");
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 200 }), fc.integer({ min: 7, max: 40 }), (text, width) => {
      const [first, ...more] = wrapForeign(`It asks: ${text}`, { indent: 0, hanging: 4, width }).split("\n");
      for (const line of more) expect(line).toMatch(/^(?: {4}\S.*)?$/);
      for (const line of [first!, ...more]) expect(columnsOf(line)).toBeLessThanOrEqual(width);
      expect([first, ...more].join("").replace(/\s/g, "")).toBe(`It asks: ${text}`.replace(/\s/g, ""));
    }),
  );
});

const words = fc.array(fc.constantFrom("a", "vacation", "days", "[1]", "-", "1.", "|", "```", "\n", "\n\n", "  ", "    ", "é"), {
  maxLength: 40,
});

test("what is shown does not depend on how the text was cut, loses no word, and keeps its lines within the width", () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 16, max: 40 }), (parts, size, columns) => {
      const text = parts.join(" ");
      const whole = shown([text], columns);
      expect(shown(text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [], columns)).toBe(whole);
      expect(whole.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
      if (!/[|`]| {4}/.test(text)) for (const line of whole.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
    }),
  );
});
