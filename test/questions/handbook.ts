import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

/** The folder of the sample knowledge base: kb.json, handbook/ and questions.jsonl. */
export const dataFolder = resolve(import.meta.dirname, "../../data");
const handbookFolder = join(dataFolder, "handbook");

/** A heading with the headings above it, and the 1-based line it stands on. */
export interface Heading {
  readonly path: readonly string[];
  readonly line: number;
}

export interface Page {
  /** Relative to data/handbook, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly frontMatter: Readonly<Record<string, string | readonly string[]>>;
  readonly headings: readonly Heading[];
}

/** Every page of the sample handbook, by path. */
export function readHandbook(): ReadonlyMap<string, Page> {
  const files = readdirSync(handbookFolder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  return new Map(files.sort().map((name) => [name.split(sep).join("/"), readPage(join(handbookFolder, name))]));
}

function readPage(file: string): Page {
  const text = readFileSync(file, "utf8");
  const block = /^---\n(.*?)\n---\n/s.exec(text);
  return {
    path: relative(handbookFolder, file).split(sep).join("/"),
    text,
    frontMatter: fieldsOf(block?.[1] ?? ""),
    headings: headingsOf(text.split("\n"), block?.[0].split("\n").length ?? 1),
  };
}

/** The little YAML these pages use: `key: text`, `key: [a, b]`, and a list of `  - item` lines. */
function fieldsOf(block: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  let list: string[] = [];
  for (const line of block.split("\n")) {
    const item = /^ {2}- (.+)$/.exec(line)?.[1];
    const [, key, value] = /^(\w+):(?: (.+))?$/.exec(line) ?? [];
    if (item !== undefined) list.push(item);
    else if (key === undefined) throw new Error(`front matter that is neither a field nor an item: ${line}`);
    else if (value === undefined) fields[key] = list = [];
    else fields[key] = value.startsWith("[") ? value.slice(1, -1).split(", ") : value;
  }
  return fields;
}

function headingsOf(lines: readonly string[], firstLine: number): Heading[] {
  const headings: Heading[] = [];
  const open: { level: number; title: string }[] = [];
  for (let line = firstLine; line <= lines.length; line++) {
    const found = headingAt(lines, line);
    if (!found) continue;
    while (open.length > 0 && open.at(-1)!.level >= found.level) open.pop();
    open.push(found);
    headings.push({ path: open.map((heading) => heading.title), line });
  }
  return headings;
}

/** Both Markdown forms: `## Title`, and a title underlined with = or -. */
function headingAt(lines: readonly string[], line: number): { level: number; title: string } | undefined {
  const current = lines[line - 1] ?? "";
  const marked = /^(#{1,6}) (.+)$/.exec(current);
  if (marked) return { level: marked[1]!.length, title: marked[2]! };
  const underline = /^(=+|-{4,})$/.exec(lines[line] ?? "");
  return underline && /^\w/.test(current) ? { level: underline[1]!.startsWith("=") ? 1 : 2, title: current } : undefined;
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}
