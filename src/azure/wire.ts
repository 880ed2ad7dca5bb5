import type { Agent, AgentOptions, ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from "node:http";
import type { HeaderMap } from "./error-reply.ts";

/**
 * Why an exchange ended without a whole answer. `stale`: a kept-alive connection had died, most likely before the request reached
 * anyone; `unsent`: that is certain, since not even the system took all of it.
 */
export type WireFault =
  | { readonly kind: "connect"; readonly cause: Error; readonly stale: boolean; readonly unsent: boolean }
  | { readonly kind: "broken"; readonly cause: Error }
  | { readonly kind: "no_connection" | "no_answer" | "silence"; readonly waitedMs: number }
  | { readonly kind: "aborted" };

export class WireError extends Error {
  readonly fault: WireFault;

  constructor(fault: WireFault) {
    super(`exchange failed: ${fault.kind}`, "cause" in fault ? { cause: fault.cause } : undefined);
    this.fault = fault;
  }
}

/** Where requests go: one scheme, host and port with its kept-alive connections. */
export interface Origin {
  readonly request: (options: RequestOptions) => ClientRequest;
  readonly hostname: string;
  readonly port: string;
  readonly agent: Agent;
  /** Opens a connection for each request, in the same way. */
  readonly freshAgent: () => Agent;
  /** What the agent was made with. */
  readonly agentOptions: AgentOptions;
  readonly secure: boolean;
}

/** Limits of one exchange, in milliseconds. */
export interface WireTimeouts {
  /** Until a new connection stands (DNS, TCP, TLS). */
  readonly connectMs: number;
  /** From then until the status line. */
  readonly answerMs: number;
  /** Longest silence between two reads of the body. */
  readonly idleMs: number;
  /** How long the connection may stay open after the reply is known to be whole. */
  readonly lingerMs: number;
}

export interface WireListener {
  head(status: number, headers: HeaderMap): void;
  /** One socket read. Returns true once the reply is whole, so that a connection that never closes does no harm. May throw: ends the exchange with that error. */
  data(chunk: Buffer): boolean;
}

export interface WireRequest {
  readonly origin: Origin;
  /** On a connection of its own: after a failure, kept ones may be dead or lead to the same sick machine. Default false. */
  readonly fresh?: boolean;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** A string goes out in one piece with the headers; bytes are cheaper for long ones. */
  readonly body: string | Buffer;
  readonly timeouts: WireTimeouts;
  readonly listener: WireListener;
}

/** One exchange under way. */
export interface Exchange {
  /** Resolves when the answer was read to its end; rejects with WireError, or with what the listener threw. */
  readonly done: Promise<void>;
  /** Closes the connection; `done` rejects with `aborted`. */
  abort(): void;
  /** Stops reading until `resume`: for a consumer that is slower than the service. The idle timer rests meanwhile. */
  pause(): void;
  resume(): void;
}

/** Sends one POST and reads the answer by callbacks: no promise or iterator per read. Never follows redirects. */
export function exchange(request: WireRequest): Exchange {
  return new HttpExchange(request);
}

class HttpExchange implements Exchange {
  readonly done: Promise<void>;
  readonly #request: ClientRequest;
  readonly #listener: WireListener;
  readonly #timeouts: WireTimeouts;
  readonly #timer: PhaseTimer;
  #settle!: { resolve: () => void; reject: (reason: unknown) => void };
  #response: IncomingMessage | undefined;
  #whole = false;
  #settled = false;

  constructor({ origin, fresh = false, path, headers, body, timeouts, listener }: WireRequest) {
    this.#listener = listener;
    this.#timeouts = timeouts;
    this.#timer = new PhaseTimer((fault) => this.#expire(fault));
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const { hostname, port } = origin;
    const agent = fresh ? origin.freshAgent() : origin.agent;
    this.#request = origin.request({ hostname, port, path, method: "POST", headers, agent });
    this.#request.on("socket", (socket) => {
      // After the request has been written, which is what the service waits for.
      if (!socket.connecting) return queueMicrotask(() => this.#awaitAnswer());
      const ready = "encrypted" in socket ? "secureConnect" : "connect";
      socket.once(ready, () => this.#awaitAnswer());
    });
    this.#request.on("response", (response) => this.#onResponse(response));
    this.#request.on("error", (cause: NodeJS.ErrnoException) => {
      if (this.#response !== undefined) return this.#fail({ kind: "broken", cause });
      const stale = this.#request.reusedSocket;
      this.#fail({ kind: "connect", cause, stale, unsent: stale && cause.syscall === "write" });
    });
    this.#request.end(body);
    this.#timer.start("no_connection", timeouts.connectMs);
  }

  #awaitAnswer(): void {
    if (this.#response === undefined && !this.#settled) this.#timer.start("no_answer", this.#timeouts.answerMs);
  }

  abort(): void {
    this.#fail({ kind: "aborted" });
  }

  pause(): void {
    this.#timer.stop();
    this.#response?.pause();
  }

  resume(): void {
    if (this.#settled) return;
    this.#timer.start("silence", this.#timeouts.idleMs);
    this.#response?.resume();
  }

  #onResponse(response: IncomingMessage): void {
    this.#response = response;
    this.#timer.start("silence", this.#timeouts.idleMs);
    try {
      this.#listener.head(response.statusCode ?? 0, response.headers);
    } catch (thrown) {
      this.#reject(thrown);
      return;
    }
    response.on("data", (chunk: Buffer) => this.#onData(chunk));
    response.on("end", () => (response.complete ? this.#succeed() : this.#onClose()));
    response.on("error", (cause) => this.#fail({ kind: "broken", cause }));
    response.on("close", () => this.#onClose());
  }

  #onData(chunk: Buffer): void {
    this.#timer.heard();
    try {
      if (!this.#listener.data(chunk) || this.#whole) return;
      this.#whole = true;
      this.#timer.start("silence", this.#timeouts.lingerMs);
    } catch (thrown) {
      this.#reject(thrown);
    }
  }

  #onClose(): void {
    if (this.#settled) return;
    this.#fail({ kind: "broken", cause: new Error("the connection was closed in the middle of the answer") });
  }

  #expire(kind: "no_connection" | "no_answer" | "silence"): void {
    const { connectMs, answerMs, idleMs } = this.#timeouts;
    this.#fail({ kind, waitedMs: kind === "no_connection" ? connectMs : kind === "no_answer" ? answerMs : idleMs });
  }

  #succeed(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#timer.stop();
    this.#settle.resolve();
  }

  #fail(fault: WireFault): void {
    // What breaks after the reply is whole changes nothing in it.
    if (this.#whole && fault.kind !== "aborted") {
      this.#succeed();
      this.#request.destroy();
    } else this.#reject(new WireError(fault));
  }

  #reject(reason: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#timer.stop();
    this.#settle.reject(reason);
    this.#request.destroy();
  }
}

type Phase = "no_connection" | "no_answer" | "silence";

/** Silence is looked for this many times per limit, so that reading costs no timer: it is noticed at most a quarter late. */
const looksPerLimit = 4;

/** One timer for all phases of an exchange. */
class PhaseTimer {
  readonly #expire: (phase: Phase) => void;
  #timer: NodeJS.Timeout | undefined;
  #quietLooks = 0;

  constructor(expire: (phase: Phase) => void) {
    this.#expire = expire;
  }

  start(phase: Phase, ms: number): void {
    clearTimeout(this.#timer);
    if (phase === "silence") this.#watch(phase, Math.max(1, ms / looksPerLimit));
    else this.#timer = setTimeout(() => this.#expire(phase), Math.max(0, ms));
  }

  /** Something was read. */
  heard(): void {
    this.#quietLooks = 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #watch(phase: Phase, everyMs: number): void {
    this.#quietLooks = 0;
    const timer = setTimeout(() => {
      this.#quietLooks++;
      if (this.#quietLooks > looksPerLimit) this.#expire(phase);
      else timer.refresh();
    }, everyMs);
    this.#timer = timer;
  }
}

/** Middleboxes forget idle connections silently (Azure's load balancer after 4 minutes), so none is kept that long. */
const freeSocketMs = 60_000;

export interface OriginOptions {
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case. Keep-alive agents know of no proxy otherwise. */
  readonly proxyEnv?: Readonly<Record<string, string>> | undefined;
  /** Roots to trust in place of Node's own. */
  readonly roots?: readonly string[] | undefined;
}

/** What keeps the connections to one origin. Plain http is for the emulator and gateways on the same machine. */
export function openOrigin(url: URL, options: OriginOptions = {}): Origin {
  const secure = url.protocol === "https:";
  // An import of node:http also loads Node's fetch, WebSocket and TLS (40 ms of CPU on a cold start); this does not.
  const { request } = secure ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http");
  const agentOptions: AgentOptions = {
    keepAlive: true,
    maxFreeSockets: 256,
    keepAliveMsecs: 15_000,
    timeout: freeSocketMs,
    ...(options.proxyEnv === undefined ? {} : { proxyEnv: { ...options.proxyEnv } }),
  };
  const roots = options.roots === undefined ? {} : { ca: [...options.roots] };
  const makeAgent = (given: AgentOptions): Agent =>
    secure
      ? new (process.getBuiltinModule("node:https").Agent)({ ...given, ...roots })
      : new (process.getBuiltinModule("node:http").Agent)(given);
  let fresh: Agent | undefined;
  return {
    request,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? "443" : "80") : url.port,
    agent: makeAgent(agentOptions),
    freshAgent: () => {
      fresh ??= makeAgent({ ...agentOptions, keepAlive: false });
      return fresh;
    },
    agentOptions,
    secure,
  };
}
