/** A stretch of a text: from `start` (inclusive) to `end` (exclusive), in UTF-16 units. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Longer segments are split at sentence ends even inside a list item or table row, in characters. */
const longLine = 320;
/** No single segment is longer, in characters, so that a quote stays readable. */
const maxSegment = 600;
/** Lines that stand for themselves: headings, list items, table rows, quotes, definition rows, HTML rows. */
const ownLine = /^\s*(?:#{1,6}\s|[-*+•]\s|\d{1,3}[.)]\s|[a-zA-Z][.)]\s|\||>|<|```|~~~|Q\d*:|A\d*:)/;
/** A line that opens or closes a block of code; backticks behind the first ones make it a code span. Source: CommonMark 0.31, fenced code blocks. */
const fence = /^\s{0,3}(?:`{3,}[^`]*|~{3,}.*)$/;
export const isFence = (line: string): boolean => fence.test(line);
/** A row of a table without outer bars. */
const tableRow = /[^|\s]\s*\|\s*[^|\s]/;
/** A sentence end: closing punctuation, perhaps quotes or emphasis, then a space and something that can open a sentence; CJK needs no space. */
const sentenceEnd = /[.!?؟।]["'”’)\]*_]*(?=\s+["'“‘([*_]*[\p{Lu}\p{N}\p{Lo}])|[。！？]["'”’)」』]*/gu;
const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|incl|excl|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Inc|Ltd|Co|Fig|Art|Sec|bzw|z\.B|d\.h|\p{Lu})\.$/u;

/** "Am 31. März", "der 2. Stock": in German a period makes a number an ordinal. */
const ordinal = /(?:^|\s)(?:am|der|die|das|dem|den|des|vom|zum|zur|bis|ab|im|seit)\s+\d{1,2}\.$/iu;
const germanMonth = /^\s+(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b/u;

/** True where the period at `to` does not end a sentence: it belongs to an abbreviation or a German date. */
function isInside(part: string, from: number, to: number): boolean {
  const before = part.slice(Math.max(from, to - 40), to);
  if (abbreviation.test(before) || ordinal.test(before)) return true;
  return /\d\.$/.test(before) && germanMonth.test(part.slice(to, to + 20));
}

export interface SegmentOptions {
  /** Whether line ends mean something (data, logs, code without fences), unless the lines are clearly prose that was wrapped. Default false. */
  readonly keepLines?: boolean;
}

/**
 * Cuts a text into the pieces that can be cited: sentences of prose (also across hard line breaks), and each heading, list item, table row
 * and line of code by itself. Blank stretches and table rules belong to no segment. Segments are in order and do not overlap.
 */
export function toSegments(text: string, { keepLines = false }: SegmentOptions = {}): readonly Segment[] {
  const segments: Segment[] = [];
  let paragraph: Segment[] = [];
  let isCode = false;
  const flush = (): void => {
    if (keepLines && !isWrapped(text, paragraph))
      for (const { start, end } of paragraph) pushSentences(text, start, end, segments);
    else if (paragraph.length > 0) pushSentences(text, paragraph[0]!.start, paragraph.at(-1)!.end, segments);
    paragraph = [];
  };
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    const line = text.slice(at, lineEnd);
    const trimmed = line.trim();
    const start = at + line.indexOf(trimmed);
    const end = start + trimmed.length;
    const isMark = isFence(trimmed);
    if (trimmed === "" || /^[|\s:=+*_-]+$/.test(trimmed)) flush();
    else if (isMark || isCode || ownLine.test(line) || (line.includes("|") && tableRow.test(line))) {
      flush();
      if (trimmed.length <= longLine) segments.push({ start, end });
      else if (isCode) pushCapped(start, end, text, segments);
      else pushSentences(text, start, end, segments);
    } else paragraph.push({ start, end });
    if (isMark) isCode = !isCode;
    at = lineEnd + 1;
  }
  flush();
  return segments;
}

/** Whether lines are one paragraph that was broken to a width: long lines of words, none of them indented. */
function isWrapped(text: string, lines: readonly Segment[]): boolean {
  if (lines.length < 2) return true;
  if (lines.slice(0, -1).some(({ start, end }) => end - start < 45)) return false;
  if (lines.some(({ start }) => start > 0 && text[start - 1] !== "\n")) return false;
  const sample = text.slice(lines[0]!.start, Math.min(lines.at(-1)!.end, lines[0]!.start + 2_000));
  return sample.replace(/[^\p{L}\p{M}\s]/gu, "").length >= 0.85 * sample.length;
}

function pushSentences(text: string, start: number, end: number, out: Segment[]): void {
  const part = text.slice(start, end);
  let from = 0;
  for (const match of part.matchAll(sentenceEnd)) {
    const to = match.index + match[0].length;
    if (isInside(part, from, match.index + 1)) continue;
    pushCapped(start + from, start + to, text, out);
    from = to;
    while (from < part.length && /\s/.test(part[from]!)) from++;
  }
  if (from < part.length) pushCapped(start + from, end, text, out);
}

/** Unbroken text is cut at a space near the limit rather than shown as one huge quote. */
function pushCapped(start: number, end: number, text: string, out: Segment[]): void {
  let from = start;
  while (end - from > maxSegment) {
    const space = text.lastIndexOf(" ", from + maxSegment);
    const cut = space > from + maxSegment / 2 ? space : wholeCharacter(text, from + maxSegment);
    out.push({ start: from, end: cut });
    from = cut;
    while (from < end && text[from] === " ") from++;
  }
  if (from < end) out.push({ start: from, end });
}

/** The place itself, or one before it where it would cut a character in two. */
const wholeCharacter = (text: string, at: number): number => (/[\ud800-\udbff]/.test(text[at - 1]!) ? at - 1 : at);
