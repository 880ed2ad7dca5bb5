import type { ServerResponse } from "node:http";
import { sendEvent, startEvents } from "./reply.ts";

/** A stream of messages to the client, as server-sent events. */
export interface MessageStream {
  send(text: string): void;
  /** Nothing more will come. */
  end(): void;
}

/** Events straight onto one response, good for once: what 2026-07-28 and clients without a session get. */
export function plainStream(response: ServerResponse, extra: readonly string[] = []): MessageStream {
  startEvents(response, extra);
  return {
    send: (text) => sendEvent(response, `event: message\ndata: ${text}\n\n`),
    end: () => {
      if (!response.destroyed) response.end();
    },
  };
}

interface Frame {
  readonly number: number;
  readonly text: string;
}

/** Bytes of past events one stream keeps for clients that come back. */
const maxKeptBytes = 1024 * 1024;
/** When a client should come back to a released stream, in milliseconds. */
const retryMs = 500;

/**
 * Events with ids, kept for a while, so that a client whose connection broke (or was released) can come back for the rest.
 * Source: specification 2025-11-25, transports, resumability.
 */
export class ResumableStream implements MessageStream {
  readonly id: string;
  #sink: ServerResponse | undefined;
  #frames: Frame[] = [];
  #keptBytes = 0;
  #last = 0;
  #endedAt: number | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** When it ended, in milliseconds since the epoch; undefined while it goes on. */
  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  /** Bytes, roughly, of the events kept for clients that come back. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  get attached(): boolean {
    return this.#sink !== undefined;
  }

  /** Goes on over this response: first what came after event number `after`, then live. The newest response wins. */
  attach(
    response: ServerResponse,
    options: { readonly after?: number; readonly primes: boolean; readonly headers?: readonly string[] },
  ): void {
    const { after, primes, headers = [] } = options;
    this.#sink?.end();
    startEvents(response, headers);
    this.#sink = response;
    response.once("close", () => {
      if (this.#sink === response) this.#sink = undefined;
    });
    if (primes && after === undefined) sendEvent(response, `id: ${this.id}-${this.#last}\nretry: ${retryMs}\ndata: \n\n`);
    for (const frame of this.#frames) if (after !== undefined && frame.number > after) sendEvent(response, this.#write(frame));
    if (this.#endedAt !== undefined) response.end();
  }

  send(text: string): void {
    const frame = { number: ++this.#last, text };
    this.#frames.push(frame);
    this.#keptBytes += text.length;
    while (this.#keptBytes > maxKeptBytes && this.#frames.length > 1) this.#keptBytes -= this.#frames.shift()!.text.length;
    if (this.#sink !== undefined) sendEvent(this.#sink, this.#write(frame));
  }

  /** Ends the response under the stream; the stream itself goes on and the client comes back for it. */
  release(): void {
    this.#sink?.end();
    this.#sink = undefined;
  }

  end(): void {
    this.#endedAt = Date.now();
    this.release();
  }

  #write({ number, text }: Frame): string {
    return `id: ${this.id}-${number}\nevent: message\ndata: ${text}\n\n`;
  }
}

/** Splits an event id into stream and number; undefined for ids that are not of this server's making. */
export function readEventId(id: string | undefined): { readonly stream: string; readonly number: number } | undefined {
  const match = /^([\w]{1,20})-(\d{1,15})$/.exec(id ?? "");
  return match === null ? undefined : { stream: match[1]!, number: Number(match[2]) };
}
