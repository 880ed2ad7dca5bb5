import { replaceBetween } from "./keep-lines.ts";

/** A template tag is not longer than this, in characters; anything else is text with braces in it. */
const maxTag = 2000;

/**
 * Template tags (Liquid, Jekyll, Hugo, Nunjucks) as the text they stand for: `{% slack_channel "help" %}` is "#help",
 * `{% page "/leave/" %}` inside a link is its path, `{{ "text" | filter }}` is its text, comments vanish, other tags lose their braces' content.
 */
export function resolveShortcodes(text: string): string {
  if (!text.includes("{")) return text;
  let resolved = replaceBetween(
    text,
    { open: /\{%-?\s{0,9}comment\s{0,9}-?%\}/g, close: /\{%-?\s{0,9}endcomment\s{0,9}-?%\}/g },
    () => "",
  );
  resolved = replaceBetween(
    resolved,
    { open: /\{#(?!\s{0,9}[\w-]{1,99}\s{0,9}\})/g, close: /#\}/g, maxInside: maxTag },
    () => "",
  );
  resolved = replaceBetween(resolved, { open: /\{%-?/g, close: /-?%\}/g, maxInside: maxTag }, (inside) => tagText(inside));
  resolved = replaceBetween(
    resolved,
    { open: /\{\{[<%]?-?/g, close: /-?[>%]?\}\}/g, maxInside: maxTag },
    (inside) => quoted(inside) ?? "",
  );
  // Attribute lists of kramdown carry no text; explicit heading ids ({#id}) are read with their headings.
  return resolved.replace(/\{:[^{}\n]*\}/g, "");
}

const quoted = (text: string): string | undefined =>
  /"([^"]*)"|'([^']*)'/
    .exec(text)
    ?.slice(1)
    .find((part) => part !== undefined);

function tagText(inside: string): string {
  const [, name = "", rest = ""] = /^\s*([\w-]+)([\s\S]*)$/.exec(inside) ?? [];
  if (/slack|channel/.test(name)) {
    const channel = quoted(rest);
    return channel === undefined ? "" : `#${channel.replace(/^#/, "")}`;
  }
  if (/^(?:page|link|url|ref|relref|post_url|asset|static)$/.test(name))
    return (quoted(rest) ?? rest).trim().replace(/\s/g, "%20");
  if (/image|figure|img/.test(name)) return /alt\s*[:=]\s*["']([^"']*)["']/.exec(rest)?.[1] ?? secondQuoted(rest) ?? "";
  const label = /(?:question|title|heading|label|text|summary|content)\s*[:=]\s*["']([^"']+)["']/.exec(rest)?.[1];
  if (label !== undefined) return `**${label}**`;
  return /^(?:alert|callout|note|warning|tip|info|details|accordion|tab)$/.test(name) ? (quoted(rest) ?? "") : "";
}

const secondQuoted = (text: string): string | undefined => [...text.matchAll(/"([^"]*)"/g)][1]?.[1];
