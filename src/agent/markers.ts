/** One reference of a marker: a stretch of numbered segments, or the model's signal about the whole answer. */
export type Reference =
  | { readonly key: string; readonly from: number; readonly to: number; readonly isBroken: boolean }
  | { readonly key: string; readonly signal: "none" | "partial"; readonly isBroken: boolean };

const open = "[[【⟦［]";
const close = String.raw`[\]】⟧］]`;
const inner = String.raw`[^[\]【】⟦⟧［］\n]`;
/** Longest inside of a bracket that can be a marker, in characters: about fifty references. */
const longest = 400;

/** A pair of brackets in the forms models write: doubled or single, 【】, ⟦⟧, ［］. The group is what stands inside. */
export const brackets = new RegExp(`(?<![ \\t])[ \\t]*${open}{1,2}(${inner}{0,${longest}})${close}{1,2}`, "g");

/** What may stand between two markers that belong together. */
export const betweenMarkers = /^[ \t]*[,;]$/;

/**
 * A tail that may still become a marker, or change how the one before it is read: white space, brackets with a comma or nothing between them,
 * an open bracket, or a link's beginning behind a bracket. Blanks have one way to match: with two, each bracket would double the time.
 */
const unfinished = new RegExp(
  `(?:(?<=^|${close})[ \\t]*[,;])?[ \\t]*(?:${open}{1,2}${inner}{0,${longest}}${close}{1,2}(?:[ \\t]*[,;])?[ \\t]*)*(?:${open}{1,2}${inner}{0,${longest}}|(?<=${close})\\([^\\s)]{0,7})?$`,
  "g",
);
/** No more of a tail is looked at, in characters, so that a text full of brackets takes no time to speak of. */
const longestTail = 1_000;
/** A place behind a bracket: there a long row of them can be cut. */
const behindBracket = new RegExp(`(?<=${close})(?!${close})`, "g");

/** Where the text ends that nothing which follows can change. */
export function decidedEnd(text: string): number {
  let from = text.length - longestTail;
  if (from > 0) {
    behindBracket.lastIndex = from;
    from = behindBracket.exec(text)?.index ?? from;
  }
  unfinished.lastIndex = Math.max(0, from);
  return unfinished.exec(text)!.index;
}

/** A key has a letter, so that times, versions and coordinates (`[[10.5, 20.3]]`) are none. */
const key = String.raw`(?=\d*[a-z])[a-z0-9]{2,8}`;
const number = String.raw`\d{1,6}(?:\s*[-–—]\s*(?:${key}[.:])?\d{1,6})?`;
const reference = `${key} ?[.:](?:${number}|none|partial)`;
const separator = String.raw`(?:\s*(?:[,;|/&+]|and)\s*|\s+)`;
/** Models repeat the key (`k3f9.12, k3f9.15`), or leave it out (`k3f9.12, 15`). */
const references = new RegExp(`^\\s*${reference}(?:${separator}(?:${reference}|${number}))*\\s*$`, "i");
const eachReference = new RegExp(
  String.raw`(?:(${key})( ?)[.:])?(?:(\d{1,6})(?:\s*[-–—]\s*(?:${key}[.:])?(\d{1,6}))?|(none|partial))`,
  "gi",
);
const eachKey = new RegExp(`(${key}) ?[.:]`, "gi");

/** The references inside a bracket; undefined where it holds anything else. */
export function referencesIn(inside: string): readonly Reference[] | undefined {
  if (!references.test(inside)) return undefined;
  let last = "";
  return Array.from(inside.matchAll(eachReference), ([, named, gap = "", from, to, word]): Reference => {
    last = named?.toLowerCase() ?? last;
    // The broken form is how look-alikes of tool text are shown.
    const isBroken = gap !== "";
    if (word !== undefined) return { key: last, signal: word.toLowerCase() === "none" ? "none" : "partial", isBroken };
    return { key: last, from: Number(from), to: Number(to ?? from), isBroken };
  });
}

/** The keys that the inside of a bracket speaks of. */
export const keysIn = (inside: string): readonly string[] =>
  Array.from(inside.matchAll(eachKey), ([, found]) => found!.toLowerCase());

/** A reference as people are told of it. */
export function referenceText(reference: Reference): string {
  if ("signal" in reference) return `${reference.key}.${reference.signal}`;
  const { key, from, to } = reference;
  return `${key}.${from}${to === from ? "" : `-${to}`}`;
}
