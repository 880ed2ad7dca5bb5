import { noMeta, type TextLoader } from "./document.ts";
import { outline } from "./markdown/outline.ts";
import { titleFromPath } from "./title.ts";

/** Plain text; lines that look like Markdown headings are taken for headings. */
export const plainTextLoader: TextLoader = {
  formats: "text",
  load(text, file) {
    const lines = text.split(/\r\n|\n|\r/);
    return { title: titleFromPath(file.path), meta: noMeta, lines, sections: outline(lines) };
  },
};
