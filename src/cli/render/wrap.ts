interface Wrapping {
  readonly indent: number;
  /** Indent of the lines after the first; default: the same. */
  readonly hanging?: number;
  readonly width: number;
}

/** A style counts as no column: terminals show nothing of it. */
const columnsOf = (text: string): number => (text.includes("\u001b") ? text.replace(/\u001b[^m]*m/g, "") : text).length;

/** Lines of at most `width` columns, broken between words. A word that is longer stays whole. */
export function wrap(text: string, { indent, hanging = indent, width }: Wrapping): readonly string[] {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    if (!isEmpty && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = " ".repeat(hanging);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
