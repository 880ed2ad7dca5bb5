import type { EvidenceLine } from "./evidence.ts";

/** What opens an item of a list: a dash or a number, and a box to tick. */
export const listSign = /^\s*(?:[-*+•](?:\s\[[ x]\])?|\d+[.)])\s+/;

export const isListItem = (line: EvidenceLine): boolean => listSign.test(line.text);

/** True for a row of a table. */
export const isRow = (line: EvidenceLine): boolean => line.text.startsWith("|");

/** The cells of a row, without the space around them. */
export function cellsOf(row: string): string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}
