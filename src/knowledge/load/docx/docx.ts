import { LecternError } from "../../../core/errors.ts";
import type { BinaryLoader } from "../document.ts";
import { decodeEntities } from "../entities.ts";
import { groupsInText } from "../front-matter/groups.ts";
import { outline } from "../markdown/outline.ts";
import { attribute, replaceTags, type Tag } from "../markdown/tags.ts";
import { titleFromPath } from "../title.ts";
import { openZip } from "./zip.ts";

/**
 * Word documents (ECMA-376, WordprocessingML): headings by their styles or outline levels, lists, tables as rows; deleted text and
 * field codes are left out. Throws `config` for a file that is none.
 */
export const docxLoader: BinaryLoader = {
  formats: "binary",
  async load(bytes, file) {
    const zip = openZip(bytes);
    const body = zip.part("word/document.xml");
    if (body === undefined)
      throw new LecternError("config", "is no Word document", { fix: "Save the file as .docx, or leave it out." });
    const lines = toMarkdown(body, headingLevels(zip.part("word/styles.xml") ?? ""));
    const sections = outline(lines);
    const core = zip.part("docProps/core.xml") ?? "";
    const firstHeading = sections.find((section) => section.trail.length > 0)?.trail[0];
    const lang = property(core, "dc:language");
    const groups = customGroups(zip.part("docProps/custom.xml") ?? "");
    return {
      title: property(core, "dc:title") || firstHeading || titleFromPath(file.path),
      meta: {
        keywords: words(property(core, "cp:keywords")),
        aliases: [],
        supersedes: [],
        ...(groups && { groups }),
        ...(lang && { lang: lang.toLowerCase().split("-")[0]! }),
      },
      lines,
      sections,
    };
  },
};

const property = (core: string, name: string): string => {
  const start = core.indexOf(`<${name}`);
  const open = start < 0 ? -1 : core.indexOf(">", start);
  const end = open < 0 ? -1 : core.indexOf("<", open);
  return end < 0 ? "" : decodeEntities(core.slice(open + 1, end)).trim();
};

/** The document property "groups" (File > Info > Advanced properties in Word); one that cannot be read is for nobody. */
function customGroups(custom: string): readonly string[] | undefined {
  const at = custom.search(/\bname\s{0,9}=\s{0,9}["']groups["']/i);
  if (at < 0) return undefined;
  const value = /<vt:\w+>([^<]*)<\/vt:/.exec(custom.slice(at, custom.indexOf("</property", at)))?.[1];
  return groupsInText(decodeEntities(value ?? ""));
}

const words = (list: string): string[] =>
  list
    .split(/[,;]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** Heading level by style id: "heading 1" is the name of the style in every language, its id is not. */
function headingLevels(styles: string): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  let style = "";
  replaceTags(styles, ({ name, attributes }) => {
    if (name === "w:style") style = attribute(attributes, "w:styleId") ?? "";
    else if (name === "w:name") {
      const named = attribute(attributes, "w:val") ?? "";
      const level = /^heading ([1-6])$/i.exec(named)?.[1] ?? (/^title$/i.test(named) ? "1" : undefined);
      if (level !== undefined) levels.set(style, Number(level));
    } else if (name === "w:outlineLvl" && !levels.has(style)) {
      const level = Number(attribute(attributes, "w:val") ?? 9);
      if (level < 6) levels.set(style, level + 1);
    }
    return "";
  });
  return levels;
}

/** Reads paragraphs and tables in their order. */
function toMarkdown(xml: string, levels: ReadonlyMap<string, number>): string[] {
  const reader = createReader(levels);
  let last = 0;
  // The reader is told of each tag and of the text before it.
  let position = 0;
  replaceTags(xml, (tag) => {
    position = xml.indexOf(tag.whole, last);
    reader.text(xml.slice(last, position));
    reader.tag(tag);
    last = position + tag.whole.length;
    return "";
  });
  return reader.lines;
}

function createReader(levels: ReadonlyMap<string, number>) {
  const lines: string[] = [];
  const cells: string[] = [];
  let tables = 0;
  let rows = 0;
  let paragraph = "";
  let level = 0;
  let listed = false;
  let inText = false;

  const endParagraph = (): void => {
    const text = paragraph.replace(/[ \t]+/g, " ").trim();
    if (tables > 0) cells[cells.length - 1] = [cells.at(-1) ?? "", text].filter((part) => part !== "").join(" ");
    else if (text !== "")
      lines.push(...(listed && level === 0 ? [`- ${text}`] : ["", `${level > 0 ? `${"#".repeat(level)} ` : ""}${text}`]));
    paragraph = "";
    level = 0;
    listed = false;
  };
  const endRow = (): void => {
    if (cells.length > 0) lines.push(`| ${cells.map((cell) => cell.replaceAll("|", "/")).join(" | ")} |`);
    if (rows++ === 0 && cells.length > 0) lines.push(`|${" --- |".repeat(cells.length)}`);
    cells.length = 0;
  };
  return {
    lines,
    text(text: string): void {
      if (inText) paragraph += decodeEntities(text);
    },
    tag({ name, closing, attributes, whole }: Tag): void {
      const opens = !closing && !whole.endsWith("/>");
      if (name === "w:t") inText = opens;
      else if (name === "w:tab" || name === "w:br") paragraph += " ";
      else if (name === "w:pStyle") level = levels.get(attribute(attributes, "w:val") ?? "") ?? 0;
      else if (name === "w:numPr" && opens) listed = true;
      else if (name === "w:p" && closing) endParagraph();
      else if (name === "w:tbl") {
        tables += closing ? -1 : 1;
        if (!closing && tables === 1) {
          rows = 0;
          lines.push("");
        }
      } else if (name === "w:tc" && opens) cells.push("");
      else if (name === "w:tr" && closing && tables === 1) endRow();
    },
  };
}
