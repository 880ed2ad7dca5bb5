import type { JSONRPCMessage, MessageExtraInfo, RequestId, Transport, TransportSendOptions } from "@modelcontextprotocol/client";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { unusableAnswer } from "../errors.ts";
import { handshakeResult, readableError, responseFault } from "./guard-checks.ts";

export interface GuardOptions {
  /** Pipes are one channel for all messages: the protocol engine then treats silence during its probe as an older server. */
  readonly stdio?: boolean;
  /** Whether results the host reads itself are kept back (`take`), because the engine would refuse odd ones. Default true. */
  readonly keepsResults?: boolean;
  /** Requests a server may have open at the host at a time. Default 16. */
  readonly maxServerRequests?: number;
}

/** Results the host reads itself, so that one odd field does not cost the whole answer. */
const keptMethods = new Set(["tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read"]);
const slotKey = "lectern/slot";

/** The valid, empty result that stands in for a kept one, as the engine's own schemas want it. */
const standIns: Readonly<Record<string, object>> = {
  "tools/list": { tools: [], ttlMs: 0, cacheScope: "private" },
  "tools/call": { content: [] },
  "resources/list": { resources: [], ttlMs: 0, cacheScope: "private" },
  "resources/templates/list": { resourceTemplates: [], ttlMs: 0, cacheScope: "private" },
  "resources/read": { contents: [], ttlMs: 0, cacheScope: "private" },
};

const coalesced = new Set([
  "notifications/tools/list_changed",
  "notifications/resources/list_changed",
  "notifications/prompts/list_changed",
]);
/** A connection has a handful of subscriptions. */
const maxAcknowledgements = 100;
const progressIntervalMs = 50;

interface PendingRequest {
  readonly method: string;
  lastProgressAt: number;
}

/**
 * Stands between the protocol engine and a server. Lets through only what was asked for, once, in a shape the engine can take;
 * keeps the results the host reads itself (`take`); and bounds what a server can make the host do.
 */
export class GuardedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  /** Whether all messages go over one channel (pipes, a linked pair), not over HTTP. */
  readonly isChannel: boolean;
  readonly #inner: Transport;
  readonly #keepsResults: boolean;
  readonly #maxServerRequests: number;
  readonly #pending = new Map<RequestId, PendingRequest>();
  readonly #kept = new Map<number, unknown>();
  readonly #serverRequests = new Set<RequestId>();
  readonly #coalescing = new Set<string>();
  #nextSlot = 1;
  #acknowledgements = 0;
  #started: Promise<void> | undefined;

  constructor(inner: Transport, { stdio = false, keepsResults = true, maxServerRequests = 16 }: GuardOptions = {}) {
    this.isChannel = stdio;
    this.#keepsResults = keepsResults;
    this.#inner = inner;
    this.#maxServerRequests = maxServerRequests;
    // The engine recognises pipes by these two properties (2.4: detectProbeTransportKind).
    if (stdio) Object.defineProperties(this, { stderr: { value: null }, pid: { value: null } });
    inner.onmessage = (message, extra) => this.#receive(message, extra);
    inner.onerror = (error) => this.onerror?.(error);
    inner.onclose = () => {
      this.#pending.clear();
      this.onclose?.();
    };
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  get hasPerRequestStream(): boolean {
    return this.#inner.hasPerRequestStream === true;
  }

  setProtocolVersion(version: string): void {
    this.#inner.setProtocolVersion?.(version);
  }

  setSupportedProtocolVersions(versions: string[]): void {
    this.#inner.setSupportedProtocolVersions?.(versions);
  }

  start(): Promise<void> {
    this.#started ??= this.#inner.start();
    return this.#started;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async send(message: JSONRPCMessage, options: TransportSendOptions = {}): Promise<void> {
    if (!("method" in message)) {
      if (message.id !== undefined) this.#serverRequests.delete(message.id);
      return this.#inner.send(message, options);
    }
    if (!("id" in message)) {
      if (message.method === "notifications/cancelled") this.#forget(message.params?.requestId);
      return this.#inner.send(message, options);
    }
    const { id, method } = message;
    this.#pending.set(id, { method, lastProgressAt: 0 });
    options.requestSignal?.addEventListener("abort", () => this.#forget(id), { once: true });
    const onRequestStreamEnd = (): void => {
      options.onRequestStreamEnd?.();
      if (options.onRequestStreamEnd === undefined) this.#fail(id, "it ended its stream before it answered");
    };
    try {
      await this.#inner.send(message, { ...options, onRequestStreamEnd });
    } catch (error) {
      this.#pending.delete(id);
      throw error;
    }
  }

  /** The raw result behind a stand-in the engine returned. Each can be taken once; undefined for anything else. */
  take(standIn: unknown): unknown {
    const meta = isJsonObject(standIn) ? standIn._meta : undefined;
    const slot = isJsonObject(meta) ? meta[slotKey] : undefined;
    if (typeof slot !== "number") return undefined;
    const result = this.#kept.get(slot);
    this.#kept.delete(slot);
    return result;
  }

  #forget(id: unknown): void {
    if (typeof id === "string" || typeof id === "number") this.#pending.delete(id);
  }

  #fail(id: RequestId, message: string): void {
    if (this.#pending.delete(id)) this.onmessage?.({ jsonrpc: "2.0", id, error: { code: unusableAnswer, message } });
  }

  #receive(message: unknown, extra: MessageExtraInfo | undefined): void {
    // Revisions before 2025-06-18 knew batches.
    if (Array.isArray(message)) {
      for (const part of message.slice(0, 100)) if (!Array.isArray(part)) this.#receive(part, extra);
      return;
    }
    if (!isJsonObject(message)) return;
    const { id, method } = message;
    const params = isJsonObject(message.params) ? { params: message.params } : {};
    if (typeof method !== "string") this.#receiveResponse(message, extra);
    else if (typeof id === "string" || typeof id === "number") this.#receiveRequest(id, method, params, extra);
    else this.#receiveNotification(method, params, extra);
  }

  #receiveRequest(id: RequestId, method: string, params: { params?: JsonObject }, extra: MessageExtraInfo | undefined): void {
    if (this.#serverRequests.size >= this.#maxServerRequests) {
      const error = { code: -32000, message: "Too many open requests" };
      this.#inner.send({ jsonrpc: "2.0", id, error }).catch(() => {});
      return;
    }
    this.#serverRequests.add(id);
    this.onmessage?.({ jsonrpc: "2.0", id, method, ...params }, extra);
  }

  #receiveNotification(method: string, params: { params?: JsonObject }, extra: MessageExtraInfo | undefined): void {
    const deliver = (): void => this.onmessage?.({ jsonrpc: "2.0", method, ...params }, extra);
    if (coalesced.has(method)) {
      if (this.#coalescing.has(method)) return;
      this.#coalescing.add(method);
      setImmediate(() => {
        this.#coalescing.delete(method);
        deliver();
      });
      return;
    }
    if (this.#isWaitedFor(method, params.params)) deliver();
  }

  /** Whether anyone here does something with a notice: each costs the engine far more than it costs a server to send it. */
  #isWaitedFor(method: string, params: JsonObject | undefined): boolean {
    switch (method) {
      case "notifications/progress":
        return this.#wantsProgress(params);
      case "notifications/cancelled": {
        // Its own request, or one of ours that stays open (a subscription).
        const id = params?.requestId;
        return (typeof id === "string" || typeof id === "number") && (this.#serverRequests.has(id) || this.#pending.has(id));
      }
      case "notifications/subscriptions/acknowledged":
        return this.#acknowledgements++ < maxAcknowledgements;
      default:
        return false;
    }
  }

  #wantsProgress(params: JsonObject | undefined): boolean {
    const token = isJsonObject(params) ? params.progressToken : undefined;
    const pending = typeof token === "number" || typeof token === "string" ? this.#pending.get(Number(token)) : undefined;
    if (pending === undefined || Date.now() - pending.lastProgressAt < progressIntervalMs) return false;
    pending.lastProgressAt = Date.now();
    return true;
  }

  /** The pending request an id answers. Some servers answer `1` with `"1"`. */
  #pendingId(id: unknown): RequestId | undefined {
    if (typeof id === "number" && this.#pending.has(id)) return id;
    if (typeof id !== "string") return undefined;
    if (this.#pending.has(id)) return id;
    return /^\d{1,15}$/.test(id) && this.#pending.has(Number(id)) ? Number(id) : undefined;
  }

  #receiveResponse(message: { readonly [key: string]: unknown }, extra: MessageExtraInfo | undefined): void {
    const id = this.#pendingId(message.id);
    if (id === undefined) return;
    const { method } = this.#pending.get(id)!;
    const { result, error } = message;
    const fault = responseFault(result, error);
    if (fault !== undefined) {
      this.#fail(id, fault);
      return;
    }
    this.#pending.delete(id);
    const answer = isJsonObject(result) ? { result: this.#forEngine(method, result) } : { error: readableError(error) };
    this.onmessage?.({ jsonrpc: "2.0", id, ...answer }, extra);
  }

  #forEngine(method: string, result: JsonObject): { [key: string]: unknown } {
    const { resultType } = result;
    if (resultType === "input_required") return { ...result };
    if (!keptMethods.has(method)) return handshakeResult(result);
    if (!this.#keepsResults) return result;
    const slot = this.#nextSlot++;
    this.#kept.set(slot, result);
    return {
      ...standIns[method],
      // Servers of the newer revision must say what kind of result this is; those that forget are understood all the same.
      resultType: typeof resultType === "string" ? resultType.slice(0, 40) : "complete",
      _meta: { [slotKey]: slot },
    };
  }
}
