/** A title from a path: the file's name without extension, or its folder's for `index` and `README`. */
export function titleFromPath(path: string): string {
  const parts = path.split("/");
  const file = parts.at(-1) ?? path;
  const base = file.replace(/\.[^.]+$/, "");
  const name = /^(?:index|readme)$/i.test(base) ? (parts.at(-2) ?? base) : base;
  return name.replace(/[-_]+/g, " ").replace(/\s+/g, " ").trim();
}

/** Text of a heading or title without Markdown and HTML marks. */
export function plainHeading(text: string): string {
  return text
    .replace(/\{[#:][^}]*\}\s*$/, "")
    .replace(/<[^>]*>/g, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]*)\]\[[^\]]*\]/g, "$1")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(/(\*\*|__|`)/g, "")
    .replace(/(^|\W)[*_](\S[^*_]*)[*_](?=\W|$)/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
}
