import type { Analyzer } from "../text/analyzer.ts";
import type { Thesaurus } from "../text/thesaurus.ts";
import { isIdeographic, pairsOf, wordsOf } from "../text/words.ts";

/** One thing a question asks about: its own terms, and terms that may stand for it in a document. */
export interface Concept {
  /** Terms of the question's own word, one per language of the base; empty for a phrase that only has related terms. */
  readonly own: readonly string[];
  readonly related: readonly string[];
}

/** A word of a question, after repair. */
export interface QueryWord {
  readonly text: string;
  /** What it may have been meant to be instead, where it was misspelled. */
  readonly also: readonly string[];
}

/** A question as the scoring sees it. */
export interface ReadQuery {
  readonly concepts: readonly Concept[];
  /** Terms with question words kept, for titles. */
  readonly nameTerms: readonly string[];
  /** Own terms in the order of the question, for proximity. */
  readonly sequence: readonly string[];
}

export interface ReadQueryOptions {
  /** Languages of the base. */
  readonly langs: readonly string[];
  /** Language of the question, where it can be told. */
  readonly questionLang: string | undefined;
  readonly analyzer: Analyzer;
  readonly thesauri: ReadonlyMap<string, Thesaurus>;
  /** Terms of the base that hold this one in a compound, or that this one is made of. */
  readonly compounds: (word: string, lang: string) => readonly string[];
}

/** Words (already repaired) to concepts: stop words go, related terms come. A word repeated counts once. */
export function readQuery(words: readonly QueryWord[], options: ReadQueryOptions): ReadQuery {
  const { langs, questionLang, analyzer, compounds } = options;
  const concepts = new Map<string, { own: Set<string>; related: Set<string> }>();
  const nameTerms = new Set<string>();
  const sequence: string[] = [];
  for (const lang of langs) {
    const stems = words.map((word) => analyzer.stem(word.text, lang));
    const stopLang = questionLang ?? lang;
    const thesaurus = questionLang === undefined || questionLang === lang ? options.thesauri.get(lang) : undefined;
    words.forEach(({ text: word, also }, place) => {
      const term = stems[place]!;
      if (!analyzer.isStopWord(word, { lang: stopLang, keepQuestionWords: true })) nameTerms.add(term);
      const stop = analyzer.isStopWord(word, { lang: stopLang });
      if (!stop) {
        if (lang === langs[0]) sequence.push(term);
        // One word is one concept, whatever the languages of the base make of it.
        const concept = conceptOf(concepts, word);
        concept.own.add(term);
        for (const other of also) concept.related.add(analyzer.stem(other, lang));
        for (const other of isIdeographic(word) ? pairsOf(word) : compounds(word, lang)) concept.related.add(other);
      }
      for (const { length, terms } of thesaurus?.at(stems, place) ?? []) {
        const concept = conceptOf(concepts, length > 1 || stop ? stems.slice(place, place + length).join(" ") : word);
        for (const other of terms) concept.related.add(other);
      }
    });
  }
  return {
    concepts: [...concepts.values()].map(({ own, related }) => ({
      own: [...own],
      related: [...related].filter((term) => !own.has(term)),
    })),
    nameTerms: [...nameTerms],
    sequence,
  };
}

function conceptOf(concepts: Map<string, { own: Set<string>; related: Set<string> }>, key: string) {
  let concept = concepts.get(key);
  if (!concept) {
    concept = { own: new Set(), related: new Set() };
    concepts.set(key, concept);
  }
  return concept;
}

/** The words of a question, at most as many as make sense to look up. */
export const questionWords = (question: string): string[] => wordsOf(question).slice(0, maxQueryWords);
const maxQueryWords = 64;
