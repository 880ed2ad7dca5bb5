import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkDocument, maxPassageChars } from "../../src/knowledge/chunk/chunk.ts";
import { decodeText } from "../../src/knowledge/load/decode.ts";
import { loaderFor } from "../../src/knowledge/load/formats.ts";
import { readFrontMatter } from "../../src/knowledge/load/front-matter/front-matter.ts";
import { globToRegExp, ignoreRules } from "../../src/knowledge/load/glob.ts";
import { linksIn } from "../../src/knowledge/load/links.ts";
import { shared } from "../support/shared.ts";
import { storeWith } from "./support.ts";

/** More in a nightly run: LECTERN_FUZZ_RUNS=100000. */
const numRuns = Number(process.env.LECTERN_FUZZ_RUNS ?? 1000);
const slowMs = 100;

/** A machine may pause at any time; what is slow by itself is slow every time. */
function isSlow(work: () => void, limitMs: number): boolean {
  for (let attempt = 0; attempt < 5; attempt++) {
    const started = performance.now();
    work();
    if (performance.now() - started < limitMs) return false;
  }
  return true;
}

const marks = fc.constantFrom(
  "#",
  "##",
  "**",
  "__",
  "`",
  "```",
  "~~~",
  "|",
  "---",
  "> ",
  "- ",
  "1. ",
  "[",
  "](",
  ")",
  "{%",
  "%}",
  "{{",
  "}}",
  "{#",
  "<",
  ">",
  "</",
  "<table>",
  "<tr><td>",
  "</table>",
  "<!--",
  "-->",
  "&nbsp;",
  "&#x0;",
  "\n",
  "\r\n",
  "\n\n",
  " ",
  "\t",
  "\u200b",
  "é",
  "休暇",
  "😀",
  "\\",
  '"',
  "'",
  "Q: why?",
  "---\ntitle: x\n---\n",
  "groups: [a",
);
const soup = fc
  .array(fc.oneof({ weight: 3, arbitrary: marks }, { weight: 1, arbitrary: fc.string({ maxLength: 12 }) }), { maxLength: 60 })
  .map((parts) => parts.join(""));
const loaders = await Promise.all(
  ["md", "mdx", "html", "txt", "json"].map(async (ending) => ({ ending, loader: (await loaderFor(`a.${ending}`))! })),
);

test.each(loaders)("no $ending text breaks its loader or the chunker, loses a line or takes long", ({ ending, loader }) => {
  fc.assert(
    fc.property(soup, (text) => {
      if (loader.formats !== "text") return;
      const started = performance.now();
      let document: ReturnType<typeof loader.load>;
      try {
        document = loader.load(text, { path: `a.${ending}`, alone: true });
      } catch (thrown) {
        expect(thrown).toMatchObject({ name: "LecternError" });
        return;
      }
      const chunks = document === undefined ? [] : chunkDocument(document);
      for (const chunk of chunks) {
        expect(chunk.text.length).toBeLessThanOrEqual(maxPassageChars);
        expect(chunk.to).toBeGreaterThan(chunk.from);
        expect(chunk.to).toBeLessThanOrEqual(document!.lines.length);
      }
      if (ending === "md" && document !== undefined) {
        const given = text.split(/\r\n|\n|\r/).length;
        // Rows of a table on one line get lines of their own.
        expect(document.lines.length).toBeGreaterThanOrEqual(given);
        if (!text.includes("<tr>")) expect(document.lines.length).toBe(given);
      }
      const again = (): void => void loader.load(text, { path: `a.${ending}`, alone: true });
      expect(performance.now() - started < slowMs || !isSlow(again, slowMs)).toBe(true);
    }),
    { numRuns },
  );
});

test.each([
  ["an endless tag", `<a ${'href="x" '.repeat(20_000)}`],
  ["an endless head", `<meta ${'name="keywords" '.repeat(20_000)}`],
  ["links that do not end", '<a href="x">'.repeat(20_000)],
  ["tables that do not end", "<table><tr><td>".repeat(20_000)],
  ["rows on one line", `<table>${"<tr><td>x</td></tr>".repeat(20_000)}</table>`],
  ["paragraphs and brackets", "<p><".repeat(20_000)],
])("a page that is nothing but %s is read in no time", (_what, text) => {
  for (const { ending, loader } of loaders) {
    if (loader.formats !== "text" || ending === "json") continue;
    expect(isSlow(() => void loader.load(text, { path: `a.${ending}`, alone: true }), slowMs * 5)).toBe(false);
  }
});

test("no bytes break the decoder but binary ones, which are named", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        expect(typeof decodeText(bytes)).toBe("string");
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "config" });
      }
    }),
    { numRuns },
  );
});

test("no front matter, pattern, ignore file or link breaks its reader", () => {
  fc.assert(
    fc.property(soup, fc.string(), (text, path) => {
      for (const fence of ["---", "+++"]) {
        try {
          expect(readFrontMatter(`${fence}\n${text}\n${fence}\n`.split("\n")).lineCount).toBeGreaterThan(0);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "config" });
        }
      }
      expect(typeof ignoreRules(text)(path)).toBe("boolean");
      expect(linksIn(text.split("\n"))).toBeInstanceOf(Array);
      try {
        globToRegExp(text);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(SyntaxError);
      }
    }),
    { numRuns },
  );
});

test("no question breaks the search", async () => {
  await using base = await storeWith(
    { "a.md": "# Leave\n\nDays of leave and lunch.", "b.md": "# Urlaub\n\nAlle haben dreißig Tage." },
    { watch: false },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(soup, fc.string({ unit: "binary", maxLength: 80 })), async (question) => {
      const { hits, total } = await base.store.search(question, { limit: 3, queries: [question.slice(3)] });
      expect(hits.length).toBeLessThanOrEqual(Math.min(3, total));
    }),
    { numRuns: Math.min(numRuns, 20_000) / 4 },
  );
});

const naughty = shared("data/security/naughty-strings.jsonl");
test.skipIf(naughty === undefined)("naughty strings, hostile JSON and slow inputs are pages like any other", async () => {
  const { readFileSync } = await import("node:fs");
  const lines = (name: string): string[] =>
    readFileSync(shared(`data/security/${name}`)!, "utf8")
      .trim()
      .split("\n");
  const markdown = loaders.find(({ ending }) => ending === "md")!.loader;
  const json = loaders.find(({ ending }) => ending === "json")!.loader;
  const slow: string[] = [];
  for (const name of ["naughty-strings.jsonl", "json-testsuite.jsonl", "huge-redos.jsonl"]) {
    for (const line of lines(name)) {
      for (const loader of [markdown, json]) {
        if (loader.formats !== "text") continue;
        const read = (): void => {
          try {
            const document = loader.load(line, { path: "a.md", alone: true });
            if (document) chunkDocument(document);
          } catch (thrown) {
            expect(thrown).toMatchObject({ name: "LecternError" });
          }
        };
        if (isSlow(read, slowMs * 5)) slow.push(`${name}: ${line.slice(0, 60)}`);
      }
    }
  }
  expect(slow).toEqual([]);
});
