import type { Section } from "../document.ts";
import { plainHeading } from "../title.ts";

interface Heading {
  readonly level: number;
  readonly text: string;
  readonly id: string | null;
  readonly line: number;
  readonly body: number;
}

/** A longer line is text, whatever it begins with. */
const maxHeadingChars = 500;

/** Pseudo-headings stand below every real level. */
const pseudoLevel = 7;

/** Cuts readable lines at their headings; text before the first heading is a section of its own. */
export function outline(lines: readonly string[], start = 0): Section[] {
  const headings = findHeadings(lines, start);
  const anchors = new Map<string, number>();
  const sections: Section[] = [];
  const first = headings[0]?.line ?? lines.length;
  if (hasText(lines, start, first)) sections.push({ trail: [], anchor: "", from: start, to: first, body: start, kind: "prose" });
  const above: Heading[] = [];
  headings.forEach((heading, i) => {
    while (above.length > 0 && above.at(-1)!.level >= heading.level) above.pop();
    above.push(heading);
    const to = headings[i + 1]?.line ?? lines.length;
    sections.push({
      trail: above.map((h) => h.text),
      anchor: uniqueAnchor(heading, anchors),
      from: heading.line,
      to,
      body: heading.body,
      kind: "prose",
    });
  });
  return sections;
}

const hasText = (lines: readonly string[], from: number, to: number): boolean =>
  lines.slice(from, to).some((line) => line.trim() !== "");

function findHeadings(lines: readonly string[], start: number): Heading[] {
  const headings: Heading[] = [];
  let fence: string | null = null;
  for (let i = start; i < lines.length; i++) {
    const line = lines[i]!;
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence)) fence = null;
      continue;
    }
    if (fence !== null) continue;
    const heading = headingAt(lines, i);
    if (heading === undefined) continue;
    headings.push(heading);
    i = heading.body - 1;
  }
  return headings;
}

function headingAt(lines: readonly string[], i: number): Heading | undefined {
  const line = lines[i]!;
  if (line.length > maxHeadingChars) return undefined;
  const before = lines[i - 1]?.trim() ?? "";
  const marked = /^\s{0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/.exec(line);
  // "#Title" after a blank line is meant as a heading; "#1810." and "#channel" are not.
  const tight = before === "" ? /^(#{1,6})(\p{Lu}.*?)\s*#*\s*$/u.exec(line) : null;
  const match = marked ?? tight;
  if (match) return named(match[2]!, match[1]!.length, i, i + 1);
  const under = /^\s{0,3}(=+|-+)\s*$/.exec(lines[i + 1] ?? "")?.[1];
  if (under !== undefined && before === "" && /^\s{0,3}[^\s>|#*+-]/.test(line) && (under.length > 2 || under.startsWith("="))) {
    return named(line, under.startsWith("=") ? 1 : 2, i, i + 2);
  }
  return pseudoHeading(line, before, i);
}

/** A line that is only bold, or a question marked as one, is meant as a heading. */
function pseudoHeading(line: string, before: string, i: number): Heading | undefined {
  if (line.length > 200) return undefined;
  const bold = /^\s{0,3}(?:\*\*|__)(?!\s)((?:(?!\*\*|__).)+?)(?:\*\*|__)\s*:?\s*$/.exec(line)?.[1];
  const text = bold ?? (before === "" ? /^\s{0,3}Q(?:uestion)?(?:\s?\d+)?[.:)]\s+(.+\?)\s*$/.exec(line)?.[1] : undefined);
  if (text === undefined || !/\p{L}/u.test(text) || isSentence(text)) return undefined;
  return named(text.replace(/:$/, ""), pseudoLevel, i, i + 1);
}

/** A bold statement is emphasis; headings are short or ask something. */
const isSentence = (text: string): boolean => /[.!]$/.test(text) && text.split(/\s+/).length > 5;

function named(text: string, level: number, line: number, body: number): Heading | undefined {
  const id = /\{#([\w-]+)\}\s*$/.exec(text)?.[1] ?? null;
  const plain = plainHeading(text);
  return plain === "" ? undefined : { level, text: plain, id, line, body };
}

/** Anchors as GitHub makes them: letters, digits, hyphens; the second of a name gets "-1". */
function uniqueAnchor(heading: Heading, taken: Map<string, number>): string {
  const slug =
    heading.id ??
    (heading.text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-") ||
      "section");
  const seen = taken.get(slug);
  taken.set(slug, (seen ?? 0) + 1);
  return seen === undefined ? slug : `${slug}-${seen}`;
}
