import { PassThrough } from "node:stream";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Offer } from "../../src/serve/offer.ts";
import { type ServeStdioOptions, serveStdio } from "../../src/serve/stdio.ts";

export const modernMeta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
} as const;

/** A client at the other end of two in-memory streams. `next()` gives the next message the server wrote. */
export function stdioClient(app: Offer, options: ServeStdioOptions = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  const serving = serveStdio(app, { input, output, ...options });
  const waiting: ((message: JsonObject) => void)[] = [];
  const received: JsonObject[] = [];
  let rest = "";
  output.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as JsonObject;
      const taker = waiting.shift();
      if (taker === undefined) received.push(message);
      else taker(message);
    }
  });
  let lastId = 0;
  const next = (): Promise<JsonObject> => {
    const message = received.shift();
    return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message);
  };
  const write = (text: string | Buffer): void => void input.write(text);
  const send = (message: JsonObject): void => write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  return {
    serving,
    input,
    write,
    send,
    next,
    received,
    /** Sends a request and gives the next message. */
    ask: (method: string, params?: { readonly [key: string]: Json }): Promise<JsonObject> => {
      send({ id: ++lastId, method, ...(params === undefined ? {} : { params }) });
      return next();
    },
    [Symbol.asyncDispose]: () => serving.close(),
  };
}

export const handshake = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "test", version: "1" },
} as const;
