import { monthsByName, numberWords, unitPattern } from "./figure-words.ts";

/** A figure found in a text: how it is written, and every value it may stand for (`1.250` is 1250 or 1.25, depending on the writer's country). */
export interface Figure {
  readonly text: string;
  readonly kind: "email" | "url" | "date" | "time" | "number";
  /** Comparable forms; two figures agree where they share one. */
  readonly values: readonly string[];
  /** Currency sign or code beside a number; two numbers with different ones disagree. */
  readonly currency?: string;
}

/** Digits of other scripts as ASCII ones, character for character. */
function asciiDigits(text: string): string {
  return text.replace(/[^\x00-\x7f]/g, (character) => {
    if (!/\p{Nd}/u.test(character)) return character;
    return String(digitValue(character.charCodeAt(0)));
  });
}

/** Digits of a script follow each other from a zero at ...0 or ...6. Source: Unicode 17, general category Nd, basic plane. */
function digitValue(code: number): number {
  const place = code & 0xf;
  return place < 6 || /\p{Nd}/u.test(String.fromCharCode(code - place)) ? place : place - 6;
}

const two = (value: number): string => String(value).padStart(2, "0");
const isDay = (month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31;

/** With and without the year: a source that leaves it out does not contradict one that gives it. */
function dateValues(year: string | undefined, month: number, day: number): string[] {
  if (!isDay(month, day)) return [];
  const short = `d${two(month)}-${two(day)}`;
  return year === undefined ? [short, `${short}-*`] : [`${short}-${year.length === 2 ? `20${year}` : year}`, `${short}-*`];
}

type Reader = {
  readonly kind: Figure["kind"];
  readonly pattern: RegExp;
  readonly values: (match: RegExpMatchArray) => readonly string[];
};

const readers: readonly Reader[] = [
  {
    kind: "email",
    pattern: /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu,
    values: ([text]) => [text.toLowerCase()],
  },
  { kind: "url", pattern: /\b(?:https?:\/\/|www\.)[^\s<>()[\]"'`]+/gi, values: ([text]) => [normalUrl(text)] },
  {
    kind: "date",
    pattern: /(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?!\d)/g,
    values: ([, y, m, d]) => dateValues(y!, Number(m), Number(d)),
  },
  { kind: "date", pattern: /(?<!\d)(\d{1,2})月(\d{1,2})日/g, values: ([, m, d]) => dateValues(undefined, Number(m), Number(d)) },
  {
    kind: "date",
    pattern: /(?<![\d.])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d])/g,
    values: ([, a, , b, y]) => [...dateValues(y!, Number(b), Number(a)), ...dateValues(y!, Number(a), Number(b))],
  },
  {
    kind: "date",
    pattern:
      /(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s*(?:of\s+|de\s+)?(\p{L}{3,12})\.?(?:,?\s*(?:de\s+)?(\d{4}))?(?![\p{L}\d])/giu,
    values: ([, d, name, y]) => dateValues(y, monthsByName.get(name!.toLowerCase()) ?? 0, Number(d)),
  },
  {
    kind: "date",
    pattern: /(?<!\p{L})(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s*(\d{4}))?(?!\d)/giu,
    values: ([, name, d, y]) => dateValues(y, monthsByName.get(name!.toLowerCase()) ?? 0, Number(d)),
  },
  {
    kind: "time",
    pattern: /(?<![\d.,])([01]?\d|2[0-4])(?:([:h.])([0-5]\d))?\s*(a\.?m\.?|p\.?m\.?|uhr)(?![\p{L}])/giu,
    values: ([, h, , m, half]) => timeValues(Number(h), Number(m ?? 0), half),
  },
  {
    kind: "time",
    pattern: /(?<![\d.,:])([01]?\d|2[0-4])[:h]([0-5]\d)(?![\d:])/gi,
    values: ([, h, m]) => timeValues(Number(h), Number(m), undefined),
  },
];

function timeValues(hour: number, minute: number, half: string | undefined): string[] {
  if (half !== undefined && /^p/i.test(half)) return [`t${(hour % 12) + 12}:${minute}`];
  if (half !== undefined && /^a/i.test(half)) return [`t${hour % 12}:${minute}`];
  return [`t${hour === 24 ? 0 : hour}:${minute}`];
}

function normalUrl(text: string): string {
  return text
    .replace(/[.,;:!?…]+$/, "")
    .replace(/^https?:\/\//i, "")
    .replace(/^www\./i, "")
    .replace(/\/$/, "")
    .toLowerCase();
}

const currencies = "[$€£¥₹]|USD|EUR|GBP|NOK|SEK|DKK|CHF|JPY|kr";
const grouped = "\\d{1,3}(?:[ \\u00a0\\u202f'’.,]\\d{3})+(?:[.,]\\d{1,2})?(?!\\d)";
const number = new RegExp(
  `(?<![A-Za-z\\u00c0-\\u024f\\d.,])(?:(${currencies})\\s?)?(\\+?${grouped}|\\+?\\d+(?:[.,]\\d+)?)(?:\\s?(k|thousand|tausend|tusen|million(?:en|s|er)?|mio\\.?|mn)(?!\\p{L}))?(?:\\s?(${currencies})(?!\\p{L}))?`,
  "giu",
);
const phone = /(?<!\d)\+?\(?\d[\d ()/\u00a0-]{6,}\d(?!\d)/g;
const signs: Readonly<Record<string, string>> = {
  $: "usd",
  "€": "eur",
  "£": "gbp",
  "¥": "jpy",
  "₹": "inr",
  kr: "kr",
  nok: "kr",
  sek: "kr",
  dkk: "kr",
};

/** All values a written number may have. */
function numberValues(written: string, multiplier: string | undefined): string[] {
  const digits = written.replace(/^\+/, "").replace(/[ \u00a0\u202f'’]/g, "");
  const factor = multiplier === undefined ? 1 : /^(k|t)/i.test(multiplier) ? 1000 : 1_000_000;
  const separators = [...digits.matchAll(/[.,]/g)];
  const readings = new Set<number>();
  const last = separators.at(-1);
  if (!last) readings.add(Number(digits));
  else {
    const decimals = digits.length - last.index - 1;
    const repeated = separators.length > 1 && separators.every(([sign]) => sign === last[0]);
    if (!repeated) readings.add(Number(`${digits.slice(0, last.index).replace(/[.,]/g, "")}.${digits.slice(last.index + 1)}`));
    if (decimals === 3) readings.add(Number(digits.replace(/[.,]/g, "")));
  }
  return [...readings].map((value) => `n${value * factor}`);
}

/** Every figure of a text. `strict` leaves out number words without a unit behind them (`one of them`, `two ways`), which count rather than tell. */
export function figuresIn(text: string, options: { readonly strict: boolean }): readonly Figure[] {
  const figures: Figure[] = [];
  let rest = asciiDigits(text);
  const blank = (at: number, length: number): void => {
    rest = rest.slice(0, at) + " ".repeat(length) + rest.slice(at + length);
  };
  for (const { kind, pattern, values } of readers) {
    for (const match of rest.matchAll(pattern)) {
      const found = values(match);
      if (found.length === 0) continue;
      figures.push({ kind, text: text.slice(match.index, match.index + match[0].length).trim(), values: found });
      blank(match.index, match[0].length);
    }
  }
  for (const match of rest.matchAll(phone)) {
    const digits = match[0].replace(/\D/g, "");
    if (digits.length < 8 || new RegExp(`^${grouped}$`).test(match[0].trim())) continue;
    figures.push({ kind: "number", text: match[0].trim(), values: [`n${Number(digits)}`] });
    blank(match.index, match[0].length);
  }
  for (const match of rest.matchAll(number)) {
    const [whole, before, written, multiplier, after] = match;
    const sign = (before ?? after)?.toLowerCase();
    figures.push({
      kind: "number",
      text: text.slice(match.index, match.index + whole.length).trim(),
      values: numberValues(written!, multiplier),
      ...(sign === undefined ? {} : { currency: signs[sign] ?? sign }),
    });
  }
  return [...figures, ...wordFigures(rest, options.strict)];
}

function wordFigures(text: string, strict: boolean): readonly Figure[] {
  return [...text.matchAll(/\p{L}[\p{L}-]*/gu)].flatMap((match) => {
    const value = numberWords.get(match[0].toLowerCase());
    if (value === undefined) return [];
    const counts = strict && !unitPattern.test(text.slice(match.index + match[0].length));
    return counts ? [] : [{ kind: "number" as const, text: match[0], values: [`n${value}`] }];
  });
}
