import { LecternError } from "../../core/errors.ts";

/**
 * Bytes as text: UTF-8, UTF-16 by its byte order mark, else Windows-1252 (which old exports are in). Control characters other than
 * tab and line ends are dropped. Throws `config` for binary data.
 */
export function decodeText(bytes: Uint8Array): string {
  return decode(bytes)
    .replace(/^[\ufeff\u200b]+/, "")
    .replace(/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/g, "")
    .replaceAll("\f", "\n");
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.subarray(0, 8000).includes(0))
    throw new LecternError("config", "is binary, not text", { fix: "Leave the file out, or save it as text." });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // One damaged byte must not turn the byte order mark into letters before the front matter.
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return new TextDecoder("windows-1252").decode(marked ? bytes.subarray(3) : bytes);
  }
}
