import type { IncomingMessage, ServerResponse } from "node:http";

type Headers = Readonly<Record<string, string>>;

/** How an answer is put on the wire; all absent: at once and whole. */
interface Delivery {
  /** Milliseconds before the first byte of the body. */
  readonly firstDelayMs?: number;
  /** Milliseconds between events. */
  readonly betweenDelayMs?: number;
  /** Destroys the connection after so many bytes of the body. */
  readonly cutAt?: number;
  /** Says nothing more after so many bytes of the body, and keeps the connection open. */
  readonly stallAt?: number;
  /** Destroys the connection before any byte. */
  readonly reset?: boolean;
}

/** What is sent back: one body, or server-sent events, which may be made only as they are sent. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly delivery?: Delivery } & (
  | { readonly body: string }
  | { readonly events: Iterable<string> }
);

/** Thrown when a request body is larger than allowed. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** Thrown when requests under way hold too much together. */
export class TooBusy extends Error {
  override readonly name = "TooBusy";
}

/** The bytes that the bodies of requests under way hold together, so that many large ones cannot use up the memory. */
export class BodyRoom {
  readonly #most: number;
  #held = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** A holder of what one request reads: `add` throws TooBusy where it finds no room, disposing gives back what was added. */
  open(): Disposable & { add(bytes: number): void } {
    let held = 0;
    return {
      add: (bytes) => {
        if (this.#held + bytes > this.#most) throw new TooBusy(`more than ${this.#most} bytes`);
        held += bytes;
        this.#held += bytes;
      },
      [Symbol.dispose]: () => {
        this.#held -= held;
        held = 0;
      },
    };
  }
}

/** Reads a request body as text; throws BodyTooLarge beyond `maxBytes`. `held` is told of each piece, and may throw, too. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  held: { add(bytes: number): void } = { add: () => undefined },
): Promise<string> {
  // What is announced as too large is not waited for.
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`);
    held.add(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** How many events are written before other requests get their turn. */
const eventsPerTurn = 32;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits, but no longer than the connection lives. */
function pause(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      response.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.once("close", done);
  });
}

/** Waits until `begin` calls back, but no longer than the connection lives. */
function whileOpen(response: ServerResponse, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    begin(() => {
      response.off("close", resolve);
      resolve();
    });
  });
}

/** Writes events in slices, waiting for slow readers; ends early when the client has gone. */
async function sendEvents(response: ServerResponse, events: Iterable<string>, delivery: Delivery): Promise<void> {
  const step = delivery.betweenDelayMs === undefined ? eventsPerTurn : 1;
  let first = true;
  for (const slice of slices(events, step)) {
    if (!first && delivery.betweenDelayMs !== undefined) await pause(response, delivery.betweenDelayMs);
    if (response.destroyed) return;
    first = false;
    const room = response.write(slice);
    if (!room) await whileOpen(response, (done) => void response.once("drain", done));
    else if (delivery.betweenDelayMs === undefined) await nextTurn();
  }
  response.end();
}

/** Events joined, so many at a time. */
function* slices(events: Iterable<string>, size: number): Generator<string> {
  let joined = "";
  let count = 0;
  for (const event of events) {
    joined += event;
    if (++count % size > 0) continue;
    yield joined;
    joined = "";
  }
  if (joined !== "") yield joined;
}

/** Sends the first bytes of a body and then cuts the connection, or leaves it hanging. */
async function sendPart(response: ServerResponse, body: string, delivery: Delivery): Promise<void> {
  const bytes = Buffer.from(body).subarray(0, delivery.cutAt ?? delivery.stallAt);
  response.flushHeaders();
  if (bytes.length > 0) await whileOpen(response, (done) => void response.write(bytes, done));
  if (delivery.cutAt !== undefined) response.destroy();
}

export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const delivery = answer.delivery ?? {};
  if (delivery.reset === true) {
    response.socket?.resetAndDestroy();
    return;
  }
  // Azure sends no `connection` header; a removed one still keeps the connection alive.
  response.removeHeader("connection");
  const whole = "body" in answer ? answer.body : undefined;
  const partial = delivery.cutAt !== undefined || delivery.stallAt !== undefined;
  const length = whole === undefined ? {} : { "content-length": Buffer.byteLength(whole) };
  response.writeHead(answer.status, { ...length, ...answer.headers });
  if (delivery.firstDelayMs !== undefined) {
    response.flushHeaders();
    await pause(response, delivery.firstDelayMs);
  }
  if (partial) return sendPart(response, "body" in answer ? answer.body : [...answer.events].join(""), delivery);
  if ("body" in answer) response.end(answer.body);
  else await sendEvents(response, answer.events, delivery);
}
