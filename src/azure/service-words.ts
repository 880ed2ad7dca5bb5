import { base64Stretches } from "../core/known-secrets.ts";

/** Longest part of a service's own words that enters a message, in characters. */
const maxLength = 400;

/** A service's own words, fit for a message on a terminal: no control or bidi characters, not too long. */
export function serviceWords(words: string): string {
  const clean = words.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, " ").trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength)}…`;
}

/** Shortest stretch of a secret that is masked, in characters: services show a few at either end of a key to tell which one it was. */
const shortestStretch = 10;

/**
 * Removes secrets from text that came back from a service (some gateways echo request headers): raw, URL-encoded, as base64 or hexadecimal
 * digits. Of what looks made by a machine also stretches, as of keys that are shown with their middle starred out; of names
 * (`contoso-chatbot-eu`) only the whole.
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const value of new Set(secrets.map((secret) => secret.replace(/^Bearer /, "")))) {
    // Shorter values are no secrets, and masking them would eat ordinary words.
    if (value.length < 8) continue;
    for (const form of formsOf(value)) masked = maskStretches(masked, form, form.length);
    if (isMadeByMachine(value)) masked = maskStretches(masked, value, shortestStretch);
  }
  return masked;
}

/** What must never be told of the headers and the query of an address that were given besides the credential: all but plain words (`production`). */
export function secretsBeside(headers: Readonly<Record<string, string>>, address: string | undefined): readonly string[] {
  const query = address === undefined ? [] : [...new URL(address).searchParams].filter(([name]) => name !== "api-version");
  return [...Object.values(headers), ...query.map(([, value]) => value)].filter((value) => !/^[a-z]{0,15}$/i.test(value));
}

/** Names and versions, too, hold letters and digits, but not in one long word. */
function isMadeByMachine(value: string): boolean {
  return value.split(/[-._/:;,=\s]+/).some((word) => word.length >= 12 && /[a-z]/i.test(word) && /\d/.test(word));
}

/** Removes what the text shares with `secret` in stretches of at least `size` characters, in whatever case of letters. */
function maskStretches(text: string, secret: string, size: number): string {
  const sought = secret.toLowerCase();
  const where = text.toLowerCase();
  // Lower case of some letters is longer, and then places do not agree.
  if (where.length !== text.length) return text.replaceAll(secret, "[redacted]");
  if (size === sought.length && !where.includes(sought)) return text;
  const pieces = new Set(Array.from({ length: sought.length - size + 1 }, (_, at) => sought.slice(at, at + size)));
  let masked = "";
  let shownTo = 0;
  for (let at = 0; at + size <= text.length; at++) {
    if (!pieces.has(where.slice(at, at + size))) continue;
    let end = at + size;
    while (end < text.length && pieces.has(where.slice(end + 1 - size, end + 1))) end++;
    masked += `${text.slice(shownTo, at)}[redacted]`;
    shownTo = end;
    at = end - 1;
  }
  return masked + text.slice(shownTo);
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [...new Set([value, encodeURIComponent(value), bytes.toString("hex"), ...base64Stretches(bytes)])];
}
