import type { IncomingMessage, ServerResponse } from "node:http";

/** What is sent back: one body, or a list of server-sent events. */
export type Answer =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly events: readonly string[] };

/** Thrown when a request body is larger than allowed. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** Reads a request body as text; throws BodyTooLarge beyond `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** How many events are written before other requests get their turn. */
const eventsPerTurn = 32;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Writes events in slices, waiting for slow readers; ends early when the client has gone. */
export async function sendEvents(response: ServerResponse, events: readonly string[]): Promise<void> {
  for (let at = 0; at < events.length && !response.destroyed; at += eventsPerTurn) {
    const drained = response.write(events.slice(at, at + eventsPerTurn).join(""));
    if (drained) await nextTurn();
    else await new Promise<void>((resolve) => void response.once("drain", resolve).once("close", resolve));
  }
  response.end();
}

export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  if ("body" in answer) {
    response.writeHead(answer.status, { "content-length": Buffer.byteLength(answer.body), ...answer.headers });
    response.end(answer.body);
    return;
  }
  response.writeHead(answer.status, answer.headers);
  await sendEvents(response, answer.events);
}
