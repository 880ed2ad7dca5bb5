import { isUtf8 } from "node:buffer";
import type { Readable, Writable } from "node:stream";
import type { Caller } from "../core/served-tools.ts";
import { type Connection, openConnection } from "./connection.ts";
import { createDispatcher, type DispatcherOptions } from "./dispatcher.ts";
import type { Offer } from "./offer.ts";
import { rpcCodes } from "./protocol.ts";
import { failure, parseMessage, responseText } from "./rpc.ts";

export interface ServeStdioOptions extends DispatcherOptions {
  /** Default: the process's own. */
  readonly input?: Readable;
  readonly output?: Writable;
  /** On whose behalf calls come. Default: anonymous. */
  readonly caller?: Caller;
  /** Longest message accepted, in bytes. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** How long calls in work may go on after the input has ended, in milliseconds. Default 1,000. */
  readonly drainMs?: number;
}

export interface StdioServing {
  /** Resolves once the input has ended, or `close()` was called, and calls in work are done or cancelled. Never rejects. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

const newline = 0x0a;
/** Answers that may wait for the client to read them, in bytes. Less would stall clients that write much before they read. */
const maxUnreadBytes = 4 * 1024 * 1024;
const messageLimit = 4 * 1024 * 1024;

/** Serves an app to the one client at the other end of stdin and stdout, in both protocol eras. Source: specification, transports, stdio. */
export function serveStdio(app: Offer, options: ServeStdioOptions = {}): StdioServing {
  const { input = process.stdin, output = process.stdout, maxMessageBytes = messageLimit, drainMs = 1_000 } = options;
  const dispatcher = createDispatcher(app, options);
  const send = (text: string): void => {
    output.write(`${text}\n`);
    // A client that does not read its answers is not read from either, or they would pile up here.
    if (output.writableLength > maxUnreadBytes && !input.isPaused()) {
      input.pause();
      output.once("drain", () => input.resume());
    }
  };
  const connection = openConnection(dispatcher, options.caller === undefined ? { send } : { send, caller: options.caller });
  const lines = createLines({
    maxBytes: maxMessageBytes,
    line: (bytes) => receiveLine(connection, bytes, send),
    tooLong: () => send(responseText(null, failure(rpcCodes.invalidRequest, "The message is too long."))),
  });

  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let closing = false;
  const shut = async ({ drain }: { readonly drain: number }): Promise<void> => {
    if (closing) return closed;
    closing = true;
    input.off("data", lines);
    input.pause();
    dispatcher.close();
    if (drain > 0) await settledWithin(connection.idle(), drain);
    connection.close();
    for (const [stream, event, listener] of listeners) stream.off(event, listener);
    resolve();
  };
  const ended = (): void => void shut({ drain: drainMs });
  const broken = (): void => void shut({ drain: 0 });
  const listeners: readonly (readonly [Readable | Writable, string, () => void])[] = [
    [input, "end", ended],
    [input, "close", ended],
    [input, "error", ended],
    [output, "close", broken],
  ];
  for (const [stream, event, listener] of listeners) stream.on(event, listener);
  // Stays on after closing: a write that fails late must not end the process with an unhandled error.
  output.on("error", broken);
  input.on("data", lines);
  return { closed, close: () => shut({ drain: drainMs }) };
}

function receiveLine(connection: Connection, bytes: Buffer, send: (text: string) => void): void {
  if (!isUtf8(bytes)) {
    send(responseText(null, failure(rpcCodes.parse, "Parse error: not valid UTF-8.")));
    return;
  }
  const text = bytes.toString("utf8").trim();
  if (text !== "") connection.receive(parseMessage(text));
}

interface LineOptions {
  readonly maxBytes: number;
  readonly line: (bytes: Buffer) => void;
  readonly tooLong: () => void;
}

/** Cuts a byte stream into lines. A line over the limit is reported once and skipped to its end. */
function createLines({ maxBytes, line, tooLong }: LineOptions): (chunk: Buffer | string) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let skipping = false;
  return (chunk) => {
    let rest = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
      const tail = rest.subarray(0, at);
      rest = rest.subarray(at + 1);
      if (skipping) skipping = false;
      else if (heldBytes + tail.length > maxBytes) tooLong();
      else line(heldBytes === 0 ? tail : Buffer.concat([...held, tail]));
      held = [];
      heldBytes = 0;
    }
    if (skipping || rest.length === 0) return;
    held.push(rest);
    heldBytes += rest.length;
    if (heldBytes <= maxBytes) return;
    tooLong();
    skipping = true;
    held = [];
    heldBytes = 0;
  };
}

async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
