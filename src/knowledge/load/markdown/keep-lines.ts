/** Replaces matches and keeps the number of lines, so that line numbers go on meaning lines of the file. `replace` is given the groups. */
export function replaceKeepingLines(text: string, pattern: RegExp, replace: (...groups: string[]) => string): string {
  return text.replace(pattern, (...match: unknown[]) => {
    const offset = match.findIndex((value) => typeof value === "number");
    const groups = match.slice(0, offset).map((value) => (typeof value === "string" ? value : ""));
    return withLines(groups[0]!, replace(...groups));
  });
}

export interface Pair {
  /** Both global: they are moved along the text. */
  readonly open: RegExp;
  readonly close: RegExp;
  /** What stands between is left alone when it is longer, in characters. Default: no limit. */
  readonly maxInside?: number;
  /** An opening that is never closed reaches to the end. Default false: it is left alone. */
  readonly toEnd?: boolean;
}

/**
 * Replaces everything from an opening to its closing, keeping the number of lines. Takes time linear in the text, whatever it holds:
 * a regular expression with a gap in it would start anew at every opening that is never closed.
 */
export function replaceBetween(
  text: string,
  { open, close, maxInside = Number.POSITIVE_INFINITY, toEnd = false }: Pair,
  replace: (inside: string, opening: RegExpExecArray) => string,
): string {
  let out = "";
  let done = 0;
  let closing: { readonly from: number; readonly to: number } | undefined;
  open.lastIndex = 0;
  for (let opening = open.exec(text); opening !== null; opening = open.exec(text)) {
    const start = opening.index + opening[0].length;
    if (closing === undefined || closing.from < start) {
      close.lastIndex = start;
      const found = close.exec(text);
      if (found === null && !toEnd) break;
      closing =
        found === null ? { from: text.length, to: text.length } : { from: found.index, to: found.index + found[0].length };
    }
    if (closing.from - start > maxInside) continue;
    out +=
      text.slice(done, opening.index) +
      withLines(text.slice(opening.index, closing.to), replace(text.slice(start, closing.from), opening));
    done = closing.to;
    open.lastIndex = Math.max(done, open.lastIndex);
  }
  return out + text.slice(done);
}

const withLines = (replaced: string, replacement: string): string =>
  replacement + "\n".repeat(Math.max(0, lineBreaks(replaced) - lineBreaks(replacement)));

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
