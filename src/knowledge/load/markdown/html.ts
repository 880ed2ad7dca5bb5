import { replaceKeepingLines } from "./keep-lines.ts";

const blockTags =
  "p|div|section|article|header|footer|main|aside|nav|figure|figcaption|blockquote|dl|dt|dd|ul|ol|details|center|address";

/**
 * HTML inside Markdown as Markdown: tables become pipe rows (one line a row), headings, list items and links their Markdown forms,
 * the question attributes of components (`<Accordion question="...">`) bold lines; other tags vanish without tearing words apart.
 */
export function resolveHtml(text: string): string {
  if (!/<[a-zA-Z!/]/.test(text)) return text;
  let out = replaceKeepingLines(text, /<(script|style|template|noscript)\b[\s\S]*?<\/\1\s*>/gi, () => "");
  out = replaceKeepingLines(out, /<table\b[^>]*>([\s\S]*?)(?:<\/table\s*>|$)/gi, (_, inside) => tableRows(inside!));
  out = replaceKeepingLines(
    out,
    /<h([1-6])\b[^>]*>([\s\S]*?)<\/h\1\s*>/gi,
    (_, level, inside) => `${"#".repeat(Number(level))} ${oneLine(inlineHtml(inside!))}`,
  );
  out = replaceKeepingLines(
    out,
    /<summary\b[^>]*>([\s\S]*?)<\/summary\s*>/gi,
    (_, inside) => `**${oneLine(inlineHtml(inside!)).replace(/\*\*/g, "")}**`,
  );
  out = replaceKeepingLines(
    out,
    /<([A-Za-z][\w.-]*)((?:\s+[\w:@-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|\{[^}]*\}|[^\s"'>]+))?)*)\s*\/?>/g,
    openTag,
  );
  out = out.replace(new RegExp(`</(?:${blockTags}|li|tr)\\s*>`, "gi"), " ").replace(/<\/[A-Za-z][\w.-]*\s*>/g, "");
  return out;
}

function openTag(whole: string, name: string, attributes: string): string {
  const lower = name.toLowerCase();
  if (lower === "br") return whole.includes("\n") ? "\n" : " ";
  if (lower === "li") return "- ";
  if (lower === "img") return attribute(attributes, "alt") ?? "";
  if (/^(?:https?|mailto)$/.test(lower)) return whole;
  const label = /^[A-Z]/.test(name) || lower.includes("-") ? componentLabel(attributes) : undefined;
  if (label !== undefined) return `**${label}**`;
  if (!knownTag.test(lower) && attributes === "" && !/^[A-Z]/.test(name)) return whole;
  return new RegExp(`^(?:${blockTags})$`).test(lower) ? " " : "";
}

// A placeholder such as `<your-name>` is text, not a tag.
const knownTag =
  /^(?:a|abbr|b|bdi|big|button|caption|cite|code|col|colgroup|del|dfn|em|font|form|hr|i|iframe|input|ins|kbd|label|legend|mark|object|option|p|picture|pre|q|s|samp|select|small|source|span|strike|strong|sub|summary|sup|tbody|td|textarea|tfoot|th|thead|time|tr|track|tt|u|unlink|var|video|wbr|audio|canvas|embed|param|svg|path|map|area|fieldset|p|div|section|article|header|footer|main|aside|nav|figure|figcaption|blockquote|dl|dt|dd|ul|ol|details|center|address)$/;

function componentLabel(attributes: string): string | undefined {
  return ["question", "title", "heading", "summary", "label", "header"]
    .map((key) => attribute(attributes, key))
    .find((value) => value !== undefined && value !== "");
}

function attribute(attributes: string, key: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${key}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|\\{\\s*["'\`]([^"'\`]*)["'\`]\\s*\\})`, "i").exec(
    attributes,
  );
  return match?.slice(1).find((value) => value !== undefined);
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

const inlineHtml = (text: string): string =>
  text
    .replace(/<br\s*\/?>/gi, " ")
    .replace(/<li\b[^>]*>/gi, " • ")
    .replace(
      /<a\b[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/a\s*>/gi,
      (_, href: string, label: string) => `[${oneLine(label.replace(/<[^>]*>/g, ""))}](${href})`,
    )
    .replace(/<img\b[^>]*?alt\s*=\s*["']([^"']*)["'][^>]*>/gi, "$1")
    .replace(/<\/?(?:p|div|ul|ol|h[1-6])\b[^>]*>/gi, " ")
    .replace(/<[^>]*>/g, "");

/** Rows as `| cell | cell |`, each on the line its `<tr>` stands on; tags need not be closed. */
function tableRows(inside: string): string {
  const head = inside.slice(0, Math.max(0, inside.search(/<tr\b/i)));
  const rows = inside.slice(head.length).split(/(?=<tr\b)/i);
  let ruled = false;
  const body = rows.map((row) => {
    const cells = row
      .split(/<t[dh]\b[^>]*>/i)
      .slice(1)
      .map((cell) => oneLine(inlineHtml(cell)).replaceAll("|", "/"));
    if (cells.length === 0) return "\n".repeat(row.split("\n").length - 1);
    const line = `| ${cells.join(" | ")} |`;
    const spare = row.split("\n").length - 1;
    const rule = !ruled && spare > 1 ? `\n|${" --- |".repeat(cells.length)}` : "";
    ruled = true;
    return line + rule + "\n".repeat(Math.max(0, spare - (rule ? 1 : 0)));
  });
  return "\n".repeat(head.split("\n").length - 1) + body.join("");
}
