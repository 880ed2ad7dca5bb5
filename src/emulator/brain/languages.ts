/** How a language says that the sources do not answer; `{}` stands for what is quoted. */
interface Declining {
  readonly none: string;
  readonly searched: string;
  readonly open: string;
  readonly and: string;
}

/** What the brain knows of a language besides English: the words that ask or join, how questions of each kind are put, how it declines. */
interface Language {
  readonly functionWords: ReadonlySet<string>;
  readonly kinds: readonly (readonly [ForeignExpectation, RegExp])[];
  readonly declining: Declining;
  /** What a page is called that explains words. */
  readonly glossary: string;
}
type ForeignExpectation = "duration" | "money" | "count" | "date" | "person" | "place" | "steps" | "yes_no";

const setOf = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

const german: Language = {
  functionWords: setOf(
    `der die das den dem des ein eine einen einem einer eines kein keine keinen und oder aber wenn falls ob als wie was wer wen wem wo
    wann warum welche welcher welches welchen viel viele lange oft hoch ich du er sie es wir ihr mich mir mein meine meinen meinem meiner
    dein deine unser unsere uns euch sich man ist sind war bin sein habe hat haben wird werden kann können darf dürfen muss müssen soll
    sollen will gibt gib in im an am auf aus bei beim mit nach von vom vor zu zum zur für über unter durch gegen ohne um bis ab seit nicht
    auch noch nur schon denn da dort hier dies diese dieser dieses bitte mal bekomme bekommt brauche brauchen mache machen tun kostet kosten zahlt dauert dauern`,
  ),
  kinds: [
    ["duration", /\bwie (?:lange|oft)\b|\bwie ?viele? \p{L}*(?:tage|wochen|monate|jahre|stunden)\b/u],
    ["money", /\bwie ?viel (?:kostet|kosten|zahlt|zahle|bekomme|geld)\b|\bwas kostet\b/],
    ["count", /\bwie ?viele?\b|\bwie hoch\b/],
    ["date", /\bwann\b/],
    ["person", /^(?:an |bei |von )?(?:wer|wem|wen)\b/],
    ["place", /^(?:von )?(?:wo|wohin)\b/],
    ["steps", /\bwie\b/],
    ["yes_no", /^(?:darf|dürfen|kann|können|muss|müssen|ist|sind|gibt|habe|hat|wird)\b/],
  ],
  declining: {
    none: "Die Quellen beantworten diese Frage nicht.",
    searched: "Gesucht habe ich nach {}.",
    open: "Die Quellen beantworten {} nicht.",
    and: "und",
  },
  glossary: "glossar",
};

const french: Language = {
  functionWords: setOf(
    `le la les un une des du de au aux et ou mais si que qui quoi dont où quand comment pourquoi combien quel quelle quels quelles je tu il
    elle on nous vous ils elles me te se mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces est sont suis
    être avoir ai as avons ont peut peux puis pouvez doit dois faut fait faire en dans sur sous pour par avec sans chez vers entre ne pas
    plus y a à t l d s c j m n qu coûte coûtent dure durent`,
  ),
  kinds: [
    ["duration", /\bcombien de (?:temps|jours|semaines|mois)\b|\b(?:délai|durée)\b/],
    ["money", /\bcombien (?:coûtent?|ça coûte|paie|gagne)|\b(?:prix|tarif)\b/],
    ["count", /\bcombien\b/],
    ["date", /\bquand\b/],
    ["person", /^(?:à |avec |de )?qui\b/],
    ["place", /^(?:d'|par )?où(?!\p{L})/u],
    ["steps", /\bcomment\b/],
    ["yes_no", /^(?:est-ce|peut|puis|dois|faut|y a)|\b(?:est|sont|peut|doit)-(?:il|elle|on|ils|elles)\b/],
  ],
  declining: {
    none: "Les sources ne répondent pas à cette question.",
    searched: "J'ai cherché {}.",
    open: "Les sources ne répondent pas à {}.",
    and: "et",
  },
  glossary: "glossaire",
};

const english = setOf(
  "the a an of to in is are do does did can could how what when where who which why my our i we you it for with and or if on at be have",
);

/** The language of a question, where most of its small words are German or French; undefined for English and all others. */
export function foreignLanguage(words: readonly string[]): Language | undefined {
  const share = (known: ReadonlySet<string>): number => words.filter((word) => known.has(word)).length;
  const own = share(english);
  const [best] = [german, french]
    .map((language) => ({ language, count: share(language.functionWords) }))
    .sort((a, b) => b.count - a.count);
  return best !== undefined && best.count > own ? best.language : undefined;
}

const inEnglish: Declining = {
  none: "The sources do not answer this question.",
  searched: "I searched for {}.",
  open: "The sources do not answer {}.",
  and: "and",
};

/** How to decline in the language of a question. */
export const decliningIn = (words: readonly string[]): Declining => foreignLanguage(words)?.declining ?? inEnglish;

/** A sentence that says in one of the languages known that the sources do not answer. */
export const isDeclined = (text: string): boolean =>
  [inEnglish, german.declining, french.declining].some(({ none }) => text.startsWith(none));

export const glossaryIn = (words: readonly string[]): string => foreignLanguage(words)?.glossary ?? "glossary";
