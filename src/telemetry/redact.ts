import { knownSecrets } from "../core/known-secrets.ts";

/** What stands in a secret's place. */
const redacted = "[redacted]";

/** Kinds of keys and tokens that are secrets; `max_tokens` and `cache_key` are none. */
const kinds =
  "api|access|account|subscription|client|private|shared|signing|encryption|storage|function|host|master|auth|refresh|bearer|id|session|security|sas|app|bot|user|db";
/** Names under which secrets travel, in headers, settings and tool arguments. */
const names = `[\\w.-]{0,60}(?:${kinds})[-_]?(?:key|token|secret|password)|(?:shared[-_]?)?secret|password|passwd|passphrase|(?:proxy-)?authorization|(?:set-)?cookie|credential|connection[-_]?string|instrumentationkey|sharedaccess(?:key|signature)|token`;
/** The same in variables. */
const variables = "[A-Z0-9_]{1,60}_(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)";

const secretName = new RegExp(`^(?:${names}|pwd|key)$`, "i");
const secretVariable = new RegExp(`^${variables}$`);
const isSecretName = (name: string): boolean => secretName.test(name) || secretVariable.test(name);

const bare = "[^\\s\"',;&<>{}\\\\]";
/** A value behind a name: not yet replaced, no scheme of a header, and no bare number (counts are no secrets). */
const value = `(?!\\[redacted|(?:Bearer|Basic)\\b)(?![\\d.,]+(?![\\w+/=-]))${bare}{4,}`;
/** `name=value` and `"name": "value"`, the quotes perhaps escaped; behind a colon without quotes no plain word, which would be prose. */
const between = `(?:\\\\?["']?\\s*=\\s*\\\\?["']?|\\\\?["']?\\s*:\\s*\\\\?["']|\\s*:\\s*(?=${bare}*[^A-Za-z\\s"',;&<>{}\\\\]))`;

/** Looks of secrets; what the first group matches stays. The order matters: wide ones first. */
const looks: readonly RegExp[] = [
  // Private keys, also with their line ends escaped, and cut ones.
  /()-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
  /(\b(?:Bearer|Basic|SharedAccessSignature)\s+)[\w.~+/=%&-]{8,}/gi,
  // JSON Web Tokens: three parts, the first two of them JSON.
  /()\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  // user:password@ of a URL.
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>:]{0,200}:[^\s/@"'<>]{1,200}(?=@)/gi,
  // Values of connection strings and queries.
  /(\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey|Password|Pwd)\s*=\s*)[^;\s"'\\]{4,}/gi,
  /([?&;](?:sig|code|key|token|[\w-]{0,40}(?:api|subscription|access|client|function)[-_]?(?:key|token|secret))=)[^&\s"'<>\\]{4,}/gi,
  new RegExp(`((?<![\\w.-])(?:${names})${between})${value}`, "gi"),
  new RegExp(`((?<!\\w)${variables}${between})${value}`, "g"),
  // Keys by their makers' prefixes.
  /()\b(?:sk-[\w-]{16,}|gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,})/g,
  // Keys of Azure's newer generation, of storage accounts and the like: long, and of all sorts of characters.
  /()(?<![\w+/-])(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{80,}={0,2}/g,
  /()(?<![\w+/-])[A-Za-z0-9+/]{40,}={1,2}/g,
  // Short base64, raw and percent-encoded, where it cannot be a word: padding, and what only base64 has.
  /()(?<![\w+/%-])(?=[A-Za-z0-9]*[+/])(?=[A-Za-z+/]*\d)[A-Za-z0-9+/]{12,39}={1,2}(?![\w=])/g,
  /()(?<![\w%])(?=[A-Za-z0-9]*%2[FB])(?:[A-Za-z0-9]|%2[FB]){8,200}(?:%3D){1,2}(?![\w%])/gi,
];

/** Keys of Azure's older generation: 32 hexadecimal digits, and 64 of other makers. */
const hexKey = /(?<![\w-])(?:[0-9a-f]{32}|[0-9a-f]{64})(?![\w-])/gi;
/** A digest or a trace id that says so is no key. */
const saysDigest =
  /(?:sha-?\d{1,3}|md5|hash|digest|etag|checksum|commit|trace[-_]?id|traceparent)\\?["']?\s*[-:=/]?\s*\\?["']?$/i;

const iban = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g;

/** An account number is one when its checksum holds. Source: ISO 13616. */
function isIban(text: string): boolean {
  const plain = text.replaceAll(" ", "");
  if (plain.length < 15 || plain.length > 34) return false;
  const digits = `${plain.slice(4)}${plain.slice(0, 4)}`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** A text with everything that looks like a secret replaced by `[redacted]`. */
export function redactText(text: string): string {
  let clean = text;
  for (const look of looks) clean = clean.replace(look, (_: string, kept: string) => `${kept}${redacted}`);
  clean = clean.replace(hexKey, (found, at: number) =>
    saysDigest.test(clean.slice(Math.max(0, at - 24), at)) ? found : redacted,
  );
  return clean.replace(iban, (found) => (isIban(found) ? redacted : found));
}

export interface Redactor {
  text(text: string): string;
  /** A copy of any value with secrets replaced, by name, by look and by value; depth and length are bounded. */
  value(value: unknown): unknown;
}

const maxText = 20_000;
const maxEntries = 200;
const maxDepth = 6;

/** Replaces what looks like a secret, and the given secrets in every form in which they travel: raw, base64, percent-encoded, in JSON. */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const known = knownSecrets(secrets);
  const text = (raw: string): string => redactText(known(raw.length > maxText ? `${raw.slice(0, maxText)}…` : raw));
  const value = (raw: unknown, depth: number): unknown => {
    if (typeof raw === "string") return text(raw);
    if (typeof raw !== "object" || raw === null) return raw;
    if (depth > maxDepth) return "[deep]";
    if (raw instanceof Error) return { name: raw.name, message: text(raw.message) };
    if (Array.isArray(raw)) return raw.slice(0, maxEntries).map((entry) => value(entry, depth + 1));
    return Object.fromEntries(
      Object.entries(raw)
        .slice(0, maxEntries)
        .map(([key, entry]) => [text(key), typeof entry === "string" && isSecretName(key) ? redacted : value(entry, depth + 1)]),
    );
  };
  return { text, value: (raw) => value(raw, 0) };
}
