import { decodeEntities } from "../entities.ts";
import { blocksOnLines } from "../html-lines.ts";
import { resolveHtml } from "./html.ts";
import { replaceKeepingLines } from "./keep-lines.ts";
import { resolveShortcodes } from "./shortcodes.ts";

/**
 * The text of a Markdown page as a reader sees it, line for line as in the file but for HTML blocks that share one line: shortcodes, HTML, comments and invisible
 * characters resolved; Markdown itself stays as written, so that a quote is found again in the source. Code is left alone.
 */
export function toReadableLines(source: readonly string[]): string[] {
  return proseAndCode(source).flatMap((part) => (part.code ? part.lines : resolveProse(part.lines)));
}

function resolveProse(lines: readonly string[]): string[] {
  const text = lines.map((line) => (isManyBlocks(line) ? blocksOnLines(line) : line)).join("\n");
  const visible = replaceKeepingLines(text, /<!--[\s\S]*?(?:-->|$)/g, () => "").replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, "");
  return decodeEntities(resolveHtml(resolveShortcodes(visible)))
    .split("\n")
    .map(withoutPadding);
}

/** HTML as converters leave it in Markdown: a table, a list or several paragraphs on one line. */
const isManyBlocks = (line: string): boolean =>
  /^\s*<(?:h[1-6]|p|div|section|article|ul|ol|dl|blockquote|details|figure|center)\b|<table\b/i.test(line) &&
  (line.match(/<(?:h[1-6]|p|li|dt|tr)\b/gi)?.length ?? 0) > 1;

/** Editors align table columns with spaces and dashes, which say nothing and fill a passage. */
function withoutPadding(line: string): string {
  return /^\s*\|.*\|\s*$/.test(line) ? line.replace(/ {2,}/g, " ").replace(/-{4,}/g, "---") : line;
}

interface Part {
  readonly code: boolean;
  readonly lines: string[];
}

function proseAndCode(lines: readonly string[]): Part[] {
  const parts: Part[] = [];
  let fence: string | null = null;
  for (const line of lines) {
    const mark = /^\s*(?:>\s*)*(`{3,}|~{3,})/.exec(line)?.[1];
    const code: boolean = fence !== null || (mark !== undefined && !/`{3,}.*`/.test(line));
    if (parts.at(-1)?.code !== code || (code && fence === null)) parts.push({ code, lines: [] });
    parts.at(-1)!.lines.push(line);
    if (fence === null) fence = code ? mark! : null;
    else if (mark?.startsWith(fence) && line.trim().replace(/^(?:>\s*)*/, "") === mark) fence = null;
  }
  return parts;
}
