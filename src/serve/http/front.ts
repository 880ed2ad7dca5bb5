import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { LecternError } from "../../core/errors.ts";
import { checkHostAndOrigin, type HeaderMap, type HostRules, loopbackNames, readHeaders } from "./headers.ts";
import { isRefusal, type Refusal, refusalText, refuse } from "./refusal.ts";
import { sendEmpty, sendJson, sendRefusal } from "./reply.ts";

/** One request that has passed the armour. */
export interface FrontRequest {
  readonly raw: IncomingMessage;
  readonly path: string;
  /** After the question mark; empty without one. */
  readonly query: string;
  readonly headers: HeaderMap;
  /** For callbacks: what they throw has nobody else to catch it. */
  readonly fail: (thrown: unknown) => void;
}

export type FrontHandler = (request: FrontRequest, response: ServerResponse) => void | Promise<void>;

/** Paths to methods to handlers. */
export type Routes = ReadonlyMap<string, Readonly<Record<string, FrontHandler>>>;

export interface FrontOptions {
  readonly routes: Routes;
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Names clients may ask for. Default: those of the loopback interface on a loopback bind, else any. */
  readonly allowedHosts?: readonly string[];
  /** Origins (`https://app.example`) or host names whose pages may call. Default: those of the loopback interface on a loopback bind, else none. */
  readonly allowedOrigins?: readonly string[];
  /** Connections open at the same time; more are dropped. Default 4,096. */
  readonly maxConnections?: number;
  /** Told of failures whose text no client may read. Default: nobody. */
  readonly onError?: (thrown: unknown) => void;
}

/** An HTTP server with the armour on: whoever it lets through has named its host, comes from an allowed page, and sends in time. */
export interface Front {
  /** `http://host:port`, as reachable from this machine. */
  readonly origin: string;
  readonly port: number;
  /** The address it is bound to, names resolved. */
  readonly address: string;
  /** Answers everything but `/healthz` with 503 from now on. */
  drain(): void;
  /** Requests being answered, streams included. */
  readonly active: ReadonlySet<ServerResponse>;
  close(): Promise<void>;
}

/** A socket on which nothing has moved for so long is given up: its client reads no more. Event streams are kept moving. */
const deadSocketMs = 600_000;

/** Node looks for late requests every `connectionsCheckingInterval`, so each limit is that much under what is promised (15 s and 30 s). */
const limits = { headersTimeout: 12_000, requestTimeout: 27_000, connectionsCheckingInterval: 2_500, keepAliveTimeout: 30_000 };

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Starts listening. Throws a LecternError `config` where the address cannot be had. */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { host = "127.0.0.1", port = 0, maxConnections = 4_096, onError = () => {} } = options;
  const active = new Set<ServerResponse>();
  const state = { draining: false };
  // One listener for all: a closure for each request would be most of what the bookkeeping costs.
  function forget(this: ServerResponse): void {
    active.delete(this);
  }
  const rules = hostRules(host, options);
  const handle = (raw: IncomingMessage, response: ServerResponse): void => {
    active.add(response);
    response.on("close", forget);
    const failed = (thrown: unknown): void => fail(response, thrown, onError);
    try {
      const served = admit(raw, response, { rules, routes: options.routes, state, fail: failed });
      if (served instanceof Promise) served.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  };
  const server = createServer({ ...limits, maxHeaderSize: 16_384, noDelay: true }, handle);
  server.maxConnections = maxConnections;
  server.setTimeout(deadSocketMs);
  server.on("checkExpectation", (_raw, response: ServerResponse) =>
    sendRefusal(response, refuse(417, "Expectations are not met here.")),
  );
  server.on("clientError", answerBrokenRequest);
  server.on("connect", (_raw, socket: Socket) => endSocket(socket, refuse(405, "This is no proxy.")));
  // A failed accept (too many open files) must not end the process.
  server.on("error", onError);
  await listen(server, host.replace(/^\[|\]$/g, ""), port);
  const bound = server.address() as AddressInfo;
  return {
    origin: `http://${originHost(host, bound)}:${bound.port}`,
    port: bound.port,
    address: bound.address,
    active,
    drain: () => {
      state.draining = true;
      server.closeIdleConnections();
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function hostRules(host: string, { allowedHosts, allowedOrigins }: FrontOptions): HostRules {
  const lower = (names: readonly string[]): Set<string> => new Set(names.map((name) => name.toLowerCase()));
  const local = isLoopback(host) ? loopbackNames : [];
  const own = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const hosts =
    allowedHosts === undefined ? (isLoopback(host) ? lower([...local, own]) : undefined) : lower([...allowedHosts, ...local]);
  return { hosts, origins: lower(allowedOrigins ?? local) };
}

interface Admission {
  readonly rules: HostRules;
  readonly routes: Routes;
  readonly state: { readonly draining: boolean };
  readonly fail: (thrown: unknown) => void;
}

function admit(raw: IncomingMessage, response: ServerResponse, { rules, routes, state, fail }: Admission): void | Promise<void> {
  const { method = "", url = "" } = raw;
  const headers = readHeaders(raw.rawHeaders);
  const refusal = isRefusal(headers) ? headers : (refuseTarget(method, url) ?? checkHostAndOrigin(headers, rules));
  if (refusal !== undefined || isRefusal(headers)) return sendRefusal(response, refusal ?? (headers as Refusal));
  const cut = url.indexOf("?");
  const path = cut < 0 ? url : url.slice(0, cut);
  if (headers.has("origin")) allowOrigin(response, headers.get("origin")!);
  if (state.draining && path !== "/healthz") {
    return sendRefusal(
      response,
      refuse(503, "The server is shutting down.", { headers: { "retry-after": "5", connection: "close" } }),
    );
  }
  const methods = routes.get(path);
  if (methods === undefined) return sendRefusal(response, refuse(404, "Nothing is served at this path."));
  const allow = Object.keys(methods).join(", ");
  if (method === "OPTIONS") return answerPreflight(response, headers, allow);
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) return sendRefusal(response, refuse(405, "Method not allowed.", { headers: { allow } }));
  return handler({ raw, path, query: cut < 0 ? "" : url.slice(cut + 1), headers, fail }, response);
}

/** Only origin-form targets: an absolute one names a second host beside the Host header. */
function refuseTarget(method: string, url: string): Refusal | undefined {
  if (method === "TRACE") return refuse(405, "Method not allowed.");
  return url.startsWith("/") ? undefined : refuse(400, "The request target must be a path.");
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "Origin");
  response.setHeader("access-control-expose-headers", "Mcp-Session-Id, WWW-Authenticate");
}

function answerPreflight(response: ServerResponse, headers: HeaderMap, allow: string): void {
  const asked = headers.get("access-control-request-headers");
  const grant = headers.has("origin") && asked !== undefined && /^[\w\-, ]{1,1000}$/.test(asked);
  sendEmpty(response, 204, [
    "allow",
    allow,
    ...(headers.has("origin") ? ["access-control-allow-methods", allow, "access-control-max-age", "600"] : []),
    ...(grant ? ["access-control-allow-headers", asked] : []),
  ]);
}

function fail(response: ServerResponse, thrown: unknown, onError: (thrown: unknown) => void): void {
  onError(thrown);
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, refusalText(refuse(500, "Internal error", { code: -32603 })));
}

/** What Node's parser rejects, or what comes too late: answered by hand, since there is no response object. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal =
    error.code === "HPE_HEADER_OVERFLOW"
      ? refuse(431, "The headers are too large.")
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? refuse(408, "The request did not arrive in time.")
        : refuse(400, "The request is not well-formed HTTP.");
  endSocket(socket, refusal);
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

function endSocket(socket: Socket, refusal: Refusal): void {
  const body = refusalText(refusal);
  const head = `HTTP/1.1 ${refusal.status} ${reasons[refusal.status] ?? "Error"}`;
  socket.end(
    `${head}\r\nconnection: close\r\ncontent-type: application/json\r\ncache-control: no-store\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      const fix = "Choose another address or port (0: a free one), or stop what uses it.";
      reject(new LecternError("config", `Cannot listen on ${host}:${port} (${cause.code ?? cause.message}).`, { fix, cause }));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve();
    });
  });
}

function originHost(host: string, bound: AddressInfo): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::" || host === "[::]") return "[::1]";
  if (host === "localhost") return host;
  return bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
}
