import type { TextLoader } from "./document.ts";
import { decodeEntities } from "./entities.ts";
import { readFrontMatter } from "./front-matter/front-matter.ts";
import { groupsInText } from "./front-matter/groups.ts";
import { blocksOnLines } from "./html-lines.ts";
import { replaceBetween } from "./markdown/keep-lines.ts";
import { outline } from "./markdown/outline.ts";
import { toReadableLines } from "./markdown/readable.ts";
import { plainHeading, titleFromPath } from "./title.ts";

/** HTML pages: the main part of the page, read as Markdown; what belongs to the site rather than the page (navigation, header, footer) is left out. */
export const htmlLoader: TextLoader = {
  formats: "text",
  load(text, file) {
    const source = text.split(/\r\n|\n|\r/);
    const { meta, lineCount } = readFrontMatter(source);
    const unified = source.map((line, i) => (i < lineCount ? "" : line)).join("\n");
    const title = /<title\b[^<>]*>([^<]{0,500})<\/title\s{0,9}>/i.exec(unified)?.[1];
    const lang = /<html\b[^<>]*?\slang\s*=\s*["']?([A-Za-z]{2,3})/i.exec(unified)?.[1];
    const keywords = metaContent(unified, "keywords")
      ?.split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "");
    const groups = meta.groups ?? metaGroups(unified);
    const lines = toReadableLines(withoutPreformatted(blocksOnLines(mainPart(unified))).split("\n")).map((line) => line.trim());
    const sections = outline(lines);
    const firstHeading = sections.find((section) => section.trail.length === 1)?.trail[0];
    const named = title === undefined ? "" : plainHeading(decodeEntities(title));
    return {
      title: meta.title ?? firstHeading ?? (named || titleFromPath(file.path)),
      meta: {
        ...(lang && { lang: lang.toLowerCase() }),
        ...meta,
        keywords: [...(keywords ?? []), ...meta.keywords],
        aliases: [...(named && named !== firstHeading ? [named] : []), ...meta.aliases],
        ...(groups && { groups }),
      },
      lines,
      sections,
    };
  },
};

/** `<meta name="groups" content="hr, legal">`; one without content is for nobody. */
function metaGroups(html: string): readonly string[] | undefined {
  const content = metaContent(html, "groups");
  return content === undefined ? undefined : groupsInText(decodeEntities(content));
}

/** Meta tags, once up to the first bracket and once with brackets inside of quotes. One that never ends counts, too: groups must not be overlooked. */
const metaTags = [/<meta(?=[\s/])([^<>]*)/gi, /<meta(?=[\s/])((?:[^<>"']|"[^"]*"|'[^']*')*)/gi];

/** What the first meta tag of this name says, empty where that cannot be told; undefined where there is none. */
function metaContent(html: string, name: string): string | undefined {
  const named = new RegExp(`(?<![\\w-])name\\s{0,9}=\\s{0,9}["']?\\s{0,9}${name}(?![\\w-])`, "i");
  for (const tag of metaTags) {
    const attributes = Array.from(html.matchAll(tag), (match) => match[1]!).find((text) => named.test(text));
    if (attributes === undefined) continue;
    const [, double, single] = /(?<![\w-])content\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/i.exec(attributes) ?? [];
    return double ?? single ?? "";
  }
  return undefined;
}

/** The part of the page that is its own, with as many lines before it as it had. */
function mainPart(html: string): string {
  const drop = (text: string, name: string): string =>
    replaceBetween(
      text,
      { open: new RegExp(`<${name}\\b[^<>]*>`, "gi"), close: new RegExp(`</${name}\\s{0,9}>`, "gi") },
      () => "",
    );
  const body = ["head", "nav", "header", "footer", "aside", "form", "svg", "iframe"]
    .reduce(drop, html)
    .replace(/<!doctype[^<>]*>/gi, "");
  const opening = /<(main|article)\b[^<>]*>/i.exec(body);
  if (opening === null) return body;
  const end = body.toLowerCase().indexOf(`</${opening[1]!.toLowerCase()}`, opening.index);
  const main = body.slice(opening.index, end < 0 ? body.length : end);
  if (main.replace(/<[^<>]*>/g, "").trim().length < minMainChars) return body;
  return "\n".repeat(body.slice(0, opening.index).split("\n").length - 1) + main;
}

/** A main part with less text than this is a frame that scripts fill. */
const minMainChars = 100;

/** Line ends inside of paragraphs and the like mean spaces; only the first column of a line may open a Markdown block. */
const withoutPreformatted = (html: string): string =>
  html.replace(/^[ \t]+/gm, "").replace(/<\/?(?:html|body|main|article)\b[^<>]*>/gi, "");
