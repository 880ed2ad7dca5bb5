import { decodeEntities } from "../entities.ts";
import { replaceBetween } from "./keep-lines.ts";
import { attribute, replaceTags, type Tag } from "./tags.ts";

const blockTags = new Set(
  "p div section article header footer main aside nav figure figcaption blockquote dl dt dd ul ol details center address".split(
    " ",
  ),
);
const inlineTags = new Set(
  "a abbr b bdi big button caption cite code col colgroup del dfn em font form hr i iframe input ins kbd label legend mark object option picture pre q s samp select small source span strike strong sub sup tbody td textarea tfoot th thead time tr track tt u unlink var video wbr audio canvas embed param svg path map area fieldset html body head title meta link base".split(
    " ",
  ),
);

/**
 * HTML inside Markdown as Markdown: tables become pipe rows (one line a row), headings, list items and links their Markdown forms,
 * the question attributes of components (`<Accordion question="...">`) bold lines; other tags vanish without tearing words apart.
 */
export function resolveHtml(text: string): string {
  if (!/<[a-zA-Z!/]/.test(text)) return text;
  let out = text;
  for (const name of ["script", "style", "template", "noscript"]) {
    out = replaceBetween(
      out,
      { open: new RegExp(`<${name}\\b[^<>]*>`, "gi"), close: new RegExp(`</${name}\\s{0,9}>`, "gi") },
      () => "",
    );
  }
  out = replaceBetween(out, { open: /<table\b[^<>]*>/gi, close: /<\/table\s{0,9}>/gi, toEnd: true }, tableRows);
  out = replaceBetween(
    out,
    { open: /<h([1-6])\b[^<>]*>/gi, close: /<\/h[1-6]\s{0,9}>/gi, maxInside: maxHeading },
    (inside, opening) => {
      return `${"#".repeat(Number(opening[1]))} ${oneLine(inlineHtml(inside))}`;
    },
  );
  out = replaceBetween(out, { open: /<summary\b[^<>]*>/gi, close: /<\/summary\s{0,9}>/gi, maxInside: maxHeading }, (inside) => {
    return `**${oneLine(inlineHtml(inside)).replace(/\*\*/g, "")}**`;
  });
  return replaceTags(withLinks(out), tagText);
}

const maxHeading = 2000;

/** What a tag leaves behind; as many lines as it took. */
function tagText(tag: Tag): string {
  return markOf(tag) + "\n".repeat(tag.whole.split("\n").length - 1);
}

function markOf({ name, closing, attributes, whole }: Tag): string {
  const lower = name.toLowerCase();
  if (/^(?:https?|mailto)[.:]?/.test(lower)) return whole;
  const isComponent = /^[A-Z]/.test(name) || lower.includes("-") || lower.includes(".");
  if (closing) return blockTags.has(lower) || lower === "li" || lower === "tr" ? " " : "";
  if (lower === "br") return " ";
  if (lower === "li") return "- ";
  if (lower === "img") return attribute(attributes, "alt") ?? "";
  const label = isComponent ? componentLabel(attributes) : undefined;
  if (label !== undefined) return `**${label}**`;
  if (blockTags.has(lower)) return " ";
  // A placeholder such as `<your-name>` is text, not a tag.
  if (!inlineTags.has(lower) && attributes.trim() === "" && !/^[A-Z]/.test(name)) return whole;
  return "";
}

const componentLabel = (attributes: string): string | undefined =>
  ["question", "title", "heading", "summary", "label", "header"]
    .map((key) => attribute(attributes, key))
    .find((value) => value !== undefined && value !== "");

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** HTML within a heading or a cell: lists become bullets in the line, links and pictures their Markdown and their words. */
const inlineHtml = (text: string): string =>
  replaceTags(withLinks(text), ({ name, closing, attributes }) => {
    const lower = name.toLowerCase();
    if (lower === "li") return closing ? "" : " • ";
    if (lower === "img") return attribute(attributes, "alt") ?? "";
    return lower === "br" || /^(?:p|div|ul|ol|h[1-6])$/.test(lower) ? " " : "";
  });

/** Links as Markdown writes them: where a form or an address is may be all that is asked for. */
const withLinks = (text: string): string =>
  replaceBetween(
    text,
    { open: /<a(?=\s)([^<>]{0,4000})>/gi, close: /<\/a\s{0,9}>/gi, maxInside: maxHeading },
    (inside, opening) => {
      // A link around headings and paragraphs is a box on the page; they are read, not the link.
      if (/<(?:h[1-6]|p|div|li|section|article|table)\b|^\s*#/im.test(inside)) return inside;
      const label = oneLine(
        replaceTags(inside, ({ name, attributes }) => (name === "img" ? (attribute(attributes, "alt") ?? "") : "")),
      );
      const target = decodeEntities(attribute(opening[1]!, "href") ?? "").trim();
      if (label === "" || target === "" || /^(?:#|javascript:|data:)/i.test(target)) return label;
      return `[${label}](${target.replace(/[\s()<>]/g, (mark) => `%${mark.charCodeAt(0).toString(16).padStart(2, "0")}`)})`;
    },
  );

/** Rows as `| cell | cell |`, each on the line its `<tr>` stands on; tags need not be closed. */
function tableRows(inside: string): string {
  const first = inside.search(/<tr\b/i);
  const head = inside.slice(0, Math.max(0, first));
  const rows = first < 0 ? [] : inside.slice(first).split(/(?=<tr\b)/i);
  let ruled = false;
  const body = rows.map((row) => {
    const spare = row.split("\n").length - 1;
    const cells = row
      .split(/<t[dh]\b[^<>]*>/i)
      .slice(1)
      .map((cell) => oneLine(inlineHtml(cell)).replaceAll("|", "/"));
    if (cells.length === 0) return "\n".repeat(spare);
    const rule = !ruled && spare > 1 ? `\n|${" --- |".repeat(cells.length)}` : "";
    ruled = true;
    return `| ${cells.join(" | ")} |${rule}${"\n".repeat(Math.max(0, spare - (rule ? 1 : 0)))}`;
  });
  return "\n".repeat(head.split("\n").length - 1) + body.join("");
}
