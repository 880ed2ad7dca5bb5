import fc from "fast-check";
import { expect, test } from "vitest";
import { WordWrap } from "../../src/cli/render/wrap.ts";

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

const words = fc.array(fc.constantFrom("a", "vacation", "days", "[1]", "-", "1.", "|", "```", "\n", "\n\n", "  ", "    ", "é"), {
  maxLength: 40,
});

test("what is shown does not depend on how the text was cut, loses no word, and keeps its lines within the width", () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 }), (parts, size, columns) => {
      const text = parts.join(" ");
      const whole = shown([text], columns);
      expect(shown(text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [], columns)).toBe(whole);
      expect(whole.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
      if (!/[|`]| {4}/.test(text)) for (const line of whole.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
    }),
  );
});
