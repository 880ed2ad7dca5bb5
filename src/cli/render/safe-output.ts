import type { Writable } from "node:stream";
import { escapeUnsafe } from "../../core/neutralise.ts";

/**
 * The one door out: whatever a model, a server, a document or a file says, no terminal acts on it. Every control, invisible or
 * direction-changing character is written as an escape; only styles that Lectern itself made pass.
 */
export class SafeOutput {
  /** Nobody outside this run can know it, so nobody outside can make a style. Made with the first style: most runs have none. */
  #key: string | undefined;

  /** A text attribute, for `stream` to turn into the terminal's own sequence. Codes: ECMA-48, SGR. */
  readonly sgr = (code: number): string => {
    this.#key ??= crypto.randomUUID();
    return `\u001b${this.#key};${code}m`;
  };

  text(text: string): string {
    const safe = escapeUnsafe(text);
    if (this.#key === undefined || !safe.includes(this.#key)) return safe;
    return safe.replace(new RegExp(`\\\\u001b${this.#key};(\\d+)m`, "g"), "\u001b[$1m");
  }

  /** The same stream, whose `write` of text is safe. */
  stream<T extends Writable>(stream: T): T {
    const write = (chunk: unknown, ...rest: never[]): boolean =>
      stream.write(typeof chunk === "string" ? this.text(chunk) : chunk, ...rest);
    return new Proxy(stream, {
      get: (target, name): unknown => {
        if (name === "write") return write;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }
}
