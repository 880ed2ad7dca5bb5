import type { StopWordLists } from "./stop-words.ts";
import { wordsOf } from "./words.ts";

/** How much text is looked at. */
const sampleChars = 4000;
const sampleWords = 250;

const scripts: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "ja"],
  [/\p{Script=Hangul}/gu, "ko"],
  [/\p{Script=Han}/gu, "zh"],
  [/\p{Script=Arabic}/gu, "ar"],
  [/\p{Script=Cyrillic}/gu, "ru"],
  [/\p{Script=Greek}/gu, "el"],
  [/\p{Script=Hebrew}/gu, "he"],
  [/\p{Script=Thai}/gu, "th"],
  [/\p{Script=Devanagari}/gu, "hi"],
];

/**
 * The language of a text as a BCP 47 primary subtag: by its script, else by its share of each language's small words.
 * Undefined where neither tells (a list of names, two words); with `guess` a few small words are enough, as for a short page.
 */
export function detectLanguage(text: string, stopWords: StopWordLists, { guess = false } = {}): string | undefined {
  const sample = text.slice(0, sampleChars);
  const byScript = languageOfScript(sample);
  if (byScript !== undefined) return byScript;
  const words = wordsOf(sample).slice(0, sampleWords);
  const counts = new Map<string, number>([...stopWords.keys()].map((lang) => [lang, 0]));
  for (const word of words) for (const lang of stopWords.langsOf(word)) counts.set(lang, counts.get(lang)! + 1);
  const [best, second] = [...counts].map(([lang, score]) => ({ lang, score })).sort((a, b) => b.score - a.score);
  if (!best || !second || best.score === 0) return undefined;
  if (guess) return best.lang;
  return best.score > second.score && best.score / words.length > 0.12 ? best.lang : undefined;
}

function languageOfScript(sample: string): string | undefined {
  if (/^[\x00-\u024f\u2000-\u206f]*$/.test(sample)) return undefined;
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  // Japanese mixes scripts: a tenth of kana decides.
  return scripts.find(
    ([script, lang]) => (sample.match(script)?.length ?? 0) / (letters || 1) > (lang === "ja" ? 0.1 : 0.3),
  )?.[1];
}

/** What a path says about language: which, if any (a folder `de/`, `_de/`, `de-CH/`, a file `page.de.md`); and the path with a `*` in its place, the same for all versions of a page. */
export function languageInPath(path: string): { readonly lang: string | undefined; readonly variant: string } {
  const parts = path.split("/");
  for (const [i, part] of parts.entries()) {
    const isFile = i === parts.length - 1;
    const match = isFile
      ? /^(.*?)[._]([a-z]{2})(?:[-_][A-Za-z]{2})?(\.[a-z]+)$/.exec(part)
      : /^()_?([a-z]{2})(?:[-_][A-Za-z]{2})?()$/.exec(part);
    const lang = match?.[2];
    if (match === null || lang === undefined || !pathLanguages.has(lang)) continue;
    const variant = [...parts.slice(0, i), isFile ? `${match[1]}.*${match[3]}` : "*", ...parts.slice(i + 1)].join("/");
    return { lang: normalLanguage(lang), variant };
  }
  return { lang: undefined, variant: path.replace(/(\.[^./]+)$/, ".*$1") };
}

// Only languages that documents are likely written in: two letters of a path may mean anything ("hr", "it", "pr", "qa", "id").
const pathLanguages: ReadonlySet<string> = new Set(
  "en de fr es pt nl nb no nn sv da fi pl cs ja zh ko ar ru uk tr el he th hi hu ro".split(" "),
);

/** One name for languages that go by several. */
export function normalLanguage(lang: string): string {
  const primary = lang.toLowerCase().split(/[-_]/)[0]!;
  return primary === "no" || primary === "nn" ? "nb" : primary;
}
