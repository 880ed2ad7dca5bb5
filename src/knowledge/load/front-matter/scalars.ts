/** A quoted text without its quotes, a plain one without its comment. */
export function unquote(text: string): string {
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (double) return double[1]!.replace(/\\(["\\])/g, "$1");
  const single = /^'((?:[^']|'')*)'/.exec(text);
  if (single) return single[1]!.replaceAll("''", "'");
  return text.replace(/\s+#.*$/, "").trim();
}

/** True for a text that YAML reads as it stands: no quote, list, mapping, anchor, alias, tag or text block. */
export const isPlainScalar = (text: string): boolean => /^[^\s"'[\]{}&*!|>%@`#-](?:(?!: |:$| #)[^[\]{}"])*$/.test(text);

const flowItem = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s"'[\]{},&*!|>%@`#](?:[^"'[\]{},]*[^"'[\]{},\s])?))\s*/y;

/** The texts of `[a, "b", 'c']`; undefined for anything else, nested lists among them. A comma inside quotes separates nothing. */
export function flowItems(text: string): string[] | undefined {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const items: string[] = [];
  for (let at = 0; at < inner.length; at++) {
    if (isBlank(inner, at)) break;
    flowItem.lastIndex = at;
    const match = flowItem.exec(inner);
    if (match === null) return undefined;
    const [whole, double, single, plain] = match;
    if (plain !== undefined && /: |:$/.test(plain)) return undefined;
    items.push(double?.replace(/\\(["\\])/g, "$1") ?? single?.replaceAll("''", "'") ?? plain!);
    at += whole.length;
    if (at < inner.length && inner[at] !== ",") return undefined;
  }
  return items;
}

const blank = /\s*$/y;
function isBlank(text: string, from: number): boolean {
  blank.lastIndex = from;
  return blank.test(text);
}
