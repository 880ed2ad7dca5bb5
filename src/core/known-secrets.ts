/** Names of variables, headers and query parameters that hold secrets; `PWD` alone is the folder one is in. */
const secretName =
  /(?:^|[_-])(?:API_?KEY|KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PASS|PAT|CONNECTION_?STRING|SAS)$|[_-]PWD$|^IDENTITY_HEADER$|(?:^|-)(?:AUTHORIZATION|COOKIE)$|^(?:sig|apikey)$/i;

/** What stands before a credential in a header. */
const scheme = /^(?:Bearer|Basic)\s+/i;

/** Shorter values are no secrets worth the name, and replacing them would eat ordinary words. */
const minLength = 8;

/** The secrets that an environment holds: by the names of its variables, and passwords in URLs. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const inUrl = passwordIn(value);
    return [
      ...(secretName.test(name) && isWorthHiding(value) ? [value.trim().replace(scheme, "")] : []),
      ...(inUrl === undefined ? [] : [inUrl]),
    ];
  });
}

/**
 * The secrets among values that were given on purpose, such as a server's variables and headers: by name, and what looks made by a machine.
 * Folders, addresses and words stay readable.
 */
export function secretsGiven(values: Readonly<Record<string, string>>): readonly string[] {
  const byLook = Object.values(values).map((value) => value.trim().replace(scheme, ""));
  return [...secretsIn(values), ...byLook.filter(isMachineMade)];
}

/** Long numbers in hex, and long mixtures: in names of models, releases and folders capitals, small letters and digits seldom take turns. */
function isMachineMade(value: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(value)) return true;
  if (!/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?![/.~])[\w+/=.~-]{20,}$/.test(value)) return false;
  const turns = value.match(/[a-z](?=[A-Z\d])|[A-Z](?=\d)|\d(?=[A-Za-z])/g) ?? [];
  return turns.length > value.length / 6;
}

function passwordIn(value: string): string | undefined {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:([^\s/@]+)@/i.exec(value.trim())?.[1];
  return password !== undefined && isWorthHiding(password) ? password : undefined;
}

/** A file that holds a key, by its path. */
const file = /^(?:~|\.{0,2}|[a-z]:)[\\/][^\r\n]*\.[a-z]{2,5}$/i;

/** A plain word is no secret even where one is expected, nor is a path. */
function isWorthHiding(value: string): boolean {
  const text = value.trim();
  if (file.test(text)) return false;
  return text.length >= 16 || (text.length >= minLength && /[^A-Za-z]/.test(text));
}

/** Makes a function that replaces these secrets wherever they stand, whole: raw, in JSON, percent-encoded, in base64 at any offset. */
export function knownSecrets(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((secret) => secret.length >= minLength).flatMap(formsOf))];
  if (forms.length === 0) return (text) => text;
  // Longer ones first: one secret may be the beginning of another.
  forms.sort((a, b) => b.length - a.length);
  const any = new RegExp(forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "gi");
  return (text) => text.replace(any, "[redacted]");
}

function formsOf(secret: string): readonly string[] {
  const decoded = decoding(secret);
  const plain = decoded === secret || decoded.length < minLength ? [secret] : [secret, decoded];
  return plain.flatMap((text) => {
    const inJson = JSON.stringify(text).slice(1, -1);
    return [text, inJson, encodeURIComponent(text), encodeURI(text), ...base64Forms(text)];
  });
}

function decoding(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const exact = bytes.toString("base64").replace(/=+$/, "");
  // Too short a stretch would be found in harmless text.
  return [exact, exact.replaceAll("+", "-").replaceAll("/", "_"), ...base64Stretches(bytes)].filter((form) => form.length >= 10);
}

/** What of the bytes' base64 is the same whatever stands before and after them: three offsets, two alphabets. */
export function base64Stretches(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const inner = shifted.toString("base64").slice(Math.ceil((offset * 4) / 3), Math.floor((shifted.length * 4) / 3));
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
