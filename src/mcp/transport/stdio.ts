import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { unusableAnswer } from "../errors.ts";
import { LineReader } from "./lines.ts";
import type { EndOptions, SpawnedServer } from "./spawn.ts";

export interface StdioTransportOptions extends EndOptions {
  /** In bytes. Default 16 MiB. */
  readonly maxMessageBytes?: number;
}

const defaultMaxMessageBytes = 16 * 1024 * 1024;

/** What we answer to a server that floods us with requests, but reads nothing, piles up here. */
const maxUnreadBytes = 32 * 1024 * 1024;

/** After the process is gone, what it wrote last may still be on its way; a helper that holds the pipe open must not keep us waiting. */
const drainMs = 200;

// Log messages of servers are not shown to anyone, and servers can send them by the hundred thousand: not worth parsing.
const logMessage = Buffer.from('"method":"notifications/message"');

const isLogMessage = (line: Buffer): boolean => {
  const at = line.indexOf(logMessage);
  return at !== -1 && at < 64;
};

function parsed(text: string): JSONRPCMessage | undefined {
  try {
    return JSON.parse(text) as JSONRPCMessage;
  } catch {
    return undefined;
  }
}

/** The id an oversized answer was for, read from its first bytes; undefined where they do not say. */
function idIn(head: Buffer): string | number | undefined {
  const match = /"id"\s*:\s*(?:(\d{1,15})|"([^"\\]{1,100})")/.exec(head.toString("utf8"));
  if (match === null) return undefined;
  return match[1] === undefined ? match[2] : Number(match[1]);
}

/**
 * MCP over the pipes of a process: one JSON message a line. Anything else on stdout is skipped.
 * Closing it ends the whole process tree. Source: MCP 2026-07-28, transports, stdio.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  readonly #server: SpawnedServer;
  readonly #options: StdioTransportOptions;
  #started = false;
  #closed = false;
  #closedByHost = false;
  /** Why the host itself gave the server up, where it did. */
  reason: string | undefined;
  #noise: string | undefined;
  #hasSpoken = false;

  constructor(server: SpawnedServer, options: StdioTransportOptions = {}) {
    this.#server = server;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#server.child.pid;
  }

  /** True where the process ended before anyone here closed the connection. */
  get endedByItself(): boolean {
    return this.#server.exit !== undefined && !this.#closedByHost;
  }

  /** The beginning of what it wrote where messages belong, at most 4,000 characters, as long as no message came; foreign text. */
  get noise(): string | undefined {
    return this.#hasSpoken ? undefined : this.#noise;
  }

  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { child } = this.#server;
    const reader = new LineReader({
      maxLineBytes: this.#options.maxMessageBytes ?? defaultMaxMessageBytes,
      onLine: (line) => this.#receive(line),
      onOversized: ({ head }) => this.#refuseOversized(head),
      onEndless: () => this.#giveUp("it wrote a line that never ends"),
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      if (!this.#closed) reader.push(chunk);
    });
    // The pipe of a process that ends closes a moment before its exit is known; only what outlives that moment closed it on purpose.
    child.stdout?.once("end", () => setTimeout(() => this.#giveUp("it closed its output"), drainMs));
    void this.#server.exited.then(() => this.#drainThenClose());
  }

  #receive(line: Buffer): void {
    if (this.#closed || isLogMessage(line)) return;
    let text = line.toString("utf8").trim();
    if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    const message = text[0] === "{" || text[0] === "[" ? parsed(text) : undefined;
    if (message === undefined) {
      // Programs print to stdout what they should not.
      if (!this.#hasSpoken && text !== "") this.#noise ??= text.slice(0, 4_000);
      return;
    }
    this.#hasSpoken = true;
    this.onmessage?.(message);
  }

  #refuseOversized(head: Buffer): void {
    const id = idIn(head);
    const limit = this.#options.maxMessageBytes ?? defaultMaxMessageBytes;
    if (id === undefined || head.includes('"method"')) return;
    const message = `its answer is larger than ${Math.floor(limit / (1024 * 1024))} MiB`;
    this.onmessage?.({ jsonrpc: "2.0", id, error: { code: unusableAnswer, message } });
  }

  #giveUp(reason: string): void {
    if (this.#closed || this.#server.exit !== undefined) return;
    this.reason ??= reason;
    void this.close();
  }

  async #drainThenClose(): Promise<void> {
    const { stdout } = this.#server.child;
    if (stdout !== null && !stdout.readableEnded && !stdout.destroyed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, drainMs);
        stdout.once("end", () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    await this.close();
  }

  send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.#server.child;
    return new Promise((resolve, reject) => {
      // The pipe of a process that ends breaks a moment before its exit is known, and the exit code is the better reason.
      const broken = (): void =>
        void settlesSoon(this.#server.exited).then(() => reject(new Error("it no longer reads its input")));
      if (this.#closed || stdin === null || stdin.destroyed || this.#server.exit !== undefined) {
        broken();
        return;
      }
      if (stdin.writableLength > maxUnreadBytes) {
        reject(new Error("it does not read its input"));
        this.#giveUp("it does not read its input");
        return;
      }
      stdin.write(`${JSON.stringify(message)}\n`, (error) => {
        if (error) broken();
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    const first = !this.#closed;
    if (first && this.#server.exit === undefined) this.#closedByHost = true;
    this.#closed = true;
    // Callers learn at once that nothing will be answered any more; the process is ended in the meantime.
    if (first) this.onclose?.();
    await this.#server.end(this.#options);
  }
}

function settlesSoon(promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, drainMs);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
