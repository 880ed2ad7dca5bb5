/**
 * Foreign text, safe to print, to log and to show to a model: control, invisible and direction-changing characters are
 * written out as escapes, lone surrogates become U+FFFD. Newlines and tabs stay.
 * Works character by character, so text cut anywhere is as safe as the whole. Ordinary text comes back unchanged (the same string).
 */
export function neutralise(text: string): string {
  if (!unsafe.test(text)) return text.isWellFormed() ? text : text.toWellFormed();
  return text.toWellFormed().replace(/\r\n/g, "\n").replace(unsafeAll, visible);
}

// C0 except tab and newline, DEL, C1; soft hyphen, zero-width and bidi controls, invisible operators, variation tricks, byte-order mark,
// interlinear annotation, and the whole tag block, in which text can be hidden from people but not from models.
const unsafeClass =
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]";
const unsafe = new RegExp(unsafeClass, "u");
const unsafeAll = new RegExp(unsafeClass, "gu");

function visible(character: string): string {
  const code = character.codePointAt(0)!;
  if (code === 0x0d || code === 0x2028 || code === 0x2029) return "\n";
  if (code === 0x0b || code === 0x0c) return "\n";
  if (code === 0xad || code === 0xfeff) return "";
  // Not the pictures of U+2400: the last byte of some of them is itself a terminal control in eight-bit terminals.
  if (code < 0xa0) return `\\x${code.toString(16).padStart(2, "0")}`;
  return `\\u{${code.toString(16)}}`;
}

/**
 * Text on its way to a terminal or a program: what `neutralise` finds unsafe is written as JSON escapes it (`\\u001b`), so that a line of JSON
 * stays the same JSON. Soft hyphens and byte-order marks, which no terminal acts on, stay.
 */
export function escapeUnsafe(text: string): string {
  if (!unsafe.test(text)) return text;
  return text.replace(/\r\n?/g, "\n").replace(unsafeAll, (character) => {
    if (character === "\u00ad" || character === "\ufeff") return character;
    return Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join("");
  });
}

/** One line of foreign text for messages: neutralised, white space folded, cut to `maxLength` characters with an ellipsis. */
export function oneLine(text: string, maxLength = 300): string {
  const line = neutralise(text.slice(0, maxLength * 8))
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= maxLength
    ? line
    : `${line
        .slice(0, maxLength - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

// Bounded repeats: the text is a server's, and unbounded ones could be made to take minutes.
const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s{1,3}[A-Za-z0-9._~+/=-]{8,4000}/gi, "$1 [redacted]"],
  [
    /\b([A-Za-z0-9_-]{0,40}(?:key|token|secret|password|passwd|pwd|authorization|credential)[A-Za-z0-9_-]{0,40}"?\s{0,3}[=:]\s{0,3}"?)[^\s"',;&]{4,4000}/gi,
    "$1[redacted]",
  ],
  [/([?&;](?:k|sig|code)=)[^\s&"')]{4,4000}/gi, "$1[redacted]"],
  [/\bey[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{0,1000}/g, "[redacted]"],
];

/** What a failing server said, without what looks like a credential: servers print the variables they were given. */
export function withoutSecrets(text: string): string {
  return secretShapes.reduce((clean, [shape, replacement]) => clean.replace(shape, replacement), text);
}
