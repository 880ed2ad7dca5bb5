import { stemEnglish } from "./stem-english.ts";
import { createLightStemmers } from "./stem-light.ts";
import { createStopWords, type StopWords } from "./stop-words.ts";
import { isIdeographic, pairsOf, wordsOf } from "./words.ts";

export interface AnalyzeOptions {
  /** BCP 47 primary subtag; decides stemming and stop words. */
  readonly lang: string;
  /** Keep "who", "how", "can", ... Default false. */
  readonly keepQuestionWords?: boolean;
}

/** Turns texts into the terms under which they are indexed and looked up. */
export interface Analyzer {
  /** The index terms of a text, in order. Ideographic words also give their pairs of characters. */
  terms(text: string, options: AnalyzeOptions): string[];
  isStopWord(word: string, options: AnalyzeOptions): boolean;
  /** The stem under which a word is indexed. Numbers are their own stems, and words of languages without a stemmer. */
  stem(word: string, lang: string): string;
  readonly stopWords: ReadonlyMap<string, StopWords>;
}

const maxCachedStems = 50_000;

/** An analyzer remembers the stems it has made; keep one per store. */
export function createAnalyzer(): Analyzer {
  const stopWords = createStopWords();
  const stemmers = new Map([...createLightStemmers(), ["en", stemEnglish] as const]);
  const caches = new Map<string, Map<string, string>>();

  const stem = (word: string, lang: string): string => {
    const stemmer = stemmers.get(lang);
    if (stemmer === undefined || /\p{N}/u.test(word)) return word;
    const stems = caches.get(lang) ?? new Map<string, string>();
    caches.set(lang, stems);
    const known = stems.get(word);
    if (known !== undefined) return known;
    const stemmed = stemmer(word);
    if (stems.size < maxCachedStems) stems.set(word, stemmed);
    return stemmed;
  };

  const isStopWord = (word: string, { lang, keepQuestionWords = false }: AnalyzeOptions): boolean => {
    const list = stopWords.get(lang);
    if (list === undefined) return false;
    return keepQuestionWords
      ? list.words.has(word) && !list.questions.has(word)
      : list.words.has(word) || list.questions.has(word);
  };

  return {
    stem,
    isStopWord,
    stopWords,
    terms: (text, options) =>
      wordsOf(text)
        .filter((word) => !isStopWord(word, options))
        .flatMap((word) => (isIdeographic(word) ? [word, ...pairsOf(word)] : stem(word, options.lang))),
  };
}
