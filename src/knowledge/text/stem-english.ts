/**
 * English stems after Porter's second algorithm (https://snowballstem.org/algorithms/english/stemmer.html), written from its description.
 * Expects one lower-case word without apostrophes.
 */
export function stemEnglish(word: string): string {
  if (word.length <= 2) return word;
  const special = exceptions.get(word);
  if (special !== undefined) return special;
  let stem = markConsonantY(word);
  const r1 = regionOne(stem);
  const r2 = regionAfter(stem, r1);
  stem = stepPlural(stem);
  if (finished.has(stem)) return stem;
  stem = stepPast(stem, r1);
  stem = stem.replace(/(.[^aeiouy])[yY]$/, "$1i");
  stem = stepDerivation(stem, r1);
  stem = stepAdjective(stem, r1, r2);
  stem = stepSuffix(stem, r2);
  return stepFinal(stem, r1, r2).replaceAll("Y", "y");
}

const exceptions = new Map([
  ["skis", "ski"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["idly", "idl"],
  ["gently", "gentl"],
  ["ugly", "ugli"],
  ["early", "earli"],
  ["only", "onli"],
  ["singly", "singl"],
  ...["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"].map((word) => [word, word] as const),
]);
const finished = new Set(["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"]);

const markConsonantY = (word: string): string => word.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");

function regionAfter(word: string, start: number): number {
  const match = /[aeiouy][^aeiouy]/.exec(word.slice(start));
  return match ? start + match.index + 2 : word.length;
}

function regionOne(word: string): number {
  const prefix = /^(?:gener|commun|arsen|past|univers|later|emerg|organ)/.exec(word);
  return prefix ? prefix[0].length : regionAfter(word, 0);
}

function stepPlural(word: string): string {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1);
  if (/(?:us|ss)$/.test(word)) return word;
  return /[aeiouy].+s$/.test(word) ? word.slice(0, -1) : word;
}

function stepPast(word: string, r1: number): string {
  const eed = /eed(?:ly)?$/.exec(word);
  if (eed) return eed.index >= r1 ? `${word.slice(0, eed.index)}ee` : word;
  const match = /(?:ed|edly|ing|ingly)$/.exec(word);
  const longest = match && (/(?:ingly|edly)$/.exec(word) ?? match);
  if (!longest || !/[aeiouy]/.test(word.slice(0, longest.index))) return word;
  const base = word.slice(0, longest.index);
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(base))
    return /^[aeo](?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(base) ? base : base.slice(0, -1);
  return isShort(base, r1) ? `${base}e` : base;
}

const endsInShortSyllable = (word: string): boolean =>
  /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word) || /past$/.test(word);
const isShort = (word: string, r1: number): boolean => r1 >= word.length && endsInShortSyllable(word);

const derivations: readonly (readonly [RegExp, string])[] = [
  [/ization$/, "ize"],
  [/ational$/, "ate"],
  [/fulness$/, "ful"],
  [/ousness$/, "ous"],
  [/iveness$/, "ive"],
  [/tional$/, "tion"],
  [/biliti$/, "ble"],
  [/lessli$/, "less"],
  [/entli$/, "ent"],
  [/ation$/, "ate"],
  [/alism$/, "al"],
  [/aliti$/, "al"],
  [/ousli$/, "ous"],
  [/iviti$/, "ive"],
  [/fulli$/, "ful"],
  [/enci$/, "ence"],
  [/anci$/, "ance"],
  [/abli$/, "able"],
  [/izer$/, "ize"],
  [/ator$/, "ate"],
  [/alli$/, "al"],
  [/bli$/, "ble"],
];

function stepDerivation(word: string, r1: number): string {
  for (const [suffix, replacement] of derivations) {
    const match = suffix.exec(word);
    if (match) return match.index >= r1 ? word.slice(0, match.index) + replacement : word;
  }
  if (/logi$/.test(word) && word.length - 3 >= r1) return word.slice(0, -1);
  if (/[cdeghkmnrt]li$/.test(word) && word.length - 2 >= r1) return word.slice(0, -2);
  return word;
}

const adjectives: readonly (readonly [RegExp, string])[] = [
  [/ational$/, "ate"],
  [/tional$/, "tion"],
  [/alize$/, "al"],
  [/icate$/, "ic"],
  [/iciti$/, "ic"],
  [/ical$/, "ic"],
  [/ness$/, ""],
  [/ful$/, ""],
];

function stepAdjective(word: string, r1: number, r2: number): string {
  for (const [suffix, replacement] of adjectives) {
    const match = suffix.exec(word);
    if (match) return match.index >= r1 ? word.slice(0, match.index) + replacement : word;
  }
  return /ative$/.test(word) && word.length - 5 >= r2 ? word.slice(0, -5) : word;
}

function stepSuffix(word: string, r2: number): string {
  const match = /(?:ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|al|er|ic)$/.exec(word);
  if (match) return match.index >= r2 ? word.slice(0, match.index) : word;
  return /[st]ion$/.test(word) && word.length - 3 >= r2 ? word.slice(0, -3) : word;
}

function stepFinal(word: string, r1: number, r2: number): string {
  if (word.endsWith("e")) {
    const at = word.length - 1;
    return at >= r2 || (at >= r1 && !endsInShortSyllable(word.slice(0, -1))) ? word.slice(0, -1) : word;
  }
  return word.endsWith("ll") && word.length - 1 >= r2 ? word.slice(0, -1) : word;
}
