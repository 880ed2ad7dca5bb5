/** True where a path is a pattern: `docs/**\/*.md`, `kb/{a,b}.json`. */
export const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path);

/** The folder a pattern starts from and the rest of it: `docs` and `**\/*.md`. */
export function splitGlob(path: string): { readonly folder: string; readonly pattern: string } {
  const parts = path.split("/");
  const first = parts.findIndex(isGlob);
  return { folder: parts.slice(0, first).join("/") || (path.startsWith("/") ? "/" : "."), pattern: parts.slice(first).join("/") };
}

/**
 * A pattern as a regular expression over a whole path: `*` and `?` stay within a segment, `**` spans segments, `{a,b}` and `[ab]` as in shells.
 * Linear in the length of the path: no nested repetition is ever made.
 */
export function globToRegExp(pattern: string): RegExp {
  let source = "";
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "*" && pattern[i + 1] === "*") {
      const wholeSegment = (i === 0 || pattern[i - 1] === "/") && pattern[i + 2] === "/";
      source += wholeSegment ? "(?:.*/)?" : ".*";
      i += wholeSegment ? 2 : 1;
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "{") {
      source += "(?:";
      depth++;
    } else if (char === "}" && depth > 0) {
      source += ")";
      depth--;
    } else if (char === "," && depth > 0) source += "|";
    else if (char === "[" && pattern.indexOf("]", i) > i + 1) {
      const end = pattern.indexOf("]", i);
      source += `[${pattern
        .slice(i + 1, end)
        .replace(/^!/, "^")
        .replace(/[\\[]/g, "\\$&")}]`;
      i = end;
    } else source += char.replace(/[.+^$()|\\[\]{}]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}${")".repeat(depth)}$`, "u");
  } catch {
    // A set such as [z-a] means nothing in shells either: it stands for itself.
    return new RegExp(`^${pattern.replace(/[.+^$()|\\[\]{}*?/]/g, "\\$&")}$`, "u");
  }
}

/** Decides by the lines of an ignore file (as git reads them) whether a path below its folder is left out. */
export function ignoreRules(text: string): (path: string) => boolean {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const negated = trimmed.startsWith("!");
    const pattern = trimmed.replace(/^!/, "").replace(/\/$/, "");
    const anchored = pattern.includes("/");
    const body = pattern.replace(/^\//, "");
    const matches = [globToRegExp(anchored ? body : `**/${body}`), globToRegExp(anchored ? `${body}/**` : `**/${body}/**`)];
    return [{ negated, matches: (path: string) => matches.some((expression) => expression.test(path)) }];
  });
  return (path) => rules.reduce((ignored, rule) => (rule.matches(path) ? !rule.negated : ignored), false);
}
