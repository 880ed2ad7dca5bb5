import { replaceKeepingLines } from "./keep-lines.ts";

/**
 * Template tags (Liquid, Jekyll, Hugo, Nunjucks) as the text they stand for: `{% slack_channel "help" %}` is "#help",
 * `{% page "/leave/" %}` inside a link is its path, `{{ "text" | filter }}` is its text, comments vanish, other tags lose their braces' content.
 */
export function resolveShortcodes(text: string): string {
  if (!text.includes("{")) return text;
  let resolved = replaceKeepingLines(text, /\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*endcomment\s*-?%\}/g, () => "");
  resolved = replaceKeepingLines(resolved, /\{#(?!\s*[\w-]+\s*\})[\s\S]*?#\}/g, () => "");
  resolved = replaceKeepingLines(resolved, /\{%-?\s*([\w-]+)([\s\S]*?)-?%\}/g, (_, name, rest) => tagText(name!, rest!));
  resolved = replaceKeepingLines(resolved, /\{\{[<%]?-?\s*([\s\S]*?)\s*-?[>%]?\}\}/g, (_, inside) => quoted(inside!) ?? "");
  // Attribute lists of kramdown carry no text; explicit heading ids ({#id}) are read with their headings.
  return resolved.replace(/\{:[^}\n]*\}/g, "");
}

const quoted = (text: string): string | undefined =>
  /"([^"]*)"|'([^']*)'/
    .exec(text)
    ?.slice(1)
    .find((part) => part !== undefined);

function tagText(name: string, rest: string): string {
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
