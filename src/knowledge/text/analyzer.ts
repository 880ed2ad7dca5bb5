import { stemEnglish } from "./stem-english.ts";
import { createLightStemmers } from "./stem-light.ts";
import { createStopWords, type StopWordLists } from "./stop-words.ts";
import { isIdeographic, pairsOf, wordsOf } from "./words.ts";

interface AnalyzeOptions {
  /** BCP 47 primary subtag; decides stemming and stop words. */
  readonly lang: string;
  /** Keep "who", "how", "can", ... Default false. */
  readonly keepQuestionWords?: boolean;
}

/** Turns texts into the terms under which they are indexed and looked up. */
export interface Analyzer {
  /** The index terms of a text, in order. Ideographic words also give their pairs of characters. */
  terms(text: string, options: AnalyzeOptions): string[];
  /** The same for words already cut. */
  termsOfWords(words: readonly string[], options: AnalyzeOptions): string[];
  isStopWord(word: string, options: AnalyzeOptions): boolean;
  /** The stem under which a word is indexed. Numbers are their own stems, and words of languages without a stemmer. */
  stem(word: string, lang: string): string;
  readonly stopWords: StopWordLists;
}

const maxCachedWords = 50_000;

/** An analyzer remembers the stems it has made; keep one per store. */
export function createAnalyzer(): Analyzer {
  const stopWords = createStopWords();
  const stemmers = new Map([...createLightStemmers(), ["en", stemEnglish] as const]);
  const stems = new Map<string, Map<string, string>>();
  const terms = new Map<string, Map<string, readonly string[]>>();

  const stem = (word: string, lang: string): string => {
    const stemmer = stemmers.get(lang);
    if (stemmer === undefined || /\p{N}/u.test(word)) return word;
    return remembered(cacheOf(stems, lang), word, stemmer);
  };
  const isStopWord = (word: string, { lang, keepQuestionWords = false }: AnalyzeOptions): boolean => {
    const list = stopWords.get(lang);
    if (list === undefined) return false;
    return keepQuestionWords
      ? list.words.has(word) && !list.questions.has(word)
      : list.words.has(word) || list.questions.has(word);
  };
  const termsOfWord = (word: string, options: AnalyzeOptions): readonly string[] => {
    if (isStopWord(word, options)) return [];
    return isIdeographic(word) ? [word, ...pairsOf(word)] : [stem(word, options.lang)];
  };
  const termsOfWords = (words: readonly string[], options: AnalyzeOptions): string[] => {
    const cache = cacheOf(terms, `${options.lang} ${options.keepQuestionWords ?? false}`);
    const found: string[] = [];
    for (const word of words) {
      // Asked for every word of the base: nothing is made for one that is known.
      let wordTerms = cache.get(word);
      if (wordTerms === undefined) {
        wordTerms = termsOfWord(word, options);
        if (cache.size < maxCachedWords) cache.set(word, wordTerms);
      }
      for (const term of wordTerms) found.push(term);
    }
    return found;
  };
  return { stem, isStopWord, stopWords, termsOfWords, terms: (text, options) => termsOfWords(wordsOf(text), options) };
}

function cacheOf<Value>(caches: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let cache = caches.get(key);
  if (cache === undefined) {
    cache = new Map();
    caches.set(key, cache);
  }
  return cache;
}

function remembered<Value>(cache: Map<string, Value>, word: string, make: (word: string) => Value): Value {
  let value = cache.get(word);
  if (value === undefined) {
    value = make(word);
    if (cache.size < maxCachedWords) cache.set(word, value);
  }
  return value;
}
