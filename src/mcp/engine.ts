import type { Client, ClientCapabilities, Progress, StandardSchemaV1 } from "@modelcontextprotocol/client";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { version } from "../core/version.ts";
import { ChannelRequests } from "./channel-requests.ts";
import type { AskPerson } from "./elicitation.ts";
import { answerElicitations } from "./elicitation.ts";
import { mirrorsArguments } from "./mirrored-headers.ts";
import { type Era, type RequestOptions, readableProgress, type Session, type ToolRequest } from "./session.ts";
import type { GuardedTransport } from "./transport/guard.ts";

export type Sdk = typeof import("@modelcontextprotocol/client");

/** Loads the protocol engine; takes about 100 ms the first time, so servers are started before it is awaited. */
export const loadSdk = (): Promise<Sdk> => import("@modelcontextprotocol/client");

export interface EngineOptions {
  readonly sdk: Sdk;
  readonly transport: GuardedTransport;
  readonly era: "auto" | Era;
  readonly connectTimeoutMs: number;
  readonly elicit?: AskPerson;
  readonly onToolsChanged: () => void;
  readonly onClosed: () => void;
}

/** Accepts anything: results are read by our own tolerant code, not by the engine's schemas. */
const anything: StandardSchemaV1<unknown, unknown> = {
  "~standard": { version: 1, vendor: "lectern", validate: (value) => ({ value }) },
};

const clientInfo = { name: "lectern", version };

/** A session spoken by the official client, behind our guard. */
export class EngineSession implements Session {
  readonly #client: Client;
  readonly #transport: GuardedTransport;

  /** How tools are called over pipes; undefined over HTTP, where sessions, headers and streams are the engine's business. */
  readonly #calls: ChannelRequests | undefined;

  private constructor(client: Client, transport: GuardedTransport, calls: ChannelRequests | undefined) {
    this.#client = client;
    this.#transport = transport;
    this.#calls = calls;
  }

  /** Connects and agrees on a protocol revision. Rejects with the engine's error; the transport is then closed. */
  static async open(options: EngineOptions): Promise<EngineSession> {
    const { sdk, transport, era, connectTimeoutMs } = options;
    const capabilities: ClientCapabilities = options.elicit ? { elicitation: { form: { applyDefaults: true }, url: {} } } : {};
    const mode = era === "modern" ? { pin: "2026-07-28" } : era;
    const probe = { timeoutMs: connectTimeoutMs };
    const client = new sdk.Client(clientInfo, { capabilities, versionNegotiation: { mode, probe } });
    client.onerror = () => {};
    client.onclose = options.onClosed;
    client.setNotificationHandler("notifications/tools/list_changed", () => options.onToolsChanged());
    if (options.elicit) answerElicitations(client, options.elicit);
    await client.connect(transport, { timeout: connectTimeoutMs });
    return new EngineSession(client, transport, transport.isChannel ? callsBeside(transport) : undefined);
  }

  get era(): Era {
    return this.#client.getProtocolEra() === "modern" ? "modern" : "legacy";
  }

  get hasSession(): boolean {
    return this.#transport.sessionId !== undefined;
  }

  get instructions(): string | undefined {
    return this.#client.getInstructions();
  }

  get capabilities(): JsonObject {
    const capabilities: unknown = this.#client.getServerCapabilities();
    return isJsonObject(capabilities) ? capabilities : {};
  }

  async request(method: string, params: JsonObject, options: RequestOptions): Promise<unknown> {
    return await this.#bounded(options, async (bounds) => {
      const result = await this.#client.request({ method, params: { ...params } }, anything, bounds);
      return this.#transport.take(result) ?? result;
    });
  }

  async callTool(call: ToolRequest, options: RequestOptions): Promise<unknown> {
    if (this.#calls) return this.#calls.request("tools/call", { name: call.name, arguments: call.arguments }, options);
    return await this.#bounded(options, async (bounds) => {
      const params = { name: call.name, arguments: { ...call.arguments } };
      // The engine's own way scans the schema for header names and checks the answer twice, on every call; only such headers need it.
      if (!mirrorsArguments(call.inputSchema)) {
        return this.#transport.take(await this.#client.request({ method: "tools/call", params }, anything, bounds));
      }
      // Without an output schema the engine validates nothing: neither schema nor answer are ours, and both may be hostile.
      const toolDefinition = { name: call.name, inputSchema: { ...call.inputSchema, type: "object" as const } };
      return this.#transport.take(await this.#client.callTool(params, { ...bounds, toolDefinition }));
    });
  }

  async #bounded<T>(options: RequestOptions, run: (bounds: EngineBounds) => Promise<T>): Promise<T> {
    const hardStop = new AbortController();
    const timer = setTimeout(() => hardStop.abort(new Error("the hard time limit is over")), options.maxTotalMs);
    const onProgress = options.onProgress;
    try {
      return await run({
        signal: AbortSignal.any([options.signal, hardStop.signal]),
        timeout: Math.min(options.timeoutMs, options.maxTotalMs),
        resetTimeoutOnProgress: true,
        // Without a listener the engine does not ask for progress, and then nothing extends the time.
        onprogress: (progress) => onProgress?.(readableProgress(progress)),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async watchTools(timeoutMs: number): Promise<"local" | "graceful" | "remote"> {
    const subscription = await this.#client.listen({ toolsListChanged: true }, { timeout: timeoutMs });
    return await subscription.closed;
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#transport.close();
  }
}

/** Far above what the engine's own numbering reaches, and still a 32-bit integer. */
const firstCallId = 1_000_000_000;

/**
 * Tool calls that pass the engine by, on the channel it has opened. It spends more on a call (three schema checks, ten promises) than the
 * rest of the host does on the whole turn; what it would check is read by our own tolerant code anyway.
 */
function callsBeside(transport: GuardedTransport): ChannelRequests {
  // Over a channel the engine speaks the older revisions only, which know nothing about the client in each message.
  const calls = new ChannelRequests({ transport, about: undefined, firstId: firstCallId });
  const { onmessage, onclose } = transport;
  transport.onmessage = (message, extra) => {
    if (!calls.receive(message)) onmessage?.(message, extra);
  };
  transport.onclose = () => {
    calls.lost();
    onclose?.();
  };
  return calls;
}

interface EngineBounds {
  readonly signal: AbortSignal;
  readonly timeout: number;
  readonly resetTimeoutOnProgress: boolean;
  readonly onprogress: (progress: Progress) => void;
}
