import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { Readable, Transform, type TransformCallback } from "node:stream";

export interface BoundedFetchOptions {
  /** Bytes of one answer, or of one event of an event stream. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds until the answer's head must be there. Default 60,000. */
  readonly headTimeoutMs?: number;
  /** How host names become addresses; refuses those that may not be asked. Default: the system's. */
  readonly lookup?: LookupFunction;
  /** Keeps connections for several requests. Default: Node's own. */
  readonly agents?: Agents;
}

/** Connections to keep and to close again, one agent for each scheme. */
export interface Agents extends Disposable {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

const proxyVariables = ["http_proxy", "https_proxy", "no_proxy"];

/** The variables that name a proxy, in either case; undefined where none does. Source: curl's convention, which Node's `proxyEnv` follows. */
export function proxyVariablesOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> | undefined {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => proxyVariables.includes(entry[0].toLowerCase()) && !!entry[1],
  );
  return entries.some(([name]) => !/^no_proxy$/i.test(name)) ? Object.fromEntries(entries) : undefined;
}

/** Agents that go through the proxy `env` names, if any. Dispose of them to close their connections. */
export function createAgents(env: Readonly<Record<string, string | undefined>>): Agents {
  const proxyEnv = proxyVariablesOf(env);
  const settings = { keepAlive: true, ...(proxyEnv && { proxyEnv }) };
  const agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) };
  return {
    ...agents,
    [Symbol.dispose]: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

const defaultMaxBytes = 16 * 1024 * 1024;

/**
 * A `fetch` on node:http(s) for talking to MCP servers: answers are bounded in size, event streams in the size of one event
 * (never in time: a quiet stream is not a broken one), redirects are handed back unfollowed.
 * Node's own fetch cuts quiet streams after 300 s and reads bodies without bound.
 */
export function createBoundedFetch(
  options: BoundedFetchOptions = {},
): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return (url, init = {}) =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const signal = init.signal ?? undefined;
      if (signal?.aborted) return reject(signal.reason);
      const isHttps = target.protocol === "https:";
      const agent = isHttps ? options.agents?.https : options.agents?.http;
      const settings: RequestOptions = {
        method: init.method ?? "GET",
        headers: Object.fromEntries(new Headers(init.headers).entries()),
        ...(options.lookup && { lookup: options.lookup }),
        ...(agent && { agent }),
        ...(signal && { signal }),
      };
      const request = (isHttps ? httpsRequest : httpRequest)(target, settings);
      request.setTimeout(options.headTimeoutMs ?? 60_000, () =>
        request.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })),
      );
      request.once("error", (error) => reject(signal?.aborted ? signal.reason : error));
      request.once("response", (message) => {
        request.setTimeout(0);
        message.socket.setTimeout(0);
        resolve(toResponse(message, options.maxBytes ?? defaultMaxBytes));
      });
      request.end(
        typeof init.body === "string" ? init.body : init.body instanceof URLSearchParams ? init.body.toString() : undefined,
      );
    });
}

function toResponse(message: IncomingMessage, maxBytes: number): Response {
  const status = message.statusCode ?? 502;
  const headers = toHeaders(message.headers);
  if ([204, 205, 304].includes(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const isStream = (message.headers["content-type"] ?? "").startsWith("text/event-stream");
  const bounded = new ByteLimit(maxBytes, { perEvent: isStream });
  message.once("error", (error) => bounded.destroy(error));
  message.pipe(bounded);
  bounded.once("close", () => message.destroy());
  // Node's and the web's stream types describe the same object differently.
  const body = Readable.toWeb(bounded) as ReadableStream<Uint8Array>;
  return new Response(body, {
    status: status < 200 || status > 599 ? 502 : status,
    statusText: message.statusMessage ?? "",
    headers,
  });
}

function toHeaders(raw: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const item of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, item);
  }
  return headers;
}

/** Fails once a body, or one event of a stream, grows over the limit. */
class ByteLimit extends Transform {
  readonly #maxBytes: number;
  readonly #perEvent: boolean;
  #seen = 0;

  constructor(maxBytes: number, { perEvent }: { perEvent: boolean }) {
    super();
    this.#maxBytes = maxBytes;
    this.#perEvent = perEvent;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    // A blank line ends an event.
    const end = this.#perEvent
      ? Math.max(chunk.lastIndexOf("\n\n"), chunk.lastIndexOf("\r\n\r\n"), chunk.lastIndexOf("\r\r"))
      : -1;
    this.#seen = end === -1 ? this.#seen + chunk.length : chunk.length - end;
    if (this.#seen > this.#maxBytes)
      done(new Error(`The server's answer is larger than ${Math.floor(this.#maxBytes / (1024 * 1024))} MiB.`));
    else done(null, chunk);
  }
}
