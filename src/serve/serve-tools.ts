import { LecternError } from "../core/errors.ts";
import { version } from "../core/version.ts";
import { type Access, type AuthOptions, openAuth } from "./auth/open-auth.ts";
import { createDispatcher } from "./dispatcher.ts";
import type { EndpointOptions } from "./http/arrival.ts";
import { type Front, type FrontHandler, isLoopback, openFront, type Routes } from "./http/front.ts";
import { legacySse } from "./http/legacy-sse.ts";
import { mcpEndpoint } from "./http/mcp-endpoint.ts";
import { Pulse } from "./http/pulse.ts";
import { refuse } from "./http/refusal.ts";
import { sendJson, sendRefusal } from "./http/reply.ts";
import { createSessions, type SessionLimits } from "./http/sessions.ts";
import type { Offer, OfferedTool } from "./offer.ts";

export interface HttpOptions {
  /** Default "127.0.0.1". Other than loopback addresses need `auth`. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Host names clients may ask for. Default: the loopback ones on a loopback bind, else any. */
  readonly allowedHosts?: readonly string[];
  /** Origins or host names whose web pages may call. Default: loopback ones on a loopback bind, else none. */
  readonly allowedOrigins?: readonly string[];
  /** Longest request body, in bytes. Default 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Default 4,096. */
  readonly maxConnections?: number;
  readonly sessions?: SessionLimits;
}

export interface ServeToolsOptions {
  /** Tools to serve; or `server`, for more than tools. */
  readonly tools?: readonly OfferedTool[];
  readonly server?: Offer;
  readonly http?: HttpOptions;
  /** Default: none, which only a loopback address allows. */
  readonly auth?: AuthOptions;
  /** Called for every request after its token was checked; undefined refuses it. */
  readonly access?: Access;
  /** How long requests in work may go on after `close()`, in milliseconds. Default 10,000. */
  readonly drainMs?: number;
  /** Told of failures whose text no client may read. Default: nobody. */
  readonly onError?: (thrown: unknown) => void;
}

export interface HttpServing extends AsyncDisposable {
  /** Of the MCP endpoint: `http://host:port/mcp`. */
  readonly url: string;
  readonly port: number;
  /** Stops taking requests, lets those in work finish within `drainMs`, then closes. */
  close(): Promise<void>;
}

const bodyLimit = 4 * 1024 * 1024;
const path = "/mcp";

/**
 * Serves tools, or a whole app, as an MCP server over HTTP in both protocol eras.
 * Throws a LecternError: `config` for an address other machines can reach without `auth`, or one that cannot be had.
 */
export async function serveTools(options: ServeToolsOptions): Promise<HttpServing> {
  const { http = {}, auth = { type: "none" }, access, drainMs = 10_000, onError = () => {} } = options;
  const { sessions: sessionLimits = {}, maxBodyBytes = bodyLimit, ...address } = http;
  if (auth.type === "none") refuseOpenDoor(address.host ?? "127.0.0.1");
  const { authenticator, routes: signInRoutes } = await openAuth(auth, { path, ...(access && { access }) });
  const dispatcher = createDispatcher(offerOf(options), { onError });
  const sessions = createSessions(dispatcher, sessionLimits);
  const state = { ready: true };
  const endpoint: EndpointOptions = { dispatcher, authenticator, sessions, pulse: new Pulse(), maxBodyBytes };
  const sse = legacySse(endpoint);
  const routes: Routes = new Map<string, Readonly<Record<string, FrontHandler>>>([
    [path, { ...mcpEndpoint(endpoint) }],
    ...sse.routes,
    ...signInRoutes,
    ...healthRoutes(state),
  ]);
  const front = await openFront({ ...address, routes, onError }).catch((thrown: unknown) => {
    sessions.close();
    throw thrown;
  });
  if (auth.type === "none" && !isLoopback(front.address)) {
    // A name can stand for any address.
    sessions.close();
    await front.close();
    refuseOpenDoor(front.address);
  }
  let closing: Promise<void> | undefined;
  const shut = async (): Promise<void> => {
    state.ready = false;
    front.drain();
    dispatcher.close();
    sessions.drain();
    sse.drain();
    await drained(front, drainMs);
    sessions.close();
    await front.close();
  };
  const close = (): Promise<void> => (closing ??= shut());
  return { url: `${front.origin}${path}`, port: front.port, close, [Symbol.asyncDispose]: close };
}

function offerOf({ tools, server }: ServeToolsOptions): Offer {
  if (server !== undefined) return server;
  return { name: "lectern", version, tools: tools ?? [] };
}

function refuseOpenDoor(host: string): void {
  if (isLoopback(host)) return;
  throw new LecternError("config", `Refusing to serve on ${host} without authentication: other machines could reach it.`, {
    fix: "Serve on 127.0.0.1, or choose --auth token or --auth oidc.",
  });
}

function healthRoutes(state: {
  readonly ready: boolean;
}): readonly (readonly [string, Readonly<Record<string, FrontHandler>>])[] {
  const alive: FrontHandler = (_request, response) => sendJson(response, 200, '{"status":"ok"}');
  const ready: FrontHandler = (_request, response) => {
    if (state.ready) sendJson(response, 200, '{"status":"ready"}');
    else sendRefusal(response, refuse(503, "The server is not ready."));
  };
  return [
    ["/healthz", { GET: alive, HEAD: alive }],
    ["/readyz", { GET: ready, HEAD: ready }],
  ];
}

async function drained(front: Front, drainMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, drainMs);
  const done = Promise.all([...front.active].map((response) => new Promise((settled) => response.once("close", settled))));
  await Promise.race([done, late]);
  clearTimeout(timer);
}
