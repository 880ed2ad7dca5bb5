import type { TextLoader } from "./document.ts";
import { readFrontMatter } from "./front-matter/front-matter.ts";
import { outline } from "./markdown/outline.ts";
import { titleFromPath } from "./title.ts";

/** Plain text; lines that look like Markdown headings are taken for headings, and a head between lines of --- or +++ for front matter. */
export const plainTextLoader: TextLoader = {
  formats: "text",
  load(text, file) {
    const source = text.split(/\r\n|\n|\r/);
    const { meta, lineCount } = readFrontMatter(source);
    const lines = source.map((line, i) => (i < lineCount ? "" : line));
    return { title: meta.title ?? titleFromPath(file.path), meta, lines, sections: outline(lines) };
  },
};
