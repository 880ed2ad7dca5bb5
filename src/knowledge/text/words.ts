/**
 * Words as they stand in a text, in order and as often as they occur: lower case, without accents, apostrophes and thousands separators.
 * Runs of Chinese, Japanese and Thai are cut into words by the Unicode segmenter of the runtime.
 */
export function wordsOf(text: string): string[] {
  if (ascii.test(text)) return (text.toLowerCase().match(wordPattern) ?? []).map(plain);
  const found = text.normalize("NFKC").toLowerCase().match(wordPattern) ?? [];
  return found.flatMap((word) => (unspaced.test(word) ? segments(word) : plain(word)));
}

// Numbers keep their decimals ("1.25"); words keep inner apostrophes until they are folded ("don't", "o'clock").
const wordPattern = /\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}]+)*/gu;

const ascii = /^[\x00-\x7f]*$/;
const simple = /^[a-z]+$/;

/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function plain(word: string): string {
  if (simple.test(word)) return word;
  if (/^\p{N}/u.test(word)) return word.replace(/,(?=\p{N}{3}(?:\D|$))/gu, "");
  const bare = /['’]/.test(word) ? word.replace(/^[cdjlmnst]['’](?=\p{L}{2})|^qu['’]|['’]s$/u, "").replace(/['’]/g, "") : word;
  return ascii.test(bare) ? bare : folded(bare);
}

/** Letters without their accents; letters that do not decompose by hand. Hangul is left whole. */
function folded(word: string): string {
  if (/\p{Script=Hangul}/u.test(word)) return word;
  return word
    .normalize("NFKD")
    .replace(/[\p{M}ـ]/gu, "")
    .replace(/[ßøæœłđı]/g, (letter) => letters[letter]!);
}

const letters: Readonly<Record<string, string>> = { ß: "ss", ø: "o", æ: "ae", œ: "oe", ł: "l", đ: "d", ı: "i" };

function segments(run: string): string[] {
  return [
    ...new Intl.Segmenter(/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(run) ? "ja" : "zh", { granularity: "word" }).segment(
      run,
    ),
  ]
    .filter((segment) => segment.isWordLike)
    .map((segment) => segment.segment);
}

/** True for words of scripts whose compounds are found by their pairs of characters. */
export const isIdeographic = (word: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(word);

/** Neighbouring characters of a word of three or more; none of a shorter one. */
export function pairsOf(word: string): string[] {
  const characters = [...word];
  return characters.length < 3 ? [] : characters.slice(1).map((character, i) => characters[i]! + character);
}
