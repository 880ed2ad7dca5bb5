import { turnLineOf } from "./brain.ts";
import { contentStems } from "./words.ts";

/** One citable line of a tool result. */
export interface EvidenceLine {
  /** The marker as shown, for example `[[k3f9.12]]`; null where the tool's answer bears none. */
  readonly marker: string | null;
  readonly text: string;
  readonly passage: Passage;
  /** Position within its passage. */
  readonly position: number;
  /** For a row of a table: the table's first row, which names the columns. */
  readonly columns?: EvidenceLine;
}

export interface Passage {
  /** What stands in its opening line: path and headings. */
  readonly title: string;
  readonly lines: EvidenceLine[];
  /** Which round of calls it came from, and its place in its result, both from 0. */
  readonly round: number;
  /** Stems of what that call asked for. */
  readonly asked: ReadonlySet<string>;
  readonly rank: number;
}

const markerLine = /^\[\[([a-z0-9]+)\.(\d+)\]\]\s?(.*)$/;
const openingLine = /^--- (.+)$/;
const questionLine = /^\**Q\d*[:.]\**\s+(.+)$/;
const emptyHanded = /^(?:no|nothing|0|zero)\b.{0,40}\b(?:found|results?|match\w*|hits?|documents?|entries)\b/i;

export interface ReadOptions {
  /** Which round of calls the result is from, from 0. */
  readonly round: number;
  /** The client speaks the marker protocol: lines without marker are never evidence. */
  readonly marked: boolean;
  /** The arguments of the call, as JSON text: a line that repeats them tells nothing. */
  readonly call: string;
}

/** What the call asked for, in quotes, as tools like to repeat it. */
function echoes(call: string): string[] {
  return [...call.matchAll(/"((?:[^"\\]|\\.){3,})"(?!\s*:)/g)].map(([, text]) => `"${text}"`);
}

function columnsAbove(passage: Passage): EvidenceLine | undefined {
  const above = passage.lines.at(-1);
  if (above === undefined || !above.text.startsWith("|")) return undefined;
  return above.columns ?? above;
}

/** True for the first row of a table, which answers nothing by itself. */
export function isColumnRow(line: EvidenceLine): boolean {
  return line.text.startsWith("|") && line.columns === undefined;
}

/** What is read of a line, in characters, and of a result, in lines: more than any tool should give, and few enough to look through. */
const maxLine = 10_000;
const maxLines = 5_000;

/** Reads a tool result as the client shows it: passages that open with `--- title`, lines with markers, the rest context. */
export function readEvidence(text: string, options: ReadOptions): Passage[] {
  const lines = text.split("\n", maxLines).map((line) => line.slice(0, maxLine));
  const marked = options.marked || lines.some((line) => markerLine.test(line));
  const asked = echoes(options.call);
  const stems = new Set(contentStems(asked.join(" ")));
  const passages: Passage[] = [];
  const open = (title: string): Passage => {
    const passage = { title, lines: [], round: options.round, asked: stems, rank: passages.length };
    passages.push(passage);
    return passage;
  };
  let section = "";
  let current: Passage | undefined;
  for (const line of lines) {
    const opening = openingLine.exec(line);
    if (opening !== null) {
      section = opening[1]!;
      current = open(section);
      continue;
    }
    const found = markerLine.exec(line);
    if (found === null && (marked || line.trim() === "")) continue;
    const said = found === null ? line.trim() : found[3]!;
    if (emptyHanded.test(said) || asked.some((echo) => said.includes(echo))) continue;
    const question = questionLine.exec(said);
    if (question !== null) current = open(`${section} > ${question[1]}`);
    current ??= open("");
    const marker = found === null ? null : `[[${found[1]}.${found[2]}]]`;
    const columns = said.startsWith("|") ? columnsAbove(current) : undefined;
    const position = current.lines.length;
    current.lines.push({ marker, text: said, passage: current, position, ...(columns === undefined ? {} : { columns }) });
  }
  return passages.filter((passage) => passage.lines.length > 0);
}

/** The key that this turn's markers bear, from the client's `[turn ... key=...]` line or from a marker. */
export function turnKey(messages: readonly { readonly role: string; readonly text: string }[]): string | undefined {
  for (let i = messages.length - 1; i >= 0; i--) {
    const { role, text } = messages[i]!;
    if (role === "user") return /\bkey=([a-z0-9]+)/.exec(turnLineOf(text) ?? "")?.[1];
  }
  return undefined;
}
