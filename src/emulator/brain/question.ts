import { contentStems, isFunctionWord, words } from "./words.ts";

/** What kind of words an answer should hold. */
export type Expectation = "count" | "date" | "person" | "steps" | "place" | "yes_no" | "open";

/** One thing that is asked. */
export interface Part {
  readonly text: string;
  /** Content words as typed, in order: what to search for. */
  readonly terms: readonly string[];
  readonly stems: readonly string[];
  readonly expects: Expectation;
}

const greeting =
  /^(?:hi|hey|hello|hallo|good (?:morning|afternoon|evening|day)|greetings|thanks?|thank you|cheers|bye|goodbye|ok(?:ay)?|great|nice|cool)\b/i;

/** True for small talk that asks nothing. */
export function isGreeting(text: string): boolean {
  const rest = text
    .replace(greeting, "")
    .replace(/\b(?:there|all|everyone|team|so much|very much|a lot|for (?:that|your help)|again)\b/gi, "");
  return greeting.test(text.trim()) && contentStems(rest).length === 0;
}

function expectation(text: string): Expectation {
  const asked = text.toLowerCase();
  if (
    /\bhow (?:many|much|long|often|far|old|big|high|large)\b|\bwhat(?:'s| is| are)? the (?:number|amount|limit|maximum|minimum|price|cost|budget|rate|deadline)\b/.test(
      asked,
    )
  ) {
    return "count";
  }
  if (/\bwhen\b|\bwhat (?:time|date|day)\b|\bby what date\b/.test(asked)) return "date";
  if (/\bwho(?:m|se)?\b/.test(asked)) return "person";
  if (/\bhow (?:do|can|should|to|does|would|could)\b|\bsteps?\b/.test(asked)) return "steps";
  if (/\bwhere\b/.test(asked)) return "place";
  if (/^(?:is|are|am|do|does|did|can|could|may|should|must|will|would|has|have)\b/.test(asked)) return "yes_no";
  return "open";
}

function toPart(text: string): Part {
  const terms = [...new Set(words(text).filter((word) => !isFunctionWord(word)))];
  return { text, terms, stems: contentStems(text), expects: expectation(text) };
}

const joint =
  /\s*[,;]?\s+(?:and|but|also|plus)\s+(?:also\s+)?(?=(?:how|what|when|where|who|whom|which|why|can|could|do|does|is|are|should|will|may)\b)/i;
const refersBack = /\b(?:it|its|that|this|these|those|them|they|their|there|one|same)\b/i;

/** The parts of a question: one, or two and more for "X? And how do I Y". */
export function questionParts(question: string): Part[] {
  const pieces = question
    .split(/(?<=[?!])\s+|\n+/)
    .flatMap((sentence) => sentence.split(joint))
    .map((piece) => piece.trim())
    .filter((piece) => contentStems(piece).length > 0);
  const parts: Part[] = [];
  for (const piece of pieces) {
    const before = parts.at(-1);
    const part = toPart(piece);
    const leans = before !== undefined && part.stems.length <= 2 && refersBack.test(piece);
    parts.push(
      leans
        ? {
            ...part,
            terms: [...new Set([...before.terms, ...part.terms])],
            stems: [...new Set([...before.stems, ...part.stems])],
          }
        : part,
    );
  }
  return parts.length > 0 ? parts.slice(0, 4) : [toPart(question)];
}
