const masked = "REDACTED";

/** Names of secrets in running text: in JSON, in code, in settings. */
const named =
  "(?:api[-_ ]?key|access[-_]?key|account[-_]?key|private[-_]?key|subscription[-_]?key|(?:access|auth|refresh|session|security|sas)[-_]?token|secret|password|passwd|pwd|connection[-_]?string)";

/** What secrets look like in running text. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,8000}?-----END [A-Z ]*PRIVATE KEY-----/g,
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/-]{12,}=*/gi,
  /\b(?:sk|pk|rk)-[\w-]{16,}/g,
  /\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}/g,
  /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|sig)=[^;&\s"']{8,}/gi,
  // Azure keys: 32 hex digits (or two of them), or 84 letters and digits. Ids have a prefix and an underscore before theirs.
  /\b[0-9a-f]{32}(?:[0-9a-f]{32})?\b/gi,
  /\b[A-Za-z0-9]{84}\b/g,
];

/** Secrets known by what stands before them, which is kept. No run is unbounded before its end: a long text costs linear time. */
const introduced: readonly RegExp[] = [
  // "api_key": "...", password='...', also escaped once more; PASSWORD=..., api-key: abc123
  new RegExp(`(${named}\\\\*["']?\\s*[:=]\\s*\\\\*["'])([^"'\\\\\\s]{6,})`, "gi"),
  new RegExp(`(${named}\\s*=\\s*)([^\\s"'&;,]{6,})`, "gi"),
  new RegExp(`(${named}:\\s*)(?=\\S{0,200}\\d)([^\\s"'&;,]{8,})`, "gi"),
  /(\b[A-Z][A-Z0-9_]{0,60}_(?:KEY|TOKEN|SECRET|PASSWORD)\s*=\s*["']?)([^\s"']{6,})/g,
  // https://user:password@host
  /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,200}:)([^\s/@]{1,500})(?=@)/gi,
  // A part of a form.
  new RegExp(`(name="[^"\\r\\n]{0,60}${named}"[^\\r\\n]{0,200}(?:\\r?\\n[^\\r\\n]{1,200}){0,4}\\r?\\n\\r?\\n)([^\\r\\n]+)`, "gi"),
];

/** Masks whatever looks like a secret. */
export function maskShapes(text: string): string {
  let out = text;
  for (const pattern of introduced) out = out.replace(pattern, `$1${masked}`);
  for (const pattern of shapes) out = out.replace(pattern, masked);
  return out;
}
