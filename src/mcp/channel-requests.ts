import type { JSONRPCMessage } from "@modelcontextprotocol/client";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { oneLine } from "../core/neutralise.ts";
import { version } from "../core/version.ts";
import { answerInputRequests } from "./direct-input.ts";
import type { AskPerson } from "./elicitation.ts";
import { type RequestOptions, readableProgress, SessionError } from "./session.ts";
import type { GuardedTransport } from "./transport/guard.ts";

/** The newest protocol revision spoken here. */
export const revision = "2026-07-28";
export const metaPrefix = "io.modelcontextprotocol";
const maxInputRounds = 10;

export interface ChannelRequestsOptions {
  readonly transport: GuardedTransport;
  /** Sent with each message of the newer revision; undefined for older ones, which know none. */
  readonly about: JsonObject | undefined;
  /** Where the numbering of requests begins; two senders on one channel need ranges of their own. Default 0. */
  readonly firstId?: number;
  readonly elicit?: AskPerson | undefined;
}

/** What every message of the newer revision says about the client. Source: MCP 2026-07-28, basic, `_meta`. */
export function aboutClient(elicit: AskPerson | undefined): JsonObject {
  return {
    [`${metaPrefix}/protocolVersion`]: revision,
    [`${metaPrefix}/clientInfo`]: { name: "lectern", version },
    [`${metaPrefix}/clientCapabilities`]: elicit ? { elicitation: { form: { applyDefaults: true }, url: {} } } : {},
  };
}

interface Waiting {
  readonly settle: (answer: { readonly result: JsonObject } | { readonly error: Error }) => void;
  readonly progressed: (params: JsonObject) => void;
}

/**
 * Requests and their answers over one channel (pipes or a linked pair): numbers, time limits, cancellation, progress, and the rounds in which
 * a server of the newer revision asks the person first. Whoever owns the channel passes incoming messages to `receive`.
 */
export class ChannelRequests {
  readonly #transport: GuardedTransport;
  readonly #about: JsonObject | undefined;
  readonly #elicit: AskPerson | undefined;
  readonly #waiting = new Map<string | number, Waiting>();
  #nextId: number;
  #closed = false;

  constructor({ transport, about, elicit, firstId = 0 }: ChannelRequestsOptions) {
    this.#transport = transport;
    this.#about = about;
    this.#elicit = elicit;
    this.#nextId = firstId;
  }

  /** Sends a request, and again with answers where the server first asks the person something. The rounds share one time limit. */
  async request(method: string, params: JsonObject, options: RequestOptions): Promise<unknown> {
    const endsAt = performance.now() + options.maxTotalMs;
    let sent = params;
    for (let round = 0; round <= maxInputRounds; round++) {
      const maxTotalMs = round === 0 ? options.maxTotalMs : Math.max(1, endsAt - performance.now());
      const result = await this.#exchange(method, sent, options, maxTotalMs);
      // Older revisions have one kind of result only, and may use the name for something of their own.
      if (this.#about === undefined) return this.#transport.take(result) ?? result;
      if (result.resultType !== "input_required") {
        // Taken before it is looked at: what is not taken stays in memory.
        const kept = this.#transport.take(result);
        const whole = complete(method, result);
        return kept ?? whole;
      }
      const answers = await answerInputRequests(result, this.#elicit, options.signal);
      sent = { ...params, ...answers };
    }
    throw new SessionError("INVALID_RESULT", `it still asks after ${maxInputRounds} rounds`);
  }

  #exchange(method: string, params: JsonObject, options: RequestOptions, maxTotalMs: number): Promise<JsonObject> {
    const id = this.nextId();
    const { signal } = options;
    return new Promise<JsonObject>((resolve, reject) => {
      const settled = (): void => {
        clearTimeout(hard);
        clearTimeout(idle);
        signal.removeEventListener("abort", onAbort);
        this.#waiting.delete(id);
      };
      const fail = (error: unknown): void => {
        settled();
        reject(error);
      };
      const cancel = (error: unknown): void => {
        if (!this.#waiting.has(id)) return;
        // An older server knows neither the first question nor its end.
        if (method !== "server/discover") this.#withdraw(id);
        fail(error);
      };
      const late = (): void => cancel(new SessionError("REQUEST_TIMEOUT", "it did not answer in time"));
      const onAbort = (): void => cancel(signal.reason);
      const hard = setTimeout(late, maxTotalMs);
      const idle = setTimeout(late, options.timeoutMs);
      this.#waiting.set(id, {
        settle: (answer) => {
          settled();
          if ("error" in answer) reject(answer.error);
          else resolve(answer.result);
        },
        progressed: (progress) => {
          idle.refresh();
          options.onProgress?.(readableProgress(progressOf(progress)));
        },
      });
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) fail(signal.reason);
      else this.send({ jsonrpc: "2.0", id, method, params: this.enveloped(params, { progressToken: id }) }).catch(fail);
    });
  }

  #withdraw(requestId: number): void {
    const params = this.enveloped({ requestId });
    this.send({ jsonrpc: "2.0", method: "notifications/cancelled", params }).catch(() => {});
  }

  nextId(): number {
    return this.#nextId++;
  }

  enveloped(params: JsonObject, extra: JsonObject = {}): { [key: string]: Json } {
    const meta = { ...this.#about, ...extra };
    return Object.keys(meta).length === 0 ? { ...params } : { ...params, _meta: meta };
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) throw new SessionError("CONNECTION_CLOSED", "the connection closed");
    await this.#transport.send(message);
  }

  /** Takes an answer to one of these requests, or progress on it; false for any other message. */
  receive(message: JSONRPCMessage): boolean {
    if ("method" in message) {
      if (message.method !== "notifications/progress" || "id" in message) return false;
      const params: unknown = message.params;
      const waiting = isJsonObject(params) ? this.#waiting.get(Number(params.progressToken)) : undefined;
      if (waiting && isJsonObject(params)) waiting.progressed(params);
      return waiting !== undefined;
    }
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (waiting === undefined) return false;
    if ("error" in message) {
      const { code, message: text, data } = message.error;
      waiting.settle({ error: new SessionError(code, text, data) });
    } else if (isJsonObject(message.result)) waiting.settle({ result: message.result });
    return true;
  }

  /** The channel is gone: what is under way fails, and nothing more is sent. */
  lost(): void {
    this.#closed = true;
    for (const { settle } of [...this.#waiting.values()])
      settle({ error: new SessionError("CONNECTION_CLOSED", "the connection closed") });
  }
}

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
