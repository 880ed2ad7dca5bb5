import type { EvidenceLine } from "./evidence.ts";
import { isRow, listSign } from "./forms.ts";
import type { Term } from "./match.ts";
import { isHead } from "./sections.ts";
import { contentStems, isCommon } from "./words.ts";

const condition =
  /^\W*(?:but |and |however,? |even )?(?:if|unless|when|whenever|until|except|whoever|while|during|without|where|should|in case|wenn|falls|wer|nach|si|quand|sauf)\b([^,;:]{0,160})/i;
const exception = /^\W*(?:nor|neither|not|except|unless|otherwise|exceptions?)\b/i;
const pointsBack =
  /^\W*(?:(?:but|and|so|then|also|there|in|on|for|of|at|during|with)\s+)?(?:it|its|this|that|these|those|they|their|he|she|there|such|both|he|then|sie|es|er|dies\w*|elle|ils?|celui|cela)\b/i;

const asked = (terms: readonly Term[], stems: readonly string[]): number =>
  stems.filter((stem) => terms.some((term) => term.forms.has(stem))).length;

const reply = /^\W*(?:yes|no)\b[,.:]/i;

/** True for the answer to a yes-no question: it stands under that question and says little about another. */
export const isReply = (line: EvidenceLine): boolean => reply.test(line.text);

/** A short question at the beginning of a text. */
const opening = /^([^.;:?]{1,80})\?(?=[*_]*(?:\s|$))/;

/** True for a short question within running text: "Spilled something?" is the case that the next sentence is for. */
export function isOpener(line: EvidenceLine | undefined): line is EvidenceLine {
  return line !== undefined && !isRow(line) && !isHead(line) && opening.exec(line.text)?.[0] === line.text.trim();
}

/**
 * How far a line only speaks of a case that the question does not name, from 0 to 1: "If you leave, ...", "Found one? ...", also where
 * the question is the line before it.
 */
export function isAside(line: EvidenceLine, before: EvidenceLine | undefined, terms: readonly Term[]): number {
  if (isRow(line)) return 0;
  const text = line.text.replace(listSign, "");
  const clause = condition.exec(text)?.[1] ?? opening.exec(text)?.[1] ?? (isOpener(before) ? before.text : undefined);
  if (clause === undefined) return exception.test(text) ? 0.5 : 0;
  const stems = contentStems(clause);
  return stems.length === 0 ? 0.5 : Math.max(0, 1 - (1.5 * asked(terms, stems)) / stems.length);
}

/** True for a sentence that cannot be understood without the one before it. */
export const isAnaphoric = (line: EvidenceLine): boolean => !isRow(line) && pointsBack.test(line.text.replace(listSign, ""));

/** What a common word weighs in a heading: "Sick pay" is narrower than "Sick leave", but not by much. */
const commonShare = 0.4;

/** How far a heading or label narrows the subject by words that the question does not ask for, from 0 to 1. */
export function narrowing(stems: Iterable<string>, terms: readonly Term[]): number {
  let total = 0;
  let beside = 0;
  for (const stem of stems) {
    if (/^\p{N}/u.test(stem)) continue;
    const weight = isCommon(stem) ? commonShare : 1;
    total += weight;
    if (!terms.some((term) => term.forms.has(stem))) beside += weight;
  }
  return beside / Math.max(1, total);
}

/** What a line is about by its form: the first cell of a row, the words in bold that open an item, what stands before a colon. */
export function labelOf(line: EvidenceLine): string {
  if (line.columns !== undefined) return line.text.split("|")[1] ?? "";
  const bold = /^\s*(?:[-*+•]|\d+[.)])?\s*\*\*([^*]+)\*\*/.exec(line.text)?.[1];
  return bold ?? /^\s*(?:[-*+•])\s+([^:.]{2,30}): /.exec(line.text)?.[1] ?? "";
}
