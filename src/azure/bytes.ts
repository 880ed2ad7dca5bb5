/** Below this many bytes a loop beats the call into native code. */
const shortLength = 24;

/** Whether `literal` stands at a position of `bytes`, wholly before `end`. */
export function standsAt(bytes: Buffer, literal: Buffer, at: number, end: number): boolean {
  const { length } = literal;
  if (at + length > end) return false;
  if (length > shortLength) return bytes.compare(literal, 0, length, at, at + length) === 0;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}
