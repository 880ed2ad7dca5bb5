import type { Writable } from "node:stream";
import { knownSecrets } from "../core/known-secrets.ts";

/**
 * The last line of defence: whatever a program of ours prints, the secrets it was given do not stand in it, whoever said them (a server's
 * error output, a service's error body, a model). Only by value, since what people read must not be changed on suspicion.
 */
export class OutputGuard {
  #secrets: readonly string[];
  #clean: (text: string) => string;

  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets;
    this.#clean = knownSecrets(secrets);
  }

  /** More secrets, from a configuration that was read meanwhile. */
  learn(secrets: readonly string[]): void {
    this.#secrets = [...new Set([...this.#secrets, ...secrets])];
    this.#clean = knownSecrets(this.#secrets);
  }

  text(text: string): string {
    return this.#clean(text);
  }

  /** The same stream, whose `write` of text leaves the secrets out. A secret that is written in two pieces is not found. */
  stream<T extends Writable>(stream: T): T {
    const write = (chunk: unknown, ...rest: never[]): boolean =>
      stream.write(typeof chunk === "string" ? this.#clean(chunk) : chunk, ...rest);
    return new Proxy(stream, {
      get: (target, name): unknown => {
        if (name === "write") return write;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }
}
