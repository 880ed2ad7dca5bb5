/** A line that sets a variable, as Node's parser and people agree on it. */
const assignment = /^\s*(?:export +)?[A-Za-z_][A-Za-z0-9_.-]*\s*=/;
/** A value in quotes that span lines; the quote stands right behind the equals sign. */
const quoted = /^([^\n=#]*=[ \t]*)(["'`])((?:(?!\2)[\s\S])*)\2/gm;
const openQuote = /^[^=]*=[ \t]*(["'`])(?:(?!\1).)*$/;

/** Numbers, from 1, of the lines of a `.env` that set nothing or whose quote is never closed. Gives numbers only: such a line may hold a secret. */
export function unusableLines(text: string): readonly number[] {
  const oneLined = text.replaceAll("\r", "").replace(quoted, (_, sign: string, _quote, value: string) => {
    const breaks = value.replace(/[^\n]/g, "");
    // The lines of the value count, but are no assignments of their own.
    return `${sign}${breaks.replaceAll("\n", "\n#")}`;
  });
  return oneLined.split("\n").flatMap((line, index) => {
    const isNothing = line.trim() === "" || line.trim().startsWith("#");
    return isNothing || (assignment.test(line) && !openQuote.test(line)) ? [] : [index + 1];
  });
}
