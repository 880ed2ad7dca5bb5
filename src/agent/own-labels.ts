/** Numbers in brackets, and what models of other products write in their place: `[1]`, `[1, 2]`, `[^1]`, `【1†source】`. */
const label =
  /[[【［]\s?\^?([1-9]\d{0,2}(?:\s?[,;–-]\s?[1-9]\d{0,2}){0,20}(?:†[^\]】\n]{0,60})?)\s?[\]】］](?!\((?:https?:\/\/|mailto:))/g;

/**
 * A piece of the model's text, with what has the form of the host's own citations (`[1]`) put into round brackets: nobody must take it for one.
 * Links and blocks of code stay; in a code span, which may turn out to be none, an index or a list keeps its brackets and is set apart in them. Behind
 * another bracket there is a space, else both would be a link. `before` is the answer up to the piece, since code may begin there.
 */
export function withoutLabels(text: string, before: string): string {
  if (text.search(label) < 0) return text;
  const code = new CodeReader();
  code.read(before);
  let readTo = 0;
  let last = { end: 0, shown: before };
  return text.replace(label, (whole, inside: string, at: number) => {
    code.read(text.slice(readTo, at));
    readTo = at;
    if (code.isInBlock) return whole;
    const ahead = (last.shown.slice(-2) + text.slice(Math.max(last.end, at - 2), at)).slice(-2);
    const round = ahead.endsWith("]") ? ` (${inside})` : `(${inside})`;
    const shown = code.isInSpan && codeAhead.test(ahead) ? `[ ${inside} ]` : round;
    last = { end: at + whole.length, shown };
    return shown;
  });
}

/** What stands before an index, or a list that is a value: round brackets would make another program of it. */
const codeAhead = /(?:[\w\])]|[=:,({[] ?)$/;

/** The line that opens a block of code, and that which closes it: nothing stands behind the latter. Source: CommonMark 0.31, fenced code blocks. */
const fenceLine = /^\s{0,3}(`{3,}(?=[^`]*$)|~{3,})\s*(.*)/;

/** Follows a Markdown text from label to label: is its end inside a code block, or a code span? */
class CodeReader {
  #lineStart = "";
  #backticks = 0;
  #fence: string | undefined;

  read(text: string): void {
    const lines = text.split("\n");
    this.#lineStart = (this.#lineStart + lines[0]).slice(0, 80);
    for (const next of lines.slice(1)) {
      const [, mark, rest] = fenceLine.exec(this.#lineStart) ?? [];
      if (this.#fence === undefined) this.#fence = mark;
      else if (mark?.startsWith(this.#fence) && rest === "") this.#fence = undefined;
      this.#lineStart = next.slice(0, 80);
      this.#backticks = 0;
    }
    this.#backticks += (lines.at(-1)!.match(/`+/g) ?? []).length;
  }

  get isInBlock(): boolean {
    return this.#fence !== undefined;
  }

  get isInSpan(): boolean {
    return this.#backticks % 2 === 1;
  }
}
