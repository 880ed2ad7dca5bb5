import type { Json } from "../core/json.ts";

/** Where and why a text is no JSON. Holds nothing of the text itself, since configuration files hold secrets. */
class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
}

export interface ParseOptions {
  /** Whether comments and trailing commas are taken, as editors write them. Default false. */
  readonly comments?: boolean;
}

const maxDepth = 100;

/** Parses JSON, on request with comments and trailing commas. Throws JsonSyntaxError with line and column, both from 1. */
export function parseConfigJson(text: string, { comments = false }: ParseOptions = {}): Json {
  const reader = new Reader(text.replace(/^\uFEFF/, ""), comments);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** What stands between tokens; with comments where they are allowed. */
const gap = /[ \t\r\n]*/y;
const gapWithComments = /(?:[ \t\r\n]|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
const stringToken = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const plainToken = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class Reader {
  readonly #text: string;
  readonly #comments: boolean;
  #at = 0;

  constructor(text: string, comments: boolean) {
    this.#text = text;
    this.#comments = comments;
  }

  value(depth: number): Json {
    this.#skip();
    if (depth > maxDepth) throw this.#error(`is nested more than ${maxDepth} deep`);
    if (this.#take("{")) return this.#object(depth);
    if (this.#take("[")) return this.#list(depth);
    const token = this.#match(stringToken) ?? this.#match(plainToken);
    if (token === undefined) throw this.#error(this.#at >= this.#text.length ? "ends too early" : "a value is expected");
    return JSON.parse(token) as Json;
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.#error("something follows the end");
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = [];
    for (;;) {
      this.#skip();
      if ((entries.length === 0 || this.#comments) && this.#take("}")) break;
      const key = this.#match(stringToken);
      if (key === undefined) throw this.#error("a name in double quotes is expected");
      this.#skip();
      if (!this.#take(":")) throw this.#error("a colon is expected");
      entries.push([JSON.parse(key) as string, this.value(depth + 1)]);
      this.#skip();
      if (this.#take(",")) continue;
      if (this.#take("}")) break;
      throw this.#error("a comma or } is expected");
    }
    return Object.fromEntries(entries);
  }

  #list(depth: number): Json {
    const items: Json[] = [];
    for (;;) {
      this.#skip();
      if ((items.length === 0 || this.#comments) && this.#take("]")) break;
      items.push(this.value(depth + 1));
      this.#skip();
      if (this.#take(",")) continue;
      if (this.#take("]")) break;
      throw this.#error("a comma or ] is expected");
    }
    return items;
  }

  #skip(): void {
    this.#match(this.#comments ? gapWithComments : gap);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #error(what: string): JsonSyntaxError {
    const before = this.#text.slice(0, this.#at).split("\n");
    const comment = /^\/[/*]/.test(this.#text.slice(this.#at)) && !this.#comments ? "; comments are not JSON" : "";
    return new JsonSyntaxError(`line ${before.length}, column ${before.at(-1)!.length + 1}: ${what}${comment}`);
  }
}
