import type { ServerResponse } from "node:http";
import type { JsonObject } from "../../core/json.ts";
import type { Caller } from "../../core/served-tools.ts";
import type { Conversation, Exchange } from "../exchange.ts";
import { notificationText, type Outcome, type RpcId, type RpcRequest, responseText } from "../rpc.ts";
import { type MessageStream, plainStream } from "./event-stream.ts";
import type { FrontRequest } from "./front.ts";
import { type Accepted, accepts } from "./headers.ts";
import type { Pulse } from "./pulse.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { sendJson, sendRefusal } from "./reply.ts";

export interface HttpExchangeOptions {
  readonly caller: Caller;
  readonly response: ServerResponse;
  readonly request: FrontRequest;
  readonly pulse: Pulse;
  readonly checksScopes: boolean;
  readonly conversation?: Conversation;
  /** Opens the event stream when the first notification comes. Default: a plain one on the response. */
  readonly openStream?: () => MessageStream;
  /** Flat list of names and values for the response. */
  readonly headers?: readonly string[];
  /** `WWW-Authenticate` for a call that needs further scopes. */
  readonly challenge?: (scopes: readonly string[]) => string;
}

/** One POST with one request: answered as JSON, or as an event stream once there is more to say than the answer. */
export class HttpExchange implements Exchange {
  readonly caller: Caller;
  readonly checksScopes: boolean;
  readonly conversation?: Conversation;
  readonly #options: HttpExchangeOptions;
  readonly #takes: Accepted;
  #stream: MessageStream | undefined;
  #abort: AbortController | undefined;
  #settled = false;

  constructor(options: HttpExchangeOptions) {
    this.#options = options;
    this.caller = options.caller;
    this.checksScopes = options.checksScopes;
    if (options.conversation !== undefined) this.conversation = options.conversation;
    this.#takes = accepts(options.request.headers.get("accept"));
  }

  get takesEvents(): boolean {
    return this.#takes.events;
  }

  get takesNothing(): boolean {
    return !this.#takes.json && !this.#takes.events;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#options.response.destroyed && this.#stream === undefined) this.#abort.abort();
    return this.#abort.signal;
  }

  header(name: string): string | undefined {
    return this.#options.request.headers.get(name);
  }

  notify(method: string, params: JsonObject): void {
    this.stream()?.send(notificationText(method, params));
  }

  /** The event stream, opened now if need be; undefined for a client that takes none. */
  stream(): MessageStream | undefined {
    const { response, openStream, headers } = this.#options;
    if (this.#stream !== undefined || !this.#takes.events || response.headersSent || response.destroyed) return this.#stream;
    this.#stream = openStream?.() ?? plainStream(response, headers);
    this.#options.pulse.keep(response);
    return this.#stream;
  }

  cancel(): void {
    this.#abort ??= new AbortController();
    this.#abort.abort();
  }

  /** Sends the outcome, now or when it is there. */
  finish(id: RpcId, outcome: Outcome | Promise<Outcome>): void {
    if (!(outcome instanceof Promise)) {
      this.#send(id, outcome);
      return;
    }
    const { response, pulse, request } = this.#options;
    // Leaving is cancelling, unless the client can come back to a stream that is kept for it.
    response.once("close", () => {
      const isKept = this.#stream !== undefined && this.#options.openStream !== undefined;
      if (!isKept && !this.#settled) this.cancel();
    });
    pulse.keep(response, () => void this.stream());
    outcome.then((settled) => this.#send(id, settled)).catch(request.fail);
  }

  #send(id: RpcId, outcome: Outcome): void {
    this.#settled = true;
    const { response, headers, challenge } = this.#options;
    const cancelled = this.#abort?.signal.aborted === true;
    if (this.#stream !== undefined || (this.#takes.prefersEvents && !response.headersSent && outcome.error === undefined)) {
      const stream = this.stream();
      if (!cancelled) stream?.send(responseText(id, outcome));
      stream?.end();
      return;
    }
    if (cancelled) {
      sendRefusal(response, refuse(200, "The request was cancelled.", { id }));
      return;
    }
    const status = outcome.error === undefined ? 200 : (outcome.status ?? 200);
    const scopes = outcome.error === undefined ? undefined : outcome.scopes;
    const extra =
      scopes === undefined || challenge === undefined ? headers : [...(headers ?? []), "www-authenticate", challenge(scopes)];
    sendJson(response, status, responseText(id, outcome), extra);
  }
}

export function notAcceptable({ id }: RpcRequest): Refusal {
  return refuse(406, "The client must accept application/json and text/event-stream.", { id });
}
