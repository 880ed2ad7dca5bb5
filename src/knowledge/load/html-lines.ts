/** Elements that stand on lines of their own, and what comes between them and what stands before or after. */
const paragraphs = new Set(
  "h1 h2 h3 h4 h5 h6 p div section article main blockquote ul ol dl table figure details summary pre hr address".split(" "),
);
const items = new Set(["li", "dt", "dd"]);

const tag = /<(\/?)([a-z][a-z0-9]*)\b[^<>]*>/gi;

/**
 * Gives the blocks of a page lines of their own where the page, as generators write it, has many on one line: headings, paragraphs, items
 * and rows would run together otherwise. Lines that are there stay; text in tables is broken at rows only.
 */
export function blocksOnLines(html: string): string {
  const parts: string[] = [];
  /** True while nothing but space and block tags stands on the line. */
  let fresh = true;
  /** Rows so far of the tables that are open, the innermost last. */
  const rows: number[] = [];
  let last = 0;
  const add = (text: string): void => {
    parts.push(text);
    const line = text.slice(text.lastIndexOf("\n") + 1);
    fresh = (fresh || line.length < text.length) && line.trim() === "";
  };
  for (const match of html.matchAll(tag)) {
    const [whole, slash, written] = match;
    const name = written!.toLowerCase();
    const closing = slash !== "";
    add(html.slice(last, match.index));
    last = match.index + whole.length;
    const inTable = rows.length > 0;
    if (name === "tr" && inTable && !closing) {
      // The line below the first row has room for the rule that makes it a head.
      if (!fresh) parts.push(rows.at(-1) === 1 ? "\n\n" : "\n");
      rows[rows.length - 1]!++;
    }
    const gap =
      inTable && !(name === "table" && rows.length === 1) ? "" : paragraphs.has(name) ? "\n\n" : items.has(name) ? "\n" : "";
    const breaks = gap !== "" && !fresh && !(closing && endsLine(html, last));
    if (breaks && !closing) parts.push(gap);
    parts.push(whole);
    if (breaks && closing) parts.push(gap);
    if (name === "tr") fresh = fresh && !inTable;
    else if (gap === "") fresh &&= /^(?:html|body|thead|tbody|tfoot|span)$/.test(name);
    else if (breaks) fresh = true;
    if (name === "table" && closing) rows.pop();
    else if (name === "table") rows.push(0);
  }
  parts.push(html.slice(last));
  return parts.join("");
}

const lineEnd = /[ \t]*(?:\n|$)/y;
function endsLine(text: string, from: number): boolean {
  lineEnd.lastIndex = from;
  return lineEnd.test(text);
}
