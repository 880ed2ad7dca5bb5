import type { TextLoader } from "./document.ts";
import { decodeEntities } from "./entities.ts";
import { replaceKeepingLines } from "./markdown/keep-lines.ts";
import { outline } from "./markdown/outline.ts";
import { toReadableLines } from "./markdown/readable.ts";
import { plainHeading, titleFromPath } from "./title.ts";

/** HTML pages: the main part of the page, read as Markdown; what belongs to the site rather than the page (navigation, header, footer) is left out. */
export const htmlLoader: TextLoader = {
  formats: "text",
  load(text, file) {
    const unified = text.replace(/\r\n?/g, "\n");
    const title = /<title\b[^>]*>([\s\S]*?)<\/title\s*>/i.exec(unified)?.[1];
    const lang = /<html\b[^>]*\slang\s*=\s*["']?([A-Za-z]{2,3})/i.exec(unified)?.[1];
    const keywords = metaContent(unified, "keywords")
      ?.split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "");
    const lines = toReadableLines(withoutPreformatted(mainPart(unified)).split("\n"));
    const sections = outline(lines);
    const firstHeading = sections.find((section) => section.trail.length === 1)?.trail[0];
    const named = title === undefined ? "" : plainHeading(decodeEntities(title));
    return {
      title: firstHeading ?? (named || titleFromPath(file.path)),
      meta: {
        keywords: keywords ?? [],
        aliases: named && named !== firstHeading ? [named] : [],
        supersedes: [],
        ...(lang && { lang: lang.toLowerCase() }),
      },
      lines,
      sections,
    };
  },
};

function metaContent(html: string, name: string): string | undefined {
  const tag = new RegExp(`<meta\\b[^>]*\\bname\\s*=\\s*["']?${name}["'\\s>][^>]*>`, "i").exec(html)?.[0];
  return tag === undefined
    ? undefined
    : /\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')/i
        .exec(tag)
        ?.slice(1)
        .find((value) => value !== undefined);
}

/** Keeps the number of lines, so that line numbers go on meaning lines of the file. */
function mainPart(html: string): string {
  const drop = (text: string, pattern: RegExp): string => replaceKeepingLines(text, pattern, () => "");
  const body = drop(
    drop(html, /<head\b[\s\S]*?<\/head\s*>/gi),
    /<(nav|header|footer|aside|form|svg|iframe)\b[\s\S]*?<\/\1\s*>/gi,
  );
  const main = /<(main|article)\b[^>]*>([\s\S]*?)<\/\1\s*>/i.exec(body);
  if (!main || main[2]!.replace(/<[^>]*>/g, "").trim().length < 100) return drop(body, /<!doctype[^>]*>/gi);
  return "\n".repeat(body.slice(0, main.index).split("\n").length - 1) + main[0];
}

/** Line ends inside of paragraphs and the like mean spaces; only the first column of a line may open a Markdown block. */
const withoutPreformatted = (html: string): string =>
  html.replace(/^[ \t]+/gm, "").replace(/<\/?(?:html|body|main|article)\b[^>]*>/gi, "");
