/** Replaces matches and keeps the number of lines, so that line numbers go on meaning lines of the file. `replace` is given the groups. */
export function replaceKeepingLines(text: string, pattern: RegExp, replace: (...groups: string[]) => string): string {
  return text.replace(pattern, (...match: unknown[]) => {
    const offset = match.findIndex((value) => typeof value === "number");
    const groups = match.slice(0, offset).map((value) => (typeof value === "string" ? value : ""));
    const replacement = replace(...groups);
    return replacement + "\n".repeat(Math.max(0, lineBreaks(groups[0]!) - lineBreaks(replacement)));
  });
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
