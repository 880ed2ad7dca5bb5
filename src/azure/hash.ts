/** The first `length` hexadecimal digits (at most 64) of a text's SHA-256. The module is loaded at the first use: most processes never need it. */
export function shortHash(text: string, length: number): string {
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex").slice(0, length);
}
