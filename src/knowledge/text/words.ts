/** Words as they stand in a text: folded to lower case without accents, apostrophes and thousands separators; in order, repeated as often as they occur. */
export function wordsOf(text: string): string[] {
  const folded = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const found = folded.match(wordPattern) ?? [];
  return found.map(plain);
}

// Numbers keep their decimals ("1.25"); words keep inner apostrophes until they are folded ("don't", "o'clock").
const wordPattern = /\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;

function plain(word: string): string {
  if (/^\p{N}/u.test(word)) return word.replace(/,(?=\p{N}{3}(?:\D|$))/gu, "");
  return word.replace(/['’]s$/, "").replace(/['’]/g, "");
}
