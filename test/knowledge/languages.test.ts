import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { detectLanguage, languageInPath } from "../../src/knowledge/text/language.ts";
import { createStopWords } from "../../src/knowledge/text/stop-words.ts";
import { paths, storeWith } from "./support.ts";

interface LanguageBase {
  readonly pages: Readonly<Record<string, string>>;
  readonly questions: readonly (readonly [question: string, path: string])[];
}
const langs = ["de", "fr", "nb", "ja", "zh", "ar"] as const;
const bases = new Map(
  langs.map((lang) => [
    lang,
    JSON.parse(readFileSync(join(import.meta.dirname, `fixtures/languages/${lang}.json`), "utf8")) as LanguageBase,
  ]),
);
const together = Object.fromEntries(
  [...bases].flatMap(([lang, base]) => Object.entries(base.pages).map(([path, text]) => [`pages-${lang}/${path}`, text])),
);

let shared: Awaited<ReturnType<typeof storeWith>>;
beforeAll(async () => {
  shared = await storeWith(together);
});
afterAll(() => shared[Symbol.asyncDispose]());

test.each(langs)("questions in %s find their page among pages in six languages", async (lang) => {
  const { questions } = bases.get(lang)!;
  const misses: string[] = [];
  for (const [question, path] of questions) {
    if (!(await paths(shared.store, question)).slice(0, 5).includes(`pages-${lang}/${path}`)) misses.push(question);
  }
  expect(misses.length, misses.join(" | ")).toBeLessThanOrEqual(2);
});

test("the language of each page is known", async () => {
  const wrong = (await shared.store.list({ limit: 100 })).filter(
    (document) => !document.path.startsWith(`pages-${document.lang}/`),
  );
  expect(wrong.map((document) => `${document.path}: ${document.lang}`)).toEqual([]);
});

test("the server says in which languages its documents are", async () => {
  await using base = await storeWith({
    "a.md": "# Urlaub\n\nDas ist der Text über den Urlaub und nichts als das.",
    "b.md": "# Leave\n\nThis is the text about the leave that you can take.",
  });
  expect(base.app.instructions).toMatch(/The documents are in (?:German and English|English and German)/);
});

test("a language is told by its script or its small words, and a path may name it", () => {
  const stopWords = createStopWords();
  expect(detectLanguage("Wie viele Tage habe ich noch?", stopWords)).toBe("de");
  expect(detectLanguage("休暇は何日ですか", stopWords)).toBe("ja");
  expect(detectLanguage("vacation", stopWords)).toBeUndefined();
  expect(languageInPath("content/_fr/help.md")).toEqual({ lang: "fr", variant: "content/*/help.md" });
  expect(languageInPath("guide/leave.de.md")).toEqual({ lang: "de", variant: "guide/leave.*.md" });
  expect(languageInPath("guide/leave.md")).toEqual({ lang: undefined, variant: "guide/leave.*.md" });
});

test("a German compound is found by its part, and a part by its compound", async () => {
  await using base = await storeWith({
    "a.md": "# Regeln\n\nDie Elternzeitregelung steht hier und ist für alle da.",
    "b.md": "# Anderes\n\nHier steht etwas ganz anderes für alle.",
  });
  expect((await paths(base.store, "Elternzeit"))[0]).toBe("a.md");
  expect((await paths(base.store, "Elternzeitregelungsantrag"))[0]).toBe("a.md");
});
