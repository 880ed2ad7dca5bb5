import type { Reply } from "./brain.ts";
import { type EvidenceLine, isColumnRow, type Passage } from "./evidence.ts";
import { extract, type Finding } from "./extract.ts";
import { cellsOf, isListItem, isRow, listSign } from "./forms.ts";
import { decliningIn } from "./languages.ts";
import type { Part } from "./question.ts";
import { isHead } from "./sections.ts";
import { words } from "./words.ts";

/** A row of a table in words: each cell after the name of its column. */
function shownRow(line: EvidenceLine, text: string): string {
  const names = line.columns === undefined ? [] : cellsOf(line.columns.text);
  return cellsOf(text)
    .map((cell, index) => (names[index] && cell ? `${names[index]}: ${cell}` : cell))
    .filter((cell) => cell !== "")
    .join("; ");
}

/** A link to another page of the source leads nowhere from an answer: its words stay. */
const relativeLink = /(?<!!)\[([^\]]+)\]\((?![a-z][a-z0-9+.-]*:)[^)\s]*\)/gi;

/** A line as an answer shows it: without heading signs, table bars and links that lead nowhere. */
function shown(line: EvidenceLine): string {
  const text = line.text.trim().replace(relativeLink, "$1");
  return text.startsWith("|") ? shownRow(line, text) : text.replace(/^(?:#\s+|#{2,6}\s*|>\s*|A\d*:\s+)/, "");
}

/** `[[k.3]]` or, for neighbours, `[[k.3-5]]`. */
function markerOf(lines: readonly EvidenceLine[]): string {
  const first = lines[0]?.marker;
  const last = lines.at(-1)?.marker;
  if (first === undefined || first === null || last === undefined || last === null) return "";
  const end = /\.(\d+)\]\]$/.exec(last)?.[1];
  return first === last ? ` ${first}` : ` ${first.slice(0, -2)}-${end}]]`;
}

function say(finding: Finding): string {
  const body = finding.said.filter(
    (line, index) => index > 0 || finding.said.length === 1 || !(isColumnRow(line) || isHead(line)),
  );
  const text = body
    .map((line, index) => `${index === 0 ? "" : isListItem(line) || isRow(line) ? "\n" : " "}${shown(line)}`)
    .join("");
  // One item alone is no list.
  const alone = body.length === 1 ? text.replace(listSign, "") : text;
  return `${alone}${markerOf(finding.quoted)}`;
}

export interface AnswerInput {
  readonly parts: readonly Part[];
  readonly passages: readonly Passage[];
  /** The key of this turn's markers; undefined where the client does not speak of markers. */
  readonly key: string | undefined;
  /** What was searched for, for the sentence that declines. */
  readonly searched: readonly string[];
}

/** Parts that the evidence does not answer. */
export function unanswered(parts: readonly Part[], passages: readonly Passage[]): Part[] {
  return parts.filter((part) => extract(part, passages).length === 0);
}

const quote = (texts: readonly string[], and: string): string => [...new Set(texts)].map((text) => `"${text}"`).join(` ${and} `);

/** The reply to a question: what the sources say, part by part, or that they do not. */
export function answer({ parts, passages, key, searched }: AnswerInput): Reply {
  const findings = parts.map((part) => extract(part, passages));
  const said = [...new Set(findings.flat().map(say))];
  const missing = parts.filter((_part, index) => findings[index]!.length === 0);
  const signal = (kind: string): string => (key === undefined ? "" : ` [[${key}.${kind}]]`);
  if (said.length > 0 && missing.length === 0) return { text: said.join("\n\n") };
  const told = decliningIn(words(parts.map((part) => part.text).join(" ")));
  const quoting = (sentence: string, texts: readonly string[]): string => sentence.replace("{}", () => quote(texts, told.and));
  if (said.length === 0) {
    const what = searched.length === 0 ? "" : ` ${quoting(told.searched, searched)}`;
    return { text: `${told.none}${what}${signal("none")}` };
  }
  const open = missing.map((part) => part.text);
  return { text: `${said.join("\n\n")}\n\n${quoting(told.open, open)}${signal("partial")}` };
}
