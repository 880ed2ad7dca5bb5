/** Names under which secrets travel: headers, settings, variables. */
const secretNames =
  /^(api[-_]?key|authorization|cookie|set-cookie|password|passwd|secret|client[-_]?secret|token|access[-_]?token|refresh[-_]?token|id[-_]?token|key|credential|connection[-_]?string|.*(_KEY|_SECRET|_TOKEN|_PASSWORD))$/i;
/** Secrets by their own look: bearer values, JWTs, keys of 32 or more hexadecimal or 80 or more base64 characters (Azure's two generations). */
const secretValues =
  /\bBearer\s+[\w.~+/=-]{8,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\b[0-9a-f]{32,64}\b(?![-\w])|\b[A-Za-z0-9]{80,}={0,2}|(?<=[?&](?:sig|code|api-key|key|token)=)[^&\s"']{8,}/g;

/** A text with anything that looks like a secret replaced by `[redacted]`. */
export function redactText(text: string): string {
  return text.replace(secretValues, "[redacted]");
}

/** A copy of a log entry with secrets replaced, by name and by look; depth and length are bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value.length > 20_000 ? `${value.slice(0, 20_000)}…` : value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > 6) return "[deep]";
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (Array.isArray(value)) return value.slice(0, 200).map((entry) => redact(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      secretNames.test(key) && typeof entry === "string" ? "[redacted]" : redact(entry, depth + 1),
    ]),
  );
}
