import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import { isSecretField, isSecretHeader, isSecretParameter } from "./secret-names.ts";
import { maskShapes } from "./secret-patterns.ts";

const masked = "REDACTED";
/** Shorter texts would mask ordinary words. */
const shortest = 6;
/** What a JSON schema says of a property called "password" is no secret. */
const ofSchemas = new Set(["type", "description", "title", "format", "pattern", "$ref"]);

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A secret as it may be written: as it is, in an address, in JSON, in base64. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const written = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [...new Set([...written, bytes.toString("base64"), bytes.toString("base64url")])];
}

/** The secrets in a header: the whole, what follows a scheme, and what `Basic` packs into base64. */
function secretsOf(value: string): string[] {
  const [, scheme = "", rest = value] = /^(\w+)\s+(\S+)$/.exec(value) ?? [];
  if (scheme.toLowerCase() !== "basic") return [value, rest];
  const unpacked = Buffer.from(rest, "base64").toString();
  return [value, rest, unpacked, unpacked.slice(unpacked.indexOf(":") + 1)];
}

/** Takes secrets out of what a cassette keeps: credentials of the requests themselves, secrets by name, and secrets by shape. */
export class Redactor {
  readonly #known = new Set<string>();
  #spelled: readonly string[] = [];

  /** Masks these texts everywhere from now on, however they are spelled. Short ones are left alone. */
  learn(secrets: readonly string[]): void {
    const found = secrets.filter((secret) => secret.length >= shortest && !this.#known.has(secret));
    if (found.length === 0) return;
    for (const secret of found) this.#known.add(secret);
    // The longest first: a secret may hold another one.
    this.#spelled = [...this.#known].flatMap(spellings).sort((a, b) => b.length - a.length);
  }

  /** Learns the credentials that a request bears in its headers and its query. */
  learnRequest(headers: Headers, path: string): void {
    for (const [name, value] of Object.entries(headers)) {
      if (isSecretHeader(name)) this.learn([value ?? []].flat().flatMap(secretsOf));
    }
    for (const [name, value] of URL.parse(path, "http://emulator")?.searchParams ?? []) {
      if (isSecretParameter(name)) this.learn([value]);
    }
  }

  text(text: string): string {
    let out = text;
    for (const spelled of this.#spelled) out = out.replaceAll(spelled, masked);
    // A known secret among other things in base64.
    if (this.#known.size > 0) out = out.replace(/[\w+/-]{16,}={0,2}/g, (blob) => (this.#isPacked(blob) ? masked : blob));
    return maskShapes(out);
  }

  #isPacked(blob: string): boolean {
    const bytes = Buffer.from(blob, "base64");
    return [...this.#known].some((secret) => bytes.includes(secret));
  }

  /** A text that may be JSON, as the arguments of calls are: secrets by name are found there, too. */
  content(text: string): string {
    const inner = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
    if (inner === undefined) return this.text(text);
    const redacted = JSON.stringify(this.json(inner));
    return redacted === JSON.stringify(inner) ? text : redacted;
  }

  json(value: Json): Json {
    if (typeof value === "string") return this.content(value);
    if (Array.isArray(value)) return value.map((entry: Json) => this.json(entry));
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value).map(([name, entry]): [string, Json] => [
      this.text(name),
      isSecretField(name) || isLongToken(name, entry) ? this.#secret(entry) : this.json(entry),
    ]);
    return Object.fromEntries(entries);
  }

  /** What stands under a secret's name: all texts and numbers, but for what a schema says. */
  #secret(value: Json): Json {
    if (typeof value === "string" || typeof value === "number") return masked;
    if (Array.isArray(value)) return value.map((entry: Json) => this.#secret(entry));
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value).map(([name, entry]): [string, Json] => [
      name,
      ofSchemas.has(name) ? this.json(entry) : this.#secret(entry),
    ]);
    return Object.fromEntries(entries);
  }

  headers(headers: Readonly<Record<string, string>>): JsonObject {
    const entries = Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? masked : this.text(value)]);
    return Object.fromEntries(entries) as JsonObject;
  }

  /** Path with query; secret parameters keep their names. */
  path(path: string): string {
    const url = URL.parse(path, "http://emulator");
    if (url === null) return this.text(path);
    for (const name of [...url.searchParams.keys()]) {
      if (isSecretParameter(name)) url.searchParams.set(name, masked);
    }
    return this.text(`${url.pathname}${url.search}`);
  }
}

/** `token` names a secret, or a token of a model: those are short. */
const isLongToken = (name: string, value: Json): boolean =>
  name.toLowerCase() === "token" && typeof value === "string" && /^\S{12,}$/.test(value);
