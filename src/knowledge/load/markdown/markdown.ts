import type { LoadedDocument, TextLoader } from "../document.ts";
import { readFrontMatter } from "../front-matter/front-matter.ts";
import { outdatedBecause } from "../outdated.ts";
import { titleFromPath } from "../title.ts";
import { outline } from "./outline.ts";
import { toReadableLines } from "./readable.ts";

/** Markdown and MDX. Redirect-only pages are not knowledge; pages whose text is in their front matter are read from there. */
export const markdownLoader: TextLoader = {
  formats: "text",
  load(text, file) {
    const source = text.split(/\r\n|\n|\r/);
    const front = readFrontMatter(source);
    const body = source.slice(front.lineCount);
    const readable = toReadableLines(file.path.endsWith(".mdx") ? withoutModules(body) : body);
    const lines = [...withContent(front, source.length - body.length), ...readable];
    const sections = outline(lines);
    if (front.redirectOnly && !sections.some((section) => hasBody(lines, section.body, section.to))) return undefined;
    const firstHeading = sections.find((section) => section.trail.length === 1)?.trail[0];
    const outdated = outdatedBecause(lines.slice(front.lineCount), front.values);
    return {
      title: front.meta.title ?? firstHeading ?? titleFromPath(file.path),
      meta: { ...front.meta, ...(outdated && { outdated }) },
      lines,
      sections,
    } satisfies LoadedDocument;
  },
};

const hasBody = (lines: readonly string[], from: number, to: number): boolean =>
  lines.slice(from, to).some((line) => line.trim() !== "");

/** Blank lines in place of the front matter, but for text blocks it holds: those are read where they stand. */
function withContent(front: ReturnType<typeof readFrontMatter>, lineCount: number): string[] {
  const lines: string[] = Array.from({ length: lineCount }, () => "");
  for (const block of front.content) {
    const readable = toReadableLines(block.text.split("\n"));
    readable.forEach((line, i) => {
      if (block.line + i < lineCount - 1) lines[block.line + i] = line;
    });
  }
  return lines;
}

const withoutModules = (lines: readonly string[]): string[] =>
  lines.map((line) => (/^(?:import|export)\s.+(?:from\s|=|\bdefault\b)/.test(line) ? "" : line));
