import type { AnswerFlag } from "../core/events.ts";

/** Words in quotation marks with a citation right behind them, and a line of a block quote that ends with one. */
const quoted = /["“„«「『]([^"“”„«»「」『』\n]{8,600})["”“»」』][.,;:!?)\]]*\s*(?=\[\d{1,3}\])/g;
const blockQuote = /^\s{0,3}>\s*([^\n]{8,600}?)\s*(?:\[\d{1,3}\])+[.\s]*$/gm;
/** Where words were left out of a quote. */
const ellipsis = /\[?\s?(?:…|\.{3})\s?\]?/;

/** Fewer words, or characters of scripts without spaces, are names and terms rather than quotes. */
const leastWords = 4;
const leastCharacters = 8;

/**
 * Quotes of the answer that bear a citation and that nothing the model was shown says word for word: the reader takes them for the source's
 * own. Case, punctuation, emphasis and line breaks do not count; words may be left out at `…`. `isShown` looks in everything else that the
 * model was shown, since a quote may have the neighbour's marker.
 */
export function flagQuotes(
  answer: string,
  quotes: readonly string[],
  isShown: (words: string) => boolean,
): readonly AnswerFlag[] {
  if (quotes.length === 0 || !/["“„«「『>]/.test(answer)) return [];
  const found = [...answer.matchAll(quoted), ...answer.matchAll(blockQuote)].map(([, words]) => words!);
  const cited = quotes.map(plainWords);
  const isSaid = (part: string): boolean => cited.some((source) => source.includes(part)) || isShown(part);
  const wrong = found.filter((words) => !words.split(ellipsis).map(plainWords).filter(isQuote).every(isSaid));
  return [...new Set(wrong)].map((words) => ({ kind: "quote", text: `no source says word for word: "${words.trim()}"` }));
}

/** A text as its words alone, for comparing. */
export const plainWords = (text: string): string =>
  text
    .replace(/\[\d{1,3}\]/g, " ")
    // Emphasis, and letters changed in brackets: `[e]mployees`.
    .replace(/[[\]*_`]/g, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();

const isQuote = (words: string): boolean =>
  words.split(" ").length >= leastWords ||
  (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u.test(words) &&
    words.length >= leastCharacters);
