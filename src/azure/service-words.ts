/** Longest part of a service's own words that enters a message, in characters. */
const maxLength = 400;

/** A service's own words, fit for a message on a terminal: no control or bidi characters, not too long. */
export function serviceWords(words: string): string {
  const clean = words.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, " ").trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength)}…`;
}

/** Removes secrets from text that came back from a service (some gateways echo request headers), raw, base64 or URL-encoded. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets.flatMap(formsOf)) masked = masked.replaceAll(secret, "[redacted]");
  return masked;
}

function formsOf(header: string): readonly string[] {
  const value = header.replace(/^Bearer /, "");
  // Shorter values are no secrets, and masking them would eat ordinary words.
  if (value.length < 8) return [];
  const base64 = Buffer.from(value).toString("base64").replace(/=+$/, "");
  return [...new Set([value, encodeURIComponent(value), base64, Buffer.from(value).toString("base64url")])];
}
