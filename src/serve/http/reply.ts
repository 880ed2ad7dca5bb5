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

/** Longest time and most bytes for which a refused client's unread body is swallowed, so that it can read the refusal. */
const lingerMs = 1_000;
const lingerBytes = 8 * 1024 * 1024;

/** Answers a refusal. Where a body is still on its way, the connection is closed instead of reading on for ever. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const { req } = response;
  const extra = Object.entries(refusal.headers ?? {}).flat();
  const pending =
    !req.complete && (req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0);
  if (!pending) {
    sendJson(response, refusal.status, refusalText(refusal), extra);
    return;
  }
  sendJson(response, refusal.status, refusalText(refusal), [...extra, "connection", "close"]);
  const { socket } = req;
  let swallowed = 0;
  const cut = (): void => void socket.destroy();
  const timer = setTimeout(cut, lingerMs);
  req.removeAllListeners("data");
  req.on("data", (chunk: Buffer) => {
    swallowed += chunk.length;
    if (swallowed > lingerBytes) cut();
  });
  req.on("end", () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
  req.resume();
}
