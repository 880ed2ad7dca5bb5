import type { JSONRPCMessage } from "@modelcontextprotocol/client";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { oneLine } from "../core/neutralise.ts";
import { version } from "../core/version.ts";
import { answerInputRequests } from "./direct-input.ts";
import type { Elicit } from "./elicitation.ts";
import { type RequestOptions, readableProgress, type Session, SessionError, type ToolRequest } from "./session.ts";
import type { GuardedTransport } from "./transport/guard.ts";

const revision = "2026-07-28";
const meta = "io.modelcontextprotocol";
const maxInputRounds = 10;

export interface DirectSessionOptions {
  readonly transport: GuardedTransport;
  readonly connectTimeoutMs: number;
  readonly elicit?: Elicit;
  readonly onToolsChanged: () => void;
  readonly onClosed: () => void;
}

interface Waiting {
  readonly settle: (answer: { readonly result: JsonObject } | { readonly error: Error }) => void;
  readonly progressed: (params: JsonObject) => void;
}

interface Subscription {
  readonly acknowledge: () => void;
  readonly end: (how: "graceful" | "remote") => void;
}

/**
 * The newer revision over one channel (pipes or a linked pair), spoken by ourselves: it has no handshake and no server requests, so little is
 * left to do, and the official client, whose loading costs as much as the rest of a cold start, need not be loaded. Used for servers that are
 * known to speak it: our own. Every other server is spoken to by the official client. Source: MCP 2026-07-28, basic, MRTR, subscriptions.
 */
export class DirectSession implements Session {
  readonly era = "modern";
  readonly hasSession = false;
  readonly #transport: GuardedTransport;
  readonly #options: DirectSessionOptions;
  readonly #waiting = new Map<string | number, Waiting>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #about: JsonObject;
  #nextId = 0;
  #discovered: JsonObject = {};
  #closed = false;

  private constructor(options: DirectSessionOptions) {
    this.#options = options;
    this.#transport = options.transport;
    const capabilities = options.elicit ? { elicitation: { form: { applyDefaults: true }, url: {} } } : {};
    this.#about = {
      [`${meta}/protocolVersion`]: revision,
      [`${meta}/clientInfo`]: { name: "lectern", version },
      [`${meta}/clientCapabilities`]: capabilities,
    };
    this.#transport.onmessage = (message) => this.#receive(message);
    this.#transport.onclose = () => this.#lost();
  }

  /** Starts the transport and asks the server what it is. Rejects, with the transport closed, where it does not speak the revision. */
  static async open(options: DirectSessionOptions): Promise<DirectSession> {
    const session = new DirectSession(options);
    try {
      await session.#transport.start();
      const timeoutMs = options.connectTimeoutMs;
      const bounds = { signal: new AbortController().signal, timeoutMs, maxTotalMs: timeoutMs };
      const discovered = await session.request("server/discover", {}, bounds).catch((error: unknown) => {
        // "Method not found" is how older servers say that they do not know this revision.
        throw error instanceof SessionError && error.code === -32601 ? unknownRevision() : error;
      });
      const versions = isJsonObject(discovered) ? discovered.supportedVersions : undefined;
      if (!isJsonObject(discovered) || !Array.isArray(versions) || !versions.includes(revision)) {
        throw unknownRevision();
      }
      session.#discovered = discovered;
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
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

  /** Sends a request, and again with answers where the server first asks the person something. The rounds share one time limit. */
  async request(method: string, params: JsonObject, options: RequestOptions): Promise<unknown> {
    const endsAt = performance.now() + options.maxTotalMs;
    let sent = params;
    for (let round = 0; round <= maxInputRounds; round++) {
      const left = Math.max(1, endsAt - performance.now());
      const result = await this.#exchange(method, sent, { ...options, maxTotalMs: left });
      if (result.resultType !== "input_required") return complete(method, result);
      const answers = await answerInputRequests(result, this.#options.elicit, options.signal);
      sent = { ...params, ...answers };
    }
    throw new SessionError("INVALID_RESULT", `it still asks after ${maxInputRounds} rounds`);
  }

  #exchange(method: string, params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    const id = this.#nextId++;
    const { signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    const cancel = (error: unknown): void => {
      if (!this.#waiting.has(id)) return;
      this.#send({ jsonrpc: "2.0", method: "notifications/cancelled", params: this.#enveloped({ requestId: id }) }).catch(
        () => {},
      );
      reject(error);
    };
    const late = (): void => cancel(new SessionError("REQUEST_TIMEOUT", "it did not answer in time"));
    const onAbort = (): void => cancel(signal.reason);
    const hard = setTimeout(late, options.maxTotalMs);
    const idle = setTimeout(late, options.timeoutMs);
    this.#waiting.set(id, {
      settle: (answer) => ("error" in answer ? reject(answer.error) : resolve(answer.result)),
      progressed: (progress) => {
        idle.refresh();
        options.onProgress?.(readableProgress(progressOf(progress)));
      },
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) reject(signal.reason);
    else this.#send({ jsonrpc: "2.0", id, method, params: this.#enveloped(params, { progressToken: id }) }).catch(reject);
    return promise.finally(() => {
      clearTimeout(hard);
      clearTimeout(idle);
      signal.removeEventListener("abort", onAbort);
      this.#waiting.delete(id);
    });
  }

  #enveloped(params: JsonObject, extra: JsonObject = {}): { [key: string]: Json } {
    return { ...params, _meta: { ...this.#about, ...extra } };
  }

  async #send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) throw new SessionError("CONNECTION_CLOSED", "the connection closed");
    await this.#transport.send(message);
  }

  #receive(message: JSONRPCMessage): void {
    if ("method" in message) {
      if (!("id" in message)) this.#notified(message.method, isJsonObject(message.params) ? message.params : {});
      return; // This revision knows no requests of servers.
    }
    const { id } = message;
    if (id === undefined) return;
    const subscription = this.#subscriptions.get(String(id));
    if (subscription) subscription.end("result" in message ? "graceful" : "remote");
    else if ("error" in message) {
      const { code, message: text, data } = message.error;
      this.#waiting.get(id)?.settle({ error: new SessionError(code, text, data) });
    } else if (isJsonObject(message.result)) this.#waiting.get(id)?.settle({ result: message.result });
  }

  #notified(method: string, params: JsonObject): void {
    if (method === "notifications/tools/list_changed") this.#options.onToolsChanged();
    else if (method === "notifications/progress") this.#waiting.get(Number(params.progressToken))?.progressed(params);
    else if (method === "notifications/cancelled") this.#subscriptions.get(String(params.requestId))?.end("remote");
    else if (method === "notifications/subscriptions/acknowledged") {
      const about = isJsonObject(params._meta) ? params._meta : {};
      this.#subscriptions.get(String(about[`${meta}/subscriptionId`]))?.acknowledge();
    }
  }

  async watchTools(timeoutMs: number): Promise<"local" | "graceful" | "remote"> {
    const id = `listen:${this.#nextId++}`;
    const { promise, resolve } = Promise.withResolvers<"local" | "graceful" | "remote">();
    const timer = setTimeout(() => resolve("remote"), timeoutMs);
    this.#subscriptions.set(id, { acknowledge: () => clearTimeout(timer), end: resolve });
    const params = this.#enveloped({ notifications: { toolsListChanged: true } });
    this.#send({ jsonrpc: "2.0", id, method: "subscriptions/listen", params }).catch(() => resolve("remote"));
    return await promise.finally(() => {
      clearTimeout(timer);
      this.#subscriptions.delete(id);
    });
  }

  #lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { settle } of this.#waiting.values())
      settle({ error: new SessionError("CONNECTION_CLOSED", "the connection closed") });
    for (const { end } of this.#subscriptions.values()) end("remote");
    this.#options.onClosed();
  }

  async close(): Promise<void> {
    this.#lost();
    await this.#transport.close();
  }
}

const unknownRevision = (): SessionError => new SessionError("INVALID_RESULT", `it does not speak the ${revision} protocol`);

/** Results that forgot to say they are complete are taken as complete; of unknown kinds nobody knows what they mean. */
function complete(method: string, result: JsonObject): JsonObject {
  const { resultType } = result;
  if (resultType === undefined || resultType === "complete") return result;
  throw new SessionError("INVALID_RESULT", `its answer to ${method} is of an unknown kind (${oneLine(String(resultType), 40)})`);
}

function progressOf({ progress, total, message }: JsonObject): { progress: number; total?: number; message?: string } {
  return {
    progress: typeof progress === "number" ? progress : 0,
    ...(typeof total === "number" && { total }),
    ...(typeof message === "string" && { message }),
  };
}
