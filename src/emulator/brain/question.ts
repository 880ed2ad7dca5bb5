import { foreignLanguage } from "./languages.ts";
import { contentStems, isCommon, isFunctionWord, stem, words } from "./words.ts";

/** What kind of words an answer should hold. */
type Expectation =
  | "definition"
  | "count"
  | "duration"
  | "money"
  | "date"
  | "person"
  | "steps"
  | "place"
  | "yes_no"
  | "overview"
  | "open";

/** One thing that is asked. */
export interface Part {
  /** The asking words with the circumstances told before them. */
  readonly text: string;
  /** Content words as typed, in order: what to search for. */
  readonly terms: readonly string[];
  /** Stems of what is asked. */
  readonly stems: readonly string[];
  /** Stems of the circumstances ("I am in sales: ..."), which an answer need not repeat. */
  readonly context: readonly string[];
  readonly expects: Expectation;
}

const greeting =
  /^(?:hi|hey|hello|hallo|good (?:morning|afternoon|evening|day)|greetings|thanks?|thank you|cheers|bye|goodbye|ok(?:ay)?|great|nice|cool)\b/i;
const smallTalk = /\b(?:there|all|everyone|team|so much|very much|a lot|for (?:that|your help)|again|how are you|today)\b/gi;

/** True for small talk that asks nothing. */
export function isGreeting(text: string): boolean {
  const rest = text.trim().replace(greeting, "").replace(smallTalk, "");
  return greeting.test(text.trim()) && contentStems(rest).length === 0;
}

const kinds: readonly (readonly [Expectation, RegExp])[] = [
  [
    "duration",
    /\bwhat(?:'s| is| are)? (?:the|my|our) (?:[\w-]+ ){0,3}(?:period|duration)\b|\bhow (?:long|soon|often|early|late|fast|quick\w*)\b|\bhow (?:many|much) (?:[\w-]+ ){0,2}(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|time)\b/,
  ],
  [
    "money",
    /\bwhat (?:does|do|did|will|would) (?:.*\s)?cost\b|\bhow (?:much|big|large|high) (?:is|are|does|do|can|will|money|budget)\b.*\b(?:budget|allowance|stipend|cost|costs|pay|paid|earn|spend|salary|price|fee|bonus|money|reimburs\w*|worth)\b/,
  ],
  [
    "count",
    /\bhow (?:many|much|far|old|big|high|large)\b|\bwhat(?:'s| is| are)? the (?:number|amount|limit|maximum|minimum|max|min|price|cost|rate)\b|^(?:what |the |an? |default |maximum |minimum )*(?:\w+ ){0,3}(?:rate|limit|budget|allowance|price|fee|percentage|quota|threshold|hours|deadline|period|size|age)\b/,
  ],
  ["date", /^(?:\w+\s)?when\b|\b(?:what|which) (?:time|date|day|month)\b|\bby what date\b/],
  ["person", /^(?:\w+\s)?who(?:m|se)?\b/],
  [
    "steps",
    /\bhow (?:do|can|should|to|does|would|could)\b|\bsteps?\b|\bwhat (?:do|should|must|can|shall) (?:i|we|you) do\b|\bwhat now\b/,
  ],
  [
    "overview",
    /^(?:please\s+)?(?:summari[sz]e|sum up|explain|describe|outline|list|tell me (?:all|everything) about|(?:give me )?an? (?:overview|summary) of)\b/,
  ],
  ["place", /^(?:\w+\s)?where\b/],
  ["yes_no", /^(?:is|are|am|do|does|did|can|could|may|should|must|will|would|has|have)\b/],
];

/** "What is Logbook", "what are neap tides", "what does PTO mean": of a thing, not of the amount or the rule of one. */
const definitions: readonly RegExp[] = [
  /^what(?:'s| is| are) (?:an? )?([^?]+?)\??$/,
  /^what (?:does|do) (?:an? |the )?([^?]+?) (?:mean|stand for)\??$/,
  /^was (?:ist|sind|bedeutet|heißt) (?:eine? )?([^?]+?)\??$/,
  /^(?:qu'est-ce qu(?:e |')|c'est quoi |que signifie )(?:c'est (?:que )?|qu')?(?:une? |le |la |les |l')?([^?]+?)\s?\??$/,
];
const mostWordsOfAThing = 2;

/** The thing of one or two words of which is asked what it is; undefined where more or another thing is asked. */
function thingAsked(text: string, isContent: (word: string) => boolean): string | undefined {
  const thing = definitions.map((pattern) => pattern.exec(text)?.[1]).find((each) => each !== undefined);
  const found = words(thing ?? "");
  const isOne = found.length <= mostWordsOfAThing && found.every(isContent) && !found.every((word) => isCommon(stem(word)));
  return isOne ? thing : undefined;
}

function expectation(text: string): Expectation {
  const own = foreignLanguage(words(text))?.kinds ?? kinds;
  return own.find(([, pattern]) => pattern.test(text))?.[0] ?? "open";
}

const asking =
  "(?:how|what(?:'?s)?|when|where|who(?:'?s|m|se)?|which|why|can|could|do|does|did|is|are|am|should|will|would|may|must|has)";
const boundary = new RegExp(
  String.raw`(?<=[?!])\s+|(?<=\.)\s+|\n+|\s*[,;:–—]\s*(?:and\s+|but\s+|so\s+|also\s+)?(?=${asking}\b)|\s+(?:and|but|also|plus)\s+(?:also\s+)?(?=${asking}\b)|(?<=:)\s+|\s+[-–—]\s+`,
  "i",
);
const asks = new RegExp(String.raw`^(?:and\s+|so\s+|but\s+|or\s+|please\s+)*${asking}\b`, "i");
/** "when I am ill", "if my laptop breaks": circumstances, not questions. */
const subordinate =
  /^(?:if|when|while|after|before|since|because|as)\s+(?:i|you|we|they|he|she|it|my|our|the|a|an|someone|somebody)\b/i;
const refersBack = /\b(?:it|its|that|this|these|those|them|they|their|there|one|ones|same|any)\b/i;

/** "What time is it", "is it allowed": an "it" that points to nothing. */
const emptyIt = /\b(?:time|day|date|year)?\s*(?:is|was) it\b|\bit is\b/gi;

const isAsking = (piece: string): boolean => (piece.endsWith("?") || asks.test(piece)) && !subordinate.test(piece);

function toPart(asked: string, told: readonly string[]): Part {
  const text = [...told, asked].join(" ");
  const foreign = foreignLanguage(words(text))?.functionWords;
  const isContent = (word: string): boolean => !foreign?.has(word) && !isFunctionWord(word);
  // Other languages have their own small words; only English needs "IT" told apart from the pronoun.
  const stemsOf = (each: string): string[] =>
    foreign === undefined ? contentStems(each) : [...new Set(words(each).filter(isContent).map(stem))];
  const lower = asked.toLowerCase().replaceAll("’", "'");
  const expects = expectation(lower);
  const thing = expects === "open" ? thingAsked(lower, isContent) : undefined;
  const terms = [...new Set(words(thing === undefined ? text : [...told, thing].join(" ")).filter(isContent))];
  const stems = stemsOf(thing ?? asked);
  const context = stemsOf(told.join(" ")).filter((each) => !stems.includes(each));
  const part = { text, terms, expects: thing === undefined ? expects : "definition" } as const;
  // "A vendor sent me whisky, can I keep it?": the asking words say nothing, so the circumstances are the question.
  if (stems.every(isCommon)) return { ...part, stems: [...context, ...stems], context: [] };
  return { ...part, stems, context };
}

/** A part that points back ("how do I submit it?") takes the words of what it points to. */
function lean(part: Part, before: Part): Part {
  return {
    ...part,
    terms: [...new Set([...before.terms, ...part.terms])],
    context: [...new Set([...part.context, ...before.stems])].filter((stem) => !part.stems.includes(stem)),
    text: `${before.text} ${part.text}`,
  };
}

function withContext(part: Part, told: string): Part {
  const context = [...part.context, ...contentStems(told)].filter((stem) => !part.stems.includes(stem));
  return { ...part, context: [...new Set(context)], text: `${part.text} ${told}` };
}

const goesOn = /^(?:and|or|but|so|what about|how about|what if)\b/i;

/** The parts of a question that may go on from an earlier one: "and for contractors?" means what was asked before. */
export function followingParts(question: string, earlier: string): Part[] {
  const parts = questionParts(question);
  const [first, ...rest] = parts;
  const pointing = goesOn.test(question) || refersBack.test(question.replace(emptyIt, ""));
  if (first === undefined || earlier === "" || first.stems.length > 2 || !pointing) return parts;
  const before = questionParts(earlier).at(-1)!;
  const expects = first.expects === "open" ? before.expects : first.expects;
  return [{ ...lean(first, before), expects }, ...rest];
}

/** The parts of a question: one, or more for "X? And how do I Y". What is told besides counts as circumstances of all that is asked after it. */
export function questionParts(question: string): Part[] {
  const pieces = question
    .split(boundary)
    .map((piece) => piece.trim().replace(/^(?:and|but|so)\s+/i, ""))
    .filter((piece) => contentStems(piece).length > 0 || isAsking(piece));
  if (!pieces.some(isAsking)) return [toPart(question.trim(), [])];
  const parts: Part[] = [];
  const told: string[] = [];
  for (const piece of pieces) {
    if (!isAsking(piece)) told.push(piece);
    else {
      const part = toPart(piece, told);
      const before = parts.at(-1);
      const pointing = refersBack.test(piece.replace(emptyIt, ""));
      parts.push(before !== undefined && pointing ? lean(part, before) : part);
    }
  }
  const trailing = pieces.slice(pieces.findLastIndex(isAsking) + 1).join(" ");
  if (trailing !== "") parts.push(withContext(parts.pop()!, trailing));
  return parts.slice(0, 4);
}
