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
  s t re ve ll d m hey hi hello ok okay well like kind sort happen happens work works mean means go goes going come comes use uses used
  using say says said possible able allowed allow allows supposed same other another more most less least after before because
  summarise summarize summary explain describe list give overview try trying happening happened
  while since until now`.split(/\s+/),
);

/** Past forms and plurals that no ending tells. */
const irregular = new Map(
  `paid:pay sent:send bought:buy sold:sell lost:lose kept:keep held:hold told:tell spent:spend met:meet left:leave stolen:steal stole:steal broken:break broke:break written:write wrote:write chosen:choose chose:choose given:give gave:give began:begin begun:begin drove:drive driven:drive ate:eat eaten:eat ran:run found:find taught:teach brought:bring thought:think worn:wear drank:drink children:child men:man women:woman people:person feet:foot lives:life illness:ill sickness:sick cared:care caring:care spilt:spill burnt:burn learnt:learn spelt:spell dreamt:dream leant:lean dealt:deal felt:feel meant:mean built:build lent:lend bent:bend fell:fall fallen:fall hid:hide hidden:hide forgot:forget forgotten:forget caught:catch flew:fly flown:fly rode:ride ridden:ride shook:shake shaken:shake spoke:speak spoken:speak took:take taken:take tore:tear torn:tear woke:wake woken:wake won:win knew:know known:know went:go gone:go came:come`
    .split(/\s+/)
    .map((pair): [string, string] => pair.split(":") as [string, string]),
);

/** "£600" is as good as "600 pounds". */
const currencies: Readonly<Record<string, string>> = { "£": "pound", "€": "euro", $: "dollar" };

/** Lower-case words and numbers of a text; apostrophes inside words vanish, link targets and tags are no words. */
export function words(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .replace(/[£€$]/g, (sign) => ` ${currencies[sign]} `)
      .replace(/\]\([^)\s]{0,500}\)|<[^>\n]{0,500}>|https?:\/\/\S+/g, " ")
      .toLowerCase()
      // French joins its small words: "l'inscription".
      .replace(/(?<!\p{L})(?:[cdjlmnst]|qu)['’](?=\p{L})/gu, " ")
      .replace(/(\p{L})['’](?:s\b)?(\p{L})?/gu, "$1$2")
      .match(/\p{L}+|\p{N}+(?:[.,]\p{N}+)*/gu) ?? []
  );
}

export function isFunctionWord(word: string): boolean {
  // "Found" and "given" say as little as "find" and "give".
  return functionWords.has(word) || functionWords.has(irregular.get(word) ?? "") || (word.length === 1 && !/\p{N}/u.test(word));
}

/** A misspelt function word: one edit from a long one. */
export function resemblesFunctionWord(word: string): boolean {
  return (
    word.length >= 5 && [...functionWords].some((each) => each.length >= 4 && each[0] === word[0] && slips(each, word, 1) === 1)
  );
}

const spelling = (word: string): string =>
  word
    .replace(/is(e|ed|es|ing|ation|ations)$/, "iz$1")
    .replace(/^(behavi|col|fav|hon|harb|hum|lab|neighb)our/, "$1or")
    .replace(/^(def|lic|off)ence/, "$1ense")
    .replace(/^programme/, "program")
    .replace(/^grey$/, "gray")
    .replace(/^enrol(?!l)/, "enroll")
    .replace(/^cheque/, "check");

/** Words that would be others without their last letter: "care" is no car, "wine" no win. */
const keepsE = new Set("care plane site wine kite pine cube tube robe cape fare cane pane".split(" "));

/** A word without its common English endings, so that "policies" meets "policy" and "requested" meets "request". */
export function stem(word: string): string {
  if (word.length < 3 || /\p{N}/u.test(word)) return word;
  const base = irregular.get(word);
  let out = base ?? (word.length > 4 ? spelling(word) : word);
  if (out.length < 4) return out;
  if (out.endsWith("ies") && out.length > 4) out = `${out.slice(0, -3)}y`;
  else if (/(?:ss|sh|ch|x|z)es$/.test(out)) out = out.slice(0, -2);
  else if (out.endsWith("s") && !/(?:ss|us|is)$/.test(out)) out = out.slice(0, -1);
  if (out.endsWith("ied")) out = `${out.slice(0, -3)}y`;
  else if (/(?:ing|[^e]ed)$/.test(out)) {
    const bare = out.replace(/(?:ing|ed)$/, "");
    if (bare.length >= 3 && /[aeiouy]/.test(bare)) out = bare.replace(/([bdfgmnprt])\1$/, "$1");
  }
  if (out.endsWith("ly") && out.length > 5) out = out.slice(0, -2);
  return out.length > 3 && !keepsE.has(out) ? out.replace(/e$/, "") : out;
}

/** Words so common that an answer may well do without them: they weigh little. General English, no subject. */
const commonWords = new Set(
  `people person day month year week hour time date today tomorrow yesterday morning afternoon night evening new current first last next
  company employee staff team work office job place part case number amount question answer information detail process policy rule
  ask help start stop end begin change keep put set run look see call move bring send call turn add buy pay leave open close read write
  talk think feel believe sure right wrong good bad best better great small little big large high low fast quick slow early late
  available different special certain general main usual usually normally typical typically currently already always sometimes
  within around across up back away together inside outside between
  two three four five six seven eight nine ten couple few several enough extra total full half whole
  fit hold join apply reach leave arrive stay live wait pass cover count last belong turn happen matter agree decide check fill
  mind care deal face fall grow lead learn meet move play reach remain rise save serve sit stand throw walk watch win
  man woman hand head eye side name home house room city country world business life end top bottom front middle
  fine real true full free easy hard clear short simple single whole ready strong common private public
  actual exactly basically maybe probably perhaps else instead even though need require include provide offer follow
  show tell speak plan reason issue problem idea example option choice type kind level line point form
  pound euro dollar
  guy folk everyone everybody anybody somebody somewhere anywhere hit go`
    .split(/\s+/)
    .map(stem),
);

export function isCommon(wordStem: string): boolean {
  return commonWords.has(wordStem);
}

/** "IT" written so is computers, not a pronoun. */
const computers = /\bIT\b(?![ ]\p{Lu}{2})/gu;

/** The stems of the words that carry meaning, in order. */
export function stemSequence(text: string): string[] {
  return words(text.replace(computers, "informatics"))
    .filter((word) => !isFunctionWord(word))
    .map(stem);
}

/** The same, each once. */
export function contentStems(text: string): string[] {
  return [...new Set(stemSequence(text))];
}

/**
 * How many slips of the key lie between two words: a letter more, less or other, or two letters exchanged, neighbours or not
 * ("bycicle"). Counts to `most` only; more is infinite.
 */
function slips(a: string, b: string, most: number): number {
  if (a === b) return 0;
  if (most === 0 || Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const tails: [string, string][] = [
    [a.slice(at + 1), b.slice(at)],
    [a.slice(at), b.slice(at + 1)],
    [a.slice(at + 1), b.slice(at + 1)],
  ];
  const other = a.length === b.length ? a.indexOf(b[at]!, at + 1) : -1;
  if (other > 0 && b[other] === a[at]) tails.push([a.slice(at + 1, other) + a[at] + a.slice(other + 1), b.slice(at + 1)]);
  return 1 + Math.min(...tails.map(([restA, restB]) => slips(restA, restB, most - 1)));
}

/** Consonants that one family exchanges before its endings: "respond" and "response", "absence" and "absent", "believe" and "belief". */
const exchanged = ["cdstz", "fv", "bp"];

/** True where words of one family may differ by these letters: "describe" and "description" are one, "remote" and "removal" are not. */
function mayChange(a: string, b: string): boolean {
  return /[aeiouy]/.test(a + b) || exchanged.some((near) => near.includes(a) && near.includes(b));
}

/** True for words of one family: they share their beginning, but for the last letter of the shorter ("reimburse", "reimbursement"). */
function sameFamily(a: string, b: string): boolean {
  const short = Math.min(a.length, b.length);
  if (short < 4 || /\p{N}/u.test(a + b)) return false;
  let common = 0;
  while (common < short && a[common] === b[common]) common++;
  if (common < short && !mayChange(a[common]!, b[common]!)) return false;
  return common >= 4 && common >= short - 1 && Math.max(a.length, b.length) - common <= (common >= 6 ? 5 : 3);
}

/** True where two words differ by the order of their letters only. */
const sameLetters = (a: string, b: string): boolean => [...a].sort().join("") === [...b].sort().join("");

/**
 * True where one word may be a slip of the key for the other: same first letter and one slip, two in long words. In short words only
 * a letter lost, doubled or exchanged counts: "yera" is "year", but "mole" is not "mile".
 */
export function mayBeTypo(a: string, b: string): boolean {
  const short = Math.min(a.length, b.length);
  if (a[0] !== b[0] || short < 3 || /\p{N}/u.test(a + b)) return false;
  // Stems: the words they stand for are mostly a letter or two longer.
  const count = slips(a, b, short >= 7 ? 2 : 1);
  if (count === Number.POSITIVE_INFINITY || count === 0) return false;
  return short >= 5 || a.length !== b.length || sameLetters(a, b);
}

/** How well two stems mean the same, without a thesaurus: 1 equal, 0.85 one family, 0 else. */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  return sameFamily(a, b) ? 0.85 : 0;
}
