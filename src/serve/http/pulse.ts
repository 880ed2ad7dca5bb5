import type { ServerResponse } from "node:http";
import { sendEvent } from "./reply.ts";

/** Proxies cut connections on which nothing moves, often after 60 seconds. */
const beatMs = 15_000;

/** Keeps quiet responses alive. One timer for all of them, running only while there are any. */
export class Pulse {
  readonly #beats = new Map<ServerResponse, () => void>();
  #timer: NodeJS.Timeout | undefined;

  /** Calls `beat` every 15 seconds until the response closes. By default it writes a comment, which event stream readers skip. */
  keep(response: ServerResponse, beat: () => void = () => sendEvent(response, ": keep-alive\n\n")): void {
    const isNew = !this.#beats.has(response);
    this.#beats.set(response, beat);
    this.#timer ??= setInterval(() => this.#run(), beatMs).unref();
    if (isNew) response.once("close", () => this.#forget(response));
  }

  #run(): void {
    for (const beat of [...this.#beats.values()]) beat();
  }

  #forget(response: ServerResponse): void {
    this.#beats.delete(response);
    if (this.#beats.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
