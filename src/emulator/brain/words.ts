/** Words that say how a question is asked, not what it is about. */
const functionWords = new Set(
  `a an the and or but if then than so as of in on at by for from to into with without about over under between during per via
  is are was were be been being am do does did doing done have has had having will would shall should can could may might must
  i me my mine myself we us our ours you your yours he him his she her hers it its they them their theirs this that these those
  what which who whom whose when where why how there here not no nor only just also too very really actually
  get gets got getting give gives let lets make makes made take takes want wants need needs know tell show please thanks thank
  find any some all every each one ones something anything someone anyone everything way ways thing things
  much many lot lots long often far soon old big up out off again still yet ever never
  im ive id ill dont doesnt didnt cant wont isnt arent whats whos wheres hows theres thats lets youre were theyre
  s t re ve ll d m hey hi hello ok okay well like kind sort happen happens work works mean means go goes come comes use uses used using
  say says said possible able allowed allow allows supposed same other another more most less least
  summarise summarize summary explain describe list give overview`.split(/\s+/),
);

/** Lower-case words and numbers of a text; apostrophes inside words vanish, "U.S." and "9-5" come apart. */
export function words(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/(\p{L})['’](\p{L})/gu, "$1$2")
      .match(/\p{L}+|\p{N}+(?:[.,]\p{N}+)*/gu) ?? []
  );
}

export function isFunctionWord(word: string): boolean {
  return functionWords.has(word) || (word.length === 1 && !/\p{N}/u.test(word));
}

/** A word without its common English endings, so that "policies" meets "policy" and "requested" meets "request". */
export function stem(word: string): string {
  if (word.length < 4 || /\p{N}/u.test(word)) return word;
  let out = word;
  if (out.endsWith("ies") && out.length > 4) out = `${out.slice(0, -3)}y`;
  else if (/(?:ss|sh|ch|x|z)es$/.test(out)) out = out.slice(0, -2);
  else if (out.endsWith("s") && !/(?:ss|us|is)$/.test(out)) out = out.slice(0, -1);
  if (/(?:ing|ed)$/.test(out)) {
    const bare = out.replace(/(?:ing|ed)$/, "");
    if (bare.length >= 3 && /[aeiouy]/.test(bare)) out = bare.replace(/([bdfgmnprt])\1$/, "$1");
  }
  return out.length > 4 ? out.replace(/e$/, "") : out;
}

/** The stems of the words that carry meaning, in order, each once. */
export function contentStems(text: string): string[] {
  return [
    ...new Set(
      words(text)
        .filter((word) => !isFunctionWord(word))
        .map(stem),
    ),
  ];
}

/** True when two words differ by one edit (a letter more, less, other or swapped with its neighbour). */
export function oneEditApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const restA = a.slice(start, endA);
  const restB = b.slice(start, endB);
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}

/** How well two stems mean the same: 1 equal, less for shared beginnings and slips of the key, 0 not at all. */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const short = Math.min(a.length, b.length);
  if (short < 4 || /\p{N}/u.test(a + b)) return 0;
  let common = 0;
  while (common < short && a[common] === b[common]) common++;
  if (common >= 5 && Math.max(a.length, b.length) - common <= 5 && short - common <= 2) return 0.85;
  if (short >= 5 && oneEditApart(a, b)) return 0.8;
  return 0;
}
