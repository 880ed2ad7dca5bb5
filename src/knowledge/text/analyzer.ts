import { stemEnglish } from "./stem-english.ts";
import { questionWords, stopWords } from "./stop-words.ts";
import { wordsOf } from "./words.ts";

export interface AnalyzeOptions {
  /** BCP 47 primary subtag; decides stemming and stop words. */
  readonly lang: string;
  /** Keep "who", "how", "can", ... Default false. */
  readonly keepQuestionWords?: boolean;
}

/** Turns texts into the terms under which they are indexed and looked up. */
export interface Analyzer {
  /** The index terms of a text, in order. */
  terms(text: string, options: AnalyzeOptions): string[];
  isStopWord(word: string, options: AnalyzeOptions): boolean;
  /** The stem under which a word is indexed. Numbers are their own stems. */
  stem(word: string, lang: string): string;
}

const maxCachedStems = 50_000;

/** An analyzer remembers the stems it has made; keep one per store. */
export function createAnalyzer(): Analyzer {
  const stems = new Map<string, string>();
  const stem = (word: string, lang: string): string => {
    if (lang !== "en" || /\p{N}/u.test(word)) return word;
    const known = stems.get(word);
    if (known !== undefined) return known;
    const stemmed = stemEnglish(word);
    if (stems.size < maxCachedStems) stems.set(word, stemmed);
    return stemmed;
  };
  return {
    stem,
    isStopWord,
    terms: (text, options) =>
      wordsOf(text)
        .filter((word) => !isStopWord(word, options))
        .map((word) => stem(word, options.lang)),
  };
}

function isStopWord(word: string, { lang, keepQuestionWords = false }: AnalyzeOptions): boolean {
  if (stopWords[lang]?.has(word)) return true;
  return !keepQuestionWords && (questionWords[lang]?.has(word) ?? false);
}
