/** An HTML tag as it stands in a text. */
export interface Tag {
  /** As written; JSX components begin with a capital. */
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: string;
  readonly whole: string;
}

/** A tag is not longer than this, in characters; a longer one is text with an angle bracket in it. */
const maxTag = 4000;

/** Replaces every tag, in one pass over the text; what looks like a tag and does not end is left alone. */
export function replaceTags(text: string, replace: (tag: Tag) => string): string {
  let out = "";
  let done = 0;
  const opening = /<(\/?)([A-Za-z][\w.:-]{0,60})/g;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const from = match.index + match[0].length;
    const end = endOfTag(text, from);
    if (end === undefined) continue;
    const tag = {
      name: match[2]!,
      closing: match[1] === "/",
      attributes: text.slice(from, end).replace(/\/$/, ""),
      whole: text.slice(match.index, end + 1),
    };
    out += text.slice(done, match.index) + replace(tag);
    done = end + 1;
    opening.lastIndex = done;
  }
  return out + text.slice(done);
}

/** Place of the `>` that ends a tag: not within quotes or braces, before any other tag begins. */
function endOfTag(text: string, from: number): number | undefined {
  if (!/[\s/>]/.test(text[from] ?? "")) return undefined;
  let quote = "";
  for (let at = from; at < Math.min(text.length, from + maxTag); at++) {
    const char = text[at]!;
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "{") quote = "}";
    else if (char === ">") return at;
    else if (char === "<") return undefined;
  }
  return undefined;
}

/** The value of an attribute, quoted or in JSX braces. */
export function attribute(attributes: string, key: string): string | undefined {
  const match = new RegExp(
    `(?:^|\\s)${key}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|\\{\\s*["'\`]([^"'\`]*)["'\`]\\s*\\}|([^\\s"'{}<>]+))`,
    "i",
  ).exec(attributes);
  return match?.slice(1).find((value) => value !== undefined);
}
