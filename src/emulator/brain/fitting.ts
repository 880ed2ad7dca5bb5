import type { EvidenceLine } from "./evidence.ts";
import { cellsOf } from "./forms.ts";
import type { Part } from "./question.ts";
import { contentStems, stem, words } from "./words.ts";

const figure = String.raw`(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|half|double|unlimited|none|no limit|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze)\b)`;
const unit = String.raw`\b(?:(?:second|minute|hour|morning|evening|night|day|week|month|quarter|year)s?|annual\w*|daily|weekly|monthly|yearly|quarter\w*|Tage?n?|Wochen?|Monate?n?|Jahre?n?|Stunden?|Minuten?|jours?|semaines?|mois|années?|ans|heures?)\b`;
const repeated = String.raw`\b(?:once|twice|every|each|per|jede[nrs]?|chaque)\b`;
const byItself = String.raw`\b(?:daily|weekly|fortnightly|monthly|quarterly|yearly|annually|immediately|at once|always|never|forever|indefinitely)\b`;
const named = String.raw`\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august|september|october|november|december|noon|midnight|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|januar|februar|märz|mai|juni|juli|oktober|dezember|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre)s?\b`;
const moment = String.raw`\b\d{1,2}(?::\d\d|st|nd|rd|th|\s?(?:am|pm|Uhr|h|o'clock)\b)|\b\d{4}-\d\d-\d\d\b`;
const relative = String.raw`\b(?:after|before|within|once|immediately|until|by|nach|vor|bis|après|avant|dans)\b`;

const anyFigure = new RegExp(figure, "i");
const span = new RegExp(`${figure}\\S{0,12}(?:\\s\\S{1,30}){0,2}?\\s?-?${unit}|${byItself}`, "iu");
/** "10 weeks before it begins" says by when, not how long. */
const deadline = new RegExp(
  `${unit}\\s(?:before|after|ahead|ago|earlier|later|vorher|avant|après)\\b|\\bwithin\\s(?:\\S{1,30}\\s){0,2}?${figure}`,
  "i",
);
const anyAdverb = new RegExp(byItself, "i");
const anyUnit = new RegExp(unit, "i");
const rhythm = new RegExp(`${repeated}|${byItself}`, "i");
const afterwards = /\b(?:after|nach|après)\b/i;
const length = new RegExp(
  `${figure}\\S{0,12}\\s(?:\\S{1,30}\\s)?(?:characters?|letters?|digits?|signs?|words?|pages?|c?m|km|met(?:er|re)s?|feet|inch\\w*)\\b`,
  "i",
);
const currency =
  /[$€£¥]\s?\d|\d\s?(?:[$€£¥]|(?:USD|EUR|GBP|cents?|dollars?|euros?|pounds?|pence)\b)|\bfree\b|\bgratuit\w*|\bkostenlos/i;
const percentage = /\d\s?(?:%|percent|Prozent)/i;
const dated = new RegExp(`${named}|${moment}`, "i");
const looselyDated = new RegExp(`${figure}|${unit}|${relative}`, "i");
const person =
  /@|\b(?:team|manager|lead|officer|department|contact|owner|director|hr|support|employees?|staff|you|everyone|anyone|anybody|everybody|whoever|person|people|founders?|members?|teammates?)\b|\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u;
/** Also of needs: "works without it", "no receipt is needed". */
const permission =
  /\b(?:may|can|cannot|must|should|allowed|permitted|possible|forbidden|needs?|needed|required|necessary|optional|without|never|only|always|yes|no|not|nobody|everybody|anyone|obligatoire|interdit\w*|darf|dürfen|muss|kann|nicht|kein\w*)\b/i;
/** "The pump is our oldest" tells what a thing is, not whether one needs it. */
const introduces = /^\P{L}*(?:\p{L}[\p{L}'’-]*[*_]*\s){1,4}(?:is|are)\s(?:an?|the|our)\s/iu;
const located =
  /https?:|@|\b(?:in|at|on|from|behind|beside|next to|near|im|am|bei|dans|au|à|sur)\s+(?:the\s+|an?\s+)?\p{L}|\b(?:floor|room|street|road|building)\b/iu;
const address = /\p{Lu}\p{Ll}+ \d+\w?,|\b\d+ \p{Lu}\p{Ll}+ (?:\p{Lu}\p{Ll}+)?/u;
const numbered = /^\s*\d+[.)]\s/;
/** Verbs that open instructions in any handbook. General English, no subject. */
const instruction =
  /^\W*(?:to \w+[^,]*, |please |then |first,? |simply |just )?(?:add|apply|ask|book|bring|call|check|choose|click|collect|complete|contact|copy|create|download|e-?mail|enter|fill|find|follow|forward|give|go|hand|hold|include|install|keep|let|log|look|make|message|notify|open|order|pick|ping|post|press|print|provide|put|read|register|reply|report|request|return|review|run|schedule|search|select|send|set|share|sign|start|submit|take|talk|tell|touch|turn|type|update|upload|visit|write|cancel|change|connect|join|leave|pay|renew|restart|switch|use|wait)\b/i;

/** "How much is", "how much do I get": money, as a rule; "how much leave" is counted in days. */
const amount =
  /\bhow (?:much|expensive) (?:is|are|was|does|do|did|can|could|will|would|should|must|may|money|pay)\b|\b(?:price|cost|fee)\b/i;

/** A figure or a word of rhythm, and a unit of time, somewhere in the sentence. */
const isLoosely = (text: string): boolean =>
  (anyUnit.test(text) && (anyFigure.test(text) || rhythm.test(text))) || anyAdverb.test(text);

type Fit = (text: string, part: Part) => number;

/** "How many days": 1 where a figure stands right before days, less where it stands elsewhere. */
function countFit(text: string, part: Part): number {
  if (!anyFigure.test(text)) return 0;
  if (amount.test(part.text)) return currency.test(text) ? 1 : percentage.test(text) ? 0.9 : span.test(text) ? 0.5 : 0.7;
  if (/\bhow much\b/i.test(part.text)) return currency.test(text) || span.test(text) ? 1 : 0.6;
  const counted = /\bhow many (\p{L}+)|\bwie ?viele? (\p{L}+)|\bcombien (?:de |d')(\p{L}+)/iu
    .exec(part.text)
    ?.slice(1)
    .find(Boolean);
  if (counted === undefined) return 1;
  const wanted = stem(counted.toLowerCase());
  const sequence = words(text);
  const stands = sequence.some(
    (word, at) => anyFigure.test(word) && sequence.slice(at + 1, at + 5).some((next) => stem(next) === wanted),
  );
  return stands ? 1 : 0.7;
}

function durationFit(text: string, part: Part): number {
  // "How long must a password be" asks for a length.
  if (/\bhow long (?:must|should|can|may|does)\b.*\bbe\b/i.test(part.text) && length.test(text)) return 1;
  if (/\bhow (?:often|frequent\w*)\b/i.test(part.text))
    return rhythm.test(text) || afterwards.test(text) ? 1 : isLoosely(text) ? 0.6 : 0;
  if (/\bhow (?:soon|early|late|quick\w*|fast)\b/i.test(part.text)) return isLoosely(text) ? 1 : 0;
  if (!span.test(text)) return isLoosely(text) ? 0.6 : /\bhow long\b/i.test(part.text) && anyFigure.test(text) ? 0.3 : 0;
  if (deadline.test(text)) return 0.6;
  return /\bhow (?:many|much)\b/i.test(part.text) ? countFit(text, part) : 1;
}

/** "Is the crane the meeting point?" asks what a thing is; other questions for a yes or no do not. */
function yesNoFit(text: string, { text: question }: Part): number {
  if (permission.test(text)) return 1;
  return introduces.test(text) && !/^(?:is|are)\b/i.test(question) ? 0.6 : 0.8;
}

const fits: Readonly<Partial<Record<Part["expects"], Fit>>> = {
  count: countFit,
  duration: durationFit,
  money: (text) => (currency.test(text) ? 1 : percentage.test(text) ? 0.8 : anyFigure.test(text) ? 0.5 : 0),
  date: (text) => (dated.test(text) ? 1 : looselyDated.test(text) ? 0.6 : 0),
  person: (text) => (person.test(text) ? 1 : 0),
  place: (text) => (address.test(text) ? 1 : located.test(text) ? 0.8 : 0.4),
  yes_no: yesNoFit,
  steps: (text) => (numbered.test(text) || instruction.test(text.replace(/^\s*[-*+•]\s/, "")) ? 1 : 0.4),
};

/** Kinds of questions that a line without what is expected does not answer, however near it is. */
export const strict: ReadonlySet<Part["expects"]> = new Set(["count", "duration", "money", "date", "definition"]);

/** What stands between a thing and what it is. */
const defines =
  /^\s*(?::|[-–—]\s|\((?=\p{L})|(?:is|are|was|means?|stands? for|refers? to|describes?|ist|sind|bedeutet|heißt|est|sont|signifie|désigne)(?![\p{L}]))/iu;
/** Signs of lists, headings and emphasis, and articles: what may stand before a thing. */
const opensSentence = /^(?:[-*+•>#|_["“«\s]|\d+[.)]\s|(?:an?|the|our|der|die|das|eine?|le|la|les|une?)\s|l['’])*/i;
/** So many words, each with the emphasis, quotes or short remark in brackets behind it. */
const heads = [1, 2].map((count) => new RegExp(`^(?:[\\p{L}\\p{N}'’-]+[*_"”»\\]]*\\s?(?:\\([^)]{1,30}\\)\\s?)?){${count}}`, "u"));

/**
 * How well a line says what a thing is: fully where the thing stands first and a copula, colon or the next cell of a row follows,
 * somewhat where the line begins with it, else not at all: it only speaks of the thing.
 */
function definitionFit(line: EvidenceLine, { stems }: Part): number {
  const isThing = (text: string): boolean => {
    const named = contentStems(text);
    return stems.every((each) => named.includes(each)) && named.length <= stems.length + 1;
  };
  if (line.columns !== undefined) return isThing(cellsOf(line.text)[0] ?? "") ? 1 : 0;
  const text = line.text.replace(opensSentence, "");
  const head = heads[Math.min(stems.length, heads.length) - 1]?.exec(text)?.[0] ?? "";
  if (!isThing(head)) return 0;
  return defines.test(text.slice(head.length).replace(/^[*_"”»\]]+/, "")) ? 1 : 0.6;
}

/** A row in words: each cell before the name of its column, as in "10 paid days". */
function rowText(line: EvidenceLine): string {
  if (line.columns === undefined) return line.text;
  const names = cellsOf(line.columns.text);
  return cellsOf(line.text)
    .map((cell, index) => `${cell} ${names[index] ?? ""}`)
    .join("; ");
}

/** Kinds whose form tells which line answers best, but not whether one does: instructions and permissions are put in many ways. */
export const formal: ReadonlySet<Part["expects"]> = new Set(["steps", "yes_no", "place"]);

/** Characters of a line that are looked at. */
const maxRead = 2000;

/** How well a line holds what the question expects (a figure, a date, a person, an instruction), from 0 to 1; 1 where nothing special is expected. */
export function fitOf(part: Part, line: EvidenceLine): number {
  if (part.expects === "definition") return definitionFit(line, part);
  return fits[part.expects]?.(rowText(line).slice(0, maxRead), part) ?? 1;
}
