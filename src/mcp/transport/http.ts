import type { Transport } from "@modelcontextprotocol/client";
import type { Sdk } from "../engine.ts";
import type { HttpServer } from "../servers.ts";
import { boundedFetch } from "./fetch.ts";

const reconnectionOptions = {
  initialReconnectionDelay: 500,
  maxReconnectionDelay: 10_000,
  reconnectionDelayGrowFactor: 2,
  maxRetries: 3,
};

function common(config: HttpServer) {
  const { auth } = config;
  return {
    requestInit: { headers: { ...config.headers } },
    fetch: boundedFetch,
    ...(auth !== undefined && {
      authProvider: {
        token: () => auth.token(),
        ...(auth.onUnauthorized !== undefined && { onUnauthorized: async () => await auth.onUnauthorized?.() }),
      },
    }),
  };
}

/** Streamable HTTP. Redirects to another origin are not followed: they would take our credentials along. */
export function openHttp(sdk: Sdk, config: HttpServer): Transport {
  return new sdk.StreamableHTTPClientTransport(new URL(config.url), { ...common(config), reconnectionOptions });
}

/** The older HTTP transport, for servers that know no other. */
export function openSse(sdk: Sdk, config: HttpServer): Transport {
  return new sdk.SSEClientTransport(new URL(config.url), common(config));
}
