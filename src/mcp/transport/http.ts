import type { AuthProvider as EngineAuthProvider, OAuthClientProvider, Transport } from "@modelcontextprotocol/client";
import { clientCredentialsProvider } from "../auth/client-credentials.ts";
import { createDiscoveryFetch } from "../auth/discovery-fetch.ts";
import type { HttpAuth } from "../auth/types.ts";
import type { Sdk } from "../engine.ts";
import type { HttpServer } from "../servers.ts";
import { type Agents, createAgents, proxyVariablesOf } from "./fetch.ts";
import { pacedStreams } from "./paced-streams.ts";

const reconnectionOptions = {
  initialReconnectionDelay: 500,
  maxReconnectionDelay: 10_000,
  reconnectionDelayGrowFactor: 2,
  maxRetries: 3,
};

export type EngineAuth = EngineAuthProvider | OAuthClientProvider;

/** How the engine is to prove who we are. Made once for a server, so that tokens outlive its connections. */
export function engineAuth(sdk: Sdk, auth: HttpAuth): EngineAuth {
  if ("grant" in auth) return clientCredentialsProvider(sdk, auth);
  if ("provider" in auth) return auth.provider;
  return {
    token: () => auth.token(),
    ...(auth.onUnauthorized !== undefined && { onUnauthorized: async () => await auth.onUnauthorized?.() }),
  };
}

/** A transport and the way to end a sign-in on it. */
export interface HttpTransport {
  readonly transport: Transport;
  finishSignIn(parameters: URLSearchParams): Promise<void>;
  /** Closes the connections kept for it. */
  dispose(): void;
}

export interface HttpTransportOptions {
  readonly sdk: Sdk;
  readonly config: HttpServer;
  readonly authProvider: EngineAuth | undefined;
  /** The variables that may name a proxy. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

function common({ config, authProvider, env }: HttpTransportOptions, agents: Agents) {
  const allowLoopback = config.allowLoopbackSignIn === true;
  const proxied = proxyVariablesOf(env) !== undefined;
  return {
    requestInit: { headers: { ...config.headers } },
    fetch: pacedStreams(createDiscoveryFetch({ serverUrl: config.url, allowLoopback, agents, proxied })),
    ...(authProvider !== undefined && { authProvider }),
  };
}

/** Streamable HTTP. Redirects to another origin are not followed: they would take our credentials along. */
export function openHttp(options: HttpTransportOptions): HttpTransport {
  const agents = createAgents(options.env);
  const settings = { ...common(options, agents), reconnectionOptions };
  const transport = new options.sdk.StreamableHTTPClientTransport(new URL(options.config.url), settings);
  return { transport, finishSignIn: (parameters) => transport.finishAuth(parameters), dispose: () => agents[Symbol.dispose]() };
}

/** The older HTTP transport, for servers that know no other. */
export function openSse(options: HttpTransportOptions): HttpTransport {
  const agents = createAgents(options.env);
  const transport = new options.sdk.SSEClientTransport(new URL(options.config.url), common(options, agents));
  return { transport, finishSignIn: (parameters) => transport.finishAuth(parameters), dispose: () => agents[Symbol.dispose]() };
}
