import { columnsOf } from "./columns.ts";

interface Wrapping {
  readonly indent: number;
  /** Indent of the lines after the first; default: the same. */
  readonly hanging?: number;
  readonly width: number;
}

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

/**
 * Foreign text whose every line but the first begins with the `hanging` indent, also where a terminal would have broken a line itself: what
 * is written there cannot pass for a line of Lectern's own. White space is folded, and words that are longer than a line are cut.
 */
export function wrapForeign(text: string, { indent, hanging = indent, width }: Wrapping): string {
  const most = Math.max(1, width - Math.max(indent, hanging));
  return text
    .split("\n")
    .map((line) =>
      line
        .trim()
        .split(/\s+/)
        .flatMap((word) => cut(word, most))
        .join(" "),
    )
    .flatMap((line, at) => (line === "" ? line : wrap(line, { indent: at === 0 ? indent : hanging, hanging, width })))
    .join("\n");
}

/** A text in pieces of at most so many columns, wherever that is: nothing is lost or folded. */
export function cut(text: string, columns: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    if (piece !== "" && columnsOf(piece + character) > columns) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

/** Beginnings of lines whose breaks mean something: rows of tables and fences of code. */
const asItIs = /^(?:\||```|~~~)/;
const listMarker = /^(?:[-*+]|\d{1,3}[.)])$/;

/**
 * Breaks text between words while it streams, so that no terminal breaks it within one. Items of lists go on below their first word; code
 * and tables stay as they are. What is shown does not depend on how the text was cut into pieces.
 */
export class WordWrap {
  readonly #columns: () => number;
  #word = "";
  #spaces = "";
  #column = 0;
  /** Indent of the lines that a long one goes on in. */
  #hanging = 0;
  #isFirstWord = true;
  #isVerbatim = false;
  #fence: string | undefined;

  /** `columns` is asked at each break: windows change. */
  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** What can be shown with this piece; its last word waits until it is whole. */
  add(text: string): string {
    let shown = "";
    for (const [piece] of text.matchAll(/\n|[^\S\n]+|\S+/g)) {
      if (piece.trim() !== "") this.#word += piece;
      else {
        shown += this.end();
        if (piece === "\n") shown += this.#newLine();
        else this.#spaces += piece;
      }
    }
    return shown;
  }

  /** The word that waits; empty where there is none. */
  end(): string {
    if (this.#word === "") return "";
    const [word, spaces] = [this.#word, this.#spaces];
    this.#word = "";
    this.#spaces = "";
    if (this.#isFirstWord) this.#begin(spaces, word);
    const columns = this.#columns();
    const width = columnsOf(word);
    const isBreak = !this.#isVerbatim && this.#column > 0 && this.#column + spaces.length + width > columns;
    const before = isBreak ? `\n${" ".repeat(this.#hanging)}` : spaces;
    const end = (isBreak ? this.#hanging : this.#column + spaces.length) + width;
    // Text goes on where a word ends that the terminal itself breaks, since it is longer than a line.
    this.#column = end > columns ? ((end - 1) % columns) + 1 : end;
    return `${before}${word}`;
  }

  #begin(indent: string, word: string): void {
    this.#isFirstWord = false;
    const isItem = listMarker.test(word);
    this.#hanging = Math.min(indent.length + (isItem ? word.length + 1 : 0), 20);
    const fence = /^(?:```|~~~)/.exec(word)?.[0];
    // Four spaces begin code, unless an item of an inner list follows.
    this.#isVerbatim = this.#fence !== undefined || asItIs.test(word) || (indent.length >= 4 && !isItem);
    if (fence !== undefined && (this.#fence === undefined || this.#fence === fence))
      this.#fence = this.#fence === undefined ? fence : undefined;
  }

  #newLine(): string {
    const trailing = this.#isVerbatim ? this.#spaces : "";
    this.#spaces = "";
    this.#column = 0;
    this.#isFirstWord = true;
    this.#isVerbatim = false;
    return `${trailing}\n`;
  }
}
