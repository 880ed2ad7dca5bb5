import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";

const masked = "REDACTED";

/** Headers that prove who is calling, or tell whose resource it is. */
const secretHeaders =
  /^(?:api-key|authorization|proxy-authorization|cookie|set-cookie|x-api-key|ocp-apim-subscription-key|x-identity-header|x-functions-key|openai-organization|openai-project|x-ms-client-principal.*|x-forwarded-.*)$/i;
const secretParameters = /^(?:api-key|key|code|sig|signature|token|access_token|subscription-key|client_secret|password)$/i;
/** Fields of a body whose text is a secret, whatever it looks like. */
const secretFields =
  /^(?:authorization|x-api-key|api[-_ ]?key|apikey|access[-_]?token|refresh[-_]?token|id[-_]?token|client[-_]?secret|secret|password|passwd|private[-_]?key|connection[-_]?string|account[-_]?key|shared[-_]?access[-_]?(?:key|signature))$/i;

/** What secrets look like in running text. */
const patterns: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /\bBearer\s+[\w.~+/-]{12,}=*/gi,
  /\b(?:sk|pk|rk)-[\w-]{16,}/g,
  /\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}/g,
  /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|sig)=[^;&\s"']{8,}/gi,
  // Azure keys: 32 hex digits, or 84 letters and digits.
  /\b[0-9a-f]{32}\b/gi,
  /\b[A-Za-z0-9]{84}\b/g,
];

/** Takes secrets out of what a cassette keeps. `known`: the credentials of the request itself, masked wherever they stand. */
export class Redactor {
  readonly #known: string[] = [];

  /** Masks these texts everywhere from now on. Short ones are left alone: they would mask ordinary words. */
  learn(secrets: readonly string[]): void {
    for (const secret of secrets) if (secret.length >= 6 && !this.#known.includes(secret)) this.#known.push(secret);
  }

  text(text: string): string {
    let out = text;
    for (const secret of this.#known) out = out.replaceAll(secret, masked);
    for (const pattern of patterns) out = out.replace(pattern, masked);
    return out;
  }

  json(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((entry: Json) => this.json(entry));
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value).map(([name, entry]): [string, Json] => [
      name,
      typeof entry === "string" && secretFields.test(name) ? masked : this.json(entry),
    ]);
    return Object.fromEntries(entries);
  }

  headers(headers: Readonly<Record<string, string>>): JsonObject {
    const entries = Object.entries(headers).map(([name, value]) => [name, secretHeaders.test(name) ? masked : this.text(value)]);
    return Object.fromEntries(entries) as JsonObject;
  }

  /** Path with query; secret parameters keep their names. */
  path(path: string): string {
    const url = URL.parse(path, "http://emulator");
    if (url === null) return this.text(path);
    for (const name of [...url.searchParams.keys()]) {
      if (secretParameters.test(name)) url.searchParams.set(name, masked);
    }
    return this.text(`${url.pathname}${url.search}`);
  }
}
