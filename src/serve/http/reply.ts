import type { ServerResponse } from "node:http";
import { type Refusal, refusalText } from "./refusal.ts";

/** What every answer carries: it is for the asker only, and no browser may guess at its type. */
const common = ["cache-control", "no-store", "x-content-type-options", "nosniff"];
const jsonHeaders = ["content-type", "application/json", ...common];
const eventHeaders = [
  "content-type",
  "text/event-stream",
  "cache-control",
  "no-store, no-transform",
  "x-content-type-options",
  "nosniff",
  // Reverse proxies would hold events back to fill their buffers.
  "x-accel-buffering",
  "no",
];

export function sendJson(response: ServerResponse, status: number, text: string, extra: readonly string[] = []): void {
  if (response.headersSent || response.destroyed) return;
  const length = Buffer.byteLength(text);
  response.writeHead(status, [...jsonHeaders, "content-length", String(length), ...extra]);
  response.end(text);
}

export function sendEmpty(response: ServerResponse, status: number, extra: readonly string[] = []): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, [...common, "content-length", "0", ...extra]);
  response.end();
}

export function startEvents(response: ServerResponse, extra: readonly string[] = []): void {
  response.writeHead(200, [...eventHeaders, ...extra]);
  response.flushHeaders();
}

/** Bytes a client may leave unread on one stream before it is given up. */
const maxUnread = 16 * 1024 * 1024;

/** Writes one event. A client that stops reading is cut off rather than buffered for without end. */
export function sendEvent(response: ServerResponse, frame: string): void {
  if (response.destroyed || response.writableEnded) return;
  response.write(frame);
  if (response.writableLength > maxUnread) response.destroy();
}

/** Longest time and most bytes for which a refused client's unread body is swallowed. */
const lingerMs = 500;
const lingerBytes = 8 * 1024 * 1024;

/** Answers a refusal. Where a body is still on its way, the connection is closed instead of reading on for ever. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const { req } = response;
  const { "transfer-encoding": encoding, "content-length": length } = req.headers;
  const pending = !req.complete && (encoding !== undefined || Number(length ?? 0) > 0);
  const extra = Object.entries(refusal.headers ?? {}).flat();
  if (pending) refuseAndLinger(response, refusal, extra);
  else sendJson(response, refusal.status, refusalText(refusal), extra);
}

/**
 * Closing a socket with unread bytes makes the peer's system throw away what it has not read yet, the refusal included.
 * So the answer is left unfinished while the body is swallowed, for a while.
 */
function refuseAndLinger(response: ServerResponse, refusal: Refusal, extra: readonly string[]): void {
  if (response.headersSent || response.destroyed) return;
  const { req } = response;
  const text = refusalText(refusal);
  const length = String(Buffer.byteLength(text));
  response.writeHead(refusal.status, [...jsonHeaders, "content-length", length, "connection", "close", ...extra]);
  response.write(text);
  let swallowed = 0;
  const finish = (): void => void response.end();
  const timer = setTimeout(finish, lingerMs);
  req.removeAllListeners("data");
  req.on("data", (chunk: Buffer) => {
    swallowed += chunk.length;
    if (swallowed > lingerBytes) finish();
  });
  req.once("end", finish);
  response.once("close", () => clearTimeout(timer));
  req.resume();
}
