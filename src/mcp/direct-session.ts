import type { JSONRPCMessage } from "@modelcontextprotocol/client";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { aboutClient, ChannelRequests, metaPrefix, revision } from "./channel-requests.ts";
import type { AskPerson } from "./elicitation.ts";
import { type RequestOptions, type Session, SessionError, type ToolRequest } from "./session.ts";
import type { GuardedTransport } from "./transport/guard.ts";

export interface DirectSessionOptions {
  readonly transport: GuardedTransport;
  readonly connectTimeoutMs: number;
  readonly elicit?: AskPerson;
  readonly onToolsChanged: () => void;
  readonly onClosed: () => void;
}

interface Subscription {
  readonly acknowledge: () => void;
  readonly end: (how: "graceful" | "remote") => void;
}

/**
 * The newer revision over one channel (pipes or a linked pair), spoken by ourselves: it has no handshake and no server requests, so little is
 * left to do, and the official client, whose loading costs as much as the rest of a cold start, need not be loaded. Older revisions, and
 * whatever goes over HTTP, are spoken by the official client. Source: MCP 2026-07-28, basic, MRTR, subscriptions.
 */
export class DirectSession implements Session {
  readonly era = "modern";
  readonly hasSession = false;
  readonly #transport: GuardedTransport;
  readonly #options: DirectSessionOptions;
  readonly #requests: ChannelRequests;
  readonly #subscriptions = new Map<string, Subscription>();
  #discovered: JsonObject = {};
  #closed = false;

  private constructor(options: DirectSessionOptions, firstId: number) {
    const { transport, elicit } = options;
    this.#options = options;
    this.#transport = transport;
    this.#requests = new ChannelRequests({ transport, elicit, about: aboutClient(elicit), firstId });
    transport.onmessage = (message) => this.#receive(message);
    transport.onclose = () => this.#lost();
  }

  /** Starts the transport and asks the server what it is. Rejects, with the transport closed, where it does not speak the revision. */
  static async open(options: DirectSessionOptions): Promise<DirectSession> {
    const session = new DirectSession(options, 0);
    try {
      await session.#transport.start();
      const discovered = await session.#discover(options.connectTimeoutMs).catch((error: unknown) => {
        // "Method not found" is how older servers say that they do not know this revision.
        throw error instanceof SessionError && error.code === -32601 ? unknownRevision() : error;
      });
      if (!speaksRevision(discovered)) throw unknownRevision();
      session.#discovered = discovered;
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /**
   * Finds out whether the server speaks the revision: the open session where it does, undefined where it refuses, knows nothing of it or stays
   * silent for `probeTimeoutMs`; the transport is then free for an older handshake. Rejects where the connection is lost meanwhile.
   */
  static async probe(options: DirectSessionOptions, probeTimeoutMs: number): Promise<DirectSession | undefined> {
    const session = new DirectSession(options, firstProbeId);
    await session.#transport.start();
    const discovered = await session.#discover(probeTimeoutMs).catch((error: unknown) => {
      if (session.#closed) throw error;
      return undefined;
    });
    if (speaksRevision(discovered)) {
      session.#discovered = discovered;
      return session;
    }
    options.transport.onmessage = () => {};
    options.transport.onclose = () => {};
    return undefined;
  }

  #discover(timeoutMs: number): Promise<unknown> {
    const { signal } = new AbortController();
    return this.request("server/discover", {}, { signal, timeoutMs, maxTotalMs: timeoutMs });
  }

  get instructions(): string | undefined {
    const { instructions } = this.#discovered;
    return typeof instructions === "string" ? instructions : undefined;
  }

  get capabilities(): JsonObject {
    const { capabilities } = this.#discovered;
    return isJsonObject(capabilities) ? capabilities : {};
  }

  callTool(call: ToolRequest, options: RequestOptions): Promise<unknown> {
    return this.request("tools/call", { name: call.name, arguments: call.arguments }, options);
  }

  request(method: string, params: JsonObject, options: RequestOptions): Promise<unknown> {
    return this.#requests.request(method, params, options);
  }

  #receive(message: JSONRPCMessage): void {
    if (this.#requests.receive(message)) return;
    if ("method" in message) {
      if (!("id" in message)) this.#notified(message.method, isJsonObject(message.params) ? message.params : {});
      return; // This revision knows no requests of servers.
    }
    if (message.id === undefined) return;
    this.#subscriptions.get(String(message.id))?.end("result" in message ? "graceful" : "remote");
  }

  #notified(method: string, params: JsonObject): void {
    if (method === "notifications/tools/list_changed") this.#options.onToolsChanged();
    else if (method === "notifications/cancelled") this.#subscriptions.get(String(params.requestId))?.end("remote");
    else if (method === "notifications/subscriptions/acknowledged") {
      const about = isJsonObject(params._meta) ? params._meta : {};
      this.#subscriptions.get(String(about[`${metaPrefix}/subscriptionId`]))?.acknowledge();
    }
  }

  async watchTools(timeoutMs: number): Promise<"local" | "graceful" | "remote"> {
    const id = `listen:${this.#requests.nextId()}`;
    const { promise, resolve } = Promise.withResolvers<"local" | "graceful" | "remote">();
    const timer = setTimeout(() => resolve("remote"), timeoutMs);
    this.#subscriptions.set(id, { acknowledge: () => clearTimeout(timer), end: resolve });
    const params = this.#requests.enveloped({ notifications: { toolsListChanged: true } });
    this.#requests.send({ jsonrpc: "2.0", id, method: "subscriptions/listen", params }).catch(() => resolve("remote"));
    return await promise.finally(() => {
      clearTimeout(timer);
      this.#subscriptions.delete(id);
    });
  }

  #lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#requests.lost();
    for (const { end } of this.#subscriptions.values()) end("remote");
    this.#options.onClosed();
  }

  async close(): Promise<void> {
    this.#lost();
    await this.#transport.close();
  }
}

/** An answer to the question that comes late must not pass for one to a request of the older handshake, which numbers from 0. */
const firstProbeId = 500_000_000;

function speaksRevision(discovered: unknown): discovered is JsonObject {
  const versions = isJsonObject(discovered) ? discovered.supportedVersions : undefined;
  return Array.isArray(versions) && versions.includes(revision);
}

const unknownRevision = (): SessionError => new SessionError("INVALID_RESULT", `it does not speak the ${revision} protocol`);
