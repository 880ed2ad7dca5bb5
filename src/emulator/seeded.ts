import { createHash } from "node:crypto";

const hexDigits = "0123456789abcdef";
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A stream of choices that depends on its seed text alone: ids, padding and the like are the same for the same request. */
export interface Seeded {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  hex(length: number): string;
  letters(length: number): string;
}

/** SHA-256 of the parts, as hex. */
export function digest(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

/** Starts a stream from a seed text (mulberry32 over the first bytes of its SHA-256). Not for secrets. */
export function seeded(seed: string): Seeded {
  let state = Number.parseInt(digest(seed).slice(0, 8), 16) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const pick = (alphabet: string, length: number): string => {
    let out = "";
    for (let i = 0; i < length; i++) out += alphabet[Math.floor(next() * alphabet.length)];
    return out;
  };
  return { next, hex: (length) => pick(hexDigits, length), letters: (length) => pick(letters, length) };
}
