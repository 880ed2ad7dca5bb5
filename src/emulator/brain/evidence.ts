/** One citable line of a tool result. */
export interface EvidenceLine {
  /** The marker as shown, for example `[[k3f9.12]]`; null where the tool's answer bears none. */
  readonly marker: string | null;
  readonly text: string;
  readonly passage: Passage;
  /** Position within its passage. */
  readonly position: number;
}

export interface Passage {
  /** What stands in its opening line: path and headings. */
  readonly title: string;
  readonly lines: EvidenceLine[];
  /** Which result it came from, and its place there, from 0. */
  readonly result: number;
  readonly rank: number;
}

const markerLine = /^\[\[([a-z0-9]+)\.(\d+)\]\]\s?(.*)$/;
const openingLine = /^--- (.+)$/;

/**
 * Reads a tool result as the client shows it: passages that open with `--- title`, lines with markers, the rest context.
 * `marked`: the client speaks the marker protocol, so that lines without marker are never evidence.
 */
export function readEvidence(text: string, result: number, options: { readonly marked: boolean }): Passage[] {
  const lines = text.split("\n");
  const marked = options.marked || lines.some((line) => markerLine.test(line));
  const passages: Passage[] = [];
  let current: Passage | undefined;
  const open = (title: string): Passage => {
    const passage = { title, lines: [], result, rank: passages.length };
    passages.push(passage);
    return passage;
  };
  for (const line of lines) {
    const opening = openingLine.exec(line);
    if (opening !== null) {
      current = open(opening[1]!);
      continue;
    }
    const found = markerLine.exec(line);
    if (found === null && (marked || line.trim() === "")) continue;
    current ??= open("");
    const marker = found === null ? null : `[[${found[1]}.${found[2]}]]`;
    current.lines.push({
      marker,
      text: found === null ? line.trim() : found[3]!,
      passage: current,
      position: current.lines.length,
    });
  }
  return passages.filter((passage) => passage.lines.length > 0);
}

/** The key that this turn's markers bear, from the client's `<turn key="..."/>` line or from a marker. */
export function turnKey(messages: readonly { readonly role: string; readonly text: string }[]): string | undefined {
  for (let i = messages.length - 1; i >= 0; i--) {
    const { role, text } = messages[i]!;
    if (role === "user") return /<turn\b[^>\n]*\bkey="([a-z0-9]+)"[^>\n]*\/>\s*$/.exec(text)?.[1];
  }
  return undefined;
}
