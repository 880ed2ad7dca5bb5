import http, { type IncomingHttpHeaders } from "node:http";
import { type DialOptions, dial } from "./dial.ts";
import type { Target } from "./target.ts";

/** An answer to one request of the doctor's own, with the moments at which its parts came. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** `cut`: the connection ended in the middle. `stalled`: nothing came for `answerMs`. `stopped`: it was still coming after `stopAfterMs`. */
  readonly end: "whole" | "cut" | "stalled" | "stopped";
  /** Milliseconds from the request to the status line, the first and the last part of the body. */
  readonly headMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Reads of the body. */
  readonly parts: number;
}

/** No answer came at all; how far the request got is in DialError's stead when even the connection failed. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  readonly reason: "silent" | "closed";

  constructor(reason: "silent" | "closed") {
    super(`no answer: ${reason}`);
    this.reason = reason;
  }
}

const maxBodyBytes = 4 * 1024 * 1024;

export interface ProbeRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  /** Milliseconds after which enough was seen. Default: no limit beside the check's own. */
  readonly stopAfterMs?: number;
}

/**
 * Sends one POST on a connection of its own and keeps the whole answer, whatever it is. Redirects are not followed.
 * Throws DialError or NoAnswer.
 */
export async function probe(target: Target, request: ProbeRequest, options: DialOptions & { now(): number }): Promise<Answer> {
  const line = await dial(target.url, options);
  const { now, signal, world } = options;
  const text = JSON.stringify(request.body);
  const login = line.isRelay ? line.proxy?.authorization : undefined;
  const begin = now();
  return new Promise<Answer>((resolve, reject) => {
    const sent = http.request({
      createConnection: () => line.socket,
      method: "POST",
      path: line.isRelay ? `${target.url.origin}${request.path}` : request.path,
      headers: {
        ...request.headers,
        host: target.url.host,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        accept: "text/event-stream, application/json",
        "accept-encoding": "identity",
        connection: "close",
        ...(login === undefined ? {} : { "proxy-authorization": login }),
      },
    });
    const onAbort = (): void => fail(signal.reason);
    const finish = (then: () => void): void => {
      clearTimeout(timer);
      clearTimeout(enough);
      signal.removeEventListener("abort", onAbort);
      then();
      sent.destroy();
      line.socket.destroy();
    };
    const fail = (reason: unknown): void => finish(() => reject(reason));
    const timer = setTimeout(() => collected.end("stalled"), world.limits.answerMs);
    const { stopAfterMs } = request;
    const enough = stopAfterMs === undefined ? undefined : setTimeout(() => collected.end("stopped"), stopAfterMs);
    const collected = new Collector(() => now() - begin, {
      refresh: () => timer.refresh(),
      done: (answer) => finish(() => resolve(answer)),
      none: (reason) => fail(new NoAnswer(reason)),
    });
    signal.addEventListener("abort", onAbort, { once: true });
    sent.on("response", (response) => collected.take(response));
    sent.on("error", () => collected.end("cut"));
    sent.on("close", () => collected.end("cut"));
    sent.end(text);
  });
}

interface CollectorEvents {
  refresh(): void;
  done(answer: Answer): void;
  none(reason: NoAnswer["reason"]): void;
}

/** Gathers one response. */
class Collector {
  readonly #elapsed: () => number;
  readonly #events: CollectorEvents;
  #head: { status: number; headers: IncomingHttpHeaders; ms: number } | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #firstMs = 0;
  #lastMs = 0;
  #settled = false;

  constructor(elapsed: () => number, events: CollectorEvents) {
    this.#elapsed = elapsed;
    this.#events = events;
  }

  take(response: http.IncomingMessage): void {
    this.#head = { status: response.statusCode ?? 0, headers: response.headers, ms: this.#elapsed() };
    this.#events.refresh();
    response.on("data", (chunk: Buffer) => {
      this.#events.refresh();
      this.#lastMs = this.#elapsed();
      if (this.#chunks.length === 0) this.#firstMs = this.#lastMs;
      this.#bytes += chunk.length;
      if (this.#bytes <= maxBodyBytes) this.#chunks.push(chunk);
    });
    response.on("end", () => this.#finish(response.complete ? "whole" : "cut"));
    response.on("error", () => this.#finish("cut"));
  }

  end(how: Exclude<Answer["end"], "whole">): void {
    this.#finish(how);
  }

  #finish(end: Answer["end"]): void {
    if (this.#settled) return;
    this.#settled = true;
    if (this.#head === undefined) {
      this.#events.none(end === "cut" ? "closed" : "silent");
      return;
    }
    const { status, headers, ms } = this.#head;
    this.#events.done({
      status,
      headers,
      body: Buffer.concat(this.#chunks).toString("utf8"),
      end,
      headMs: ms,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      parts: this.#chunks.length,
    });
  }
}
