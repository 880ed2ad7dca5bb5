import type { AnswerFlag, Citation } from "../core/events.ts";
import { type Figure, figuresIn } from "./figures.ts";

const labels = /\[\d{1,3}\]/g;
/** The ordinal that opens a list item or heading is the answer's own. */
const ordinals = /^[^\S\n]*(?:#{1,6}[^\S\n]+)?\d{1,3}[.)]\s/gm;

/**
 * Figures of the answer (numbers, dates, times, amounts, e-mail addresses, URLs) that stand in none of its cited quotes: what a reader
 * acts on and a model gets wrong most dangerously. Compared by value, so `4,000`, `4.000` and `4 000`, `15 March` and `2026-03-15`, `ten
 * days` and `10 days` agree; different currencies do not. An answer without citations is not judged: its outcome says so already.
 */
export function flagFigures(answer: string, citations: readonly Citation[]): readonly AnswerFlag[] {
  if (citations.length === 0 || !/[\p{Nd}@]|www\.|\p{L}{3}/u.test(answer)) return [];
  const said = figuresIn(
    answer.replace(labels, (label) => " ".repeat(label.length)).replace(ordinals, (ordinal) => " ".repeat(ordinal.length)),
    { strict: true },
  );
  if (said.length === 0) return [];
  const known = knownFigures(citations);
  const wrong = said.filter((figure) => !agrees(figure, known));
  return [...new Set(wrong.map((figure) => figure.text))].map((text) => ({ kind: "figure", text }));
}

interface Known {
  readonly values: ReadonlySet<string>;
  /** Currencies each value was seen with; a value seen without one agrees with all. */
  readonly currencies: ReadonlyMap<string, ReadonlySet<string | undefined>>;
}

function knownFigures(citations: readonly Citation[]): Known {
  const values = new Set<string>();
  const currencies = new Map<string, Set<string | undefined>>();
  const add = (figure: Figure): void => {
    for (const value of figure.values) {
      values.add(value);
      currencies.set(value, (currencies.get(value) ?? new Set()).add(figure.currency));
    }
  };
  for (const { quote, heading, title, remark } of citations) {
    for (const text of [quote, heading ?? "", title ?? "", remark ?? ""]) {
      for (const figure of figuresIn(text, { strict: false })) {
        add(figure);
        // The parts of a date or a phone number may be said alone: the year, the day, the extension.
        if (figure.kind === "date" || figure.text.replace(/\D/g, "").length >= 8) {
          for (const [digits] of figure.text.matchAll(/\d+/g))
            add({ kind: "number", text: digits, values: [`n${Number(digits)}`] });
        }
      }
    }
  }
  return { values, currencies };
}

function agrees(figure: Figure, known: Known): boolean {
  return figure.values.some((value) => {
    // `d03-15-*` says a date without its year: it agrees only where one side leaves the year out.
    if (value.endsWith("-*"))
      return known.values.has(value.slice(0, -2)) || (figure.values.includes(value.slice(0, -2)) && known.values.has(value));
    if (!known.values.has(value)) return false;
    const seen = known.currencies.get(value);
    return figure.currency === undefined || seen === undefined || seen.has(undefined) || seen.has(figure.currency);
  });
}
