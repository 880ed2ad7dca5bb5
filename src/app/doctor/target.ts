import { type Endpoint, normaliseEndpoint } from "../../azure/endpoint.ts";
import type { ErrorContext } from "../../azure/error-reply.ts";
import type { Config } from "../../config/config.ts";

export type Surface = "responses" | "chat";

/** Where the requests of `lectern ask` go, worked out from the configuration as the client does. */
export interface Target {
  readonly endpoint: Endpoint;
  /** Scheme, host and port. */
  readonly url: URL;
  readonly host: string;
  readonly deployment: string;
  /** The dated version in use; undefined on the v1 API. */
  readonly apiVersion: string | undefined;
  /** APIs to try, in order. */
  readonly surfaces: readonly Surface[];
  /** Headers of the configuration, for gateways. Hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  path(surface: Surface): string;
}

/** Throws LecternError "config" for what is no endpoint. */
export function targetOf({ azure }: Config): Target {
  const endpoint = normaliseEndpoint(azure.baseUrl ?? azure.endpoint ?? "");
  const deployment = azure.deployment?.trim() || endpoint.deployment || "";
  const wanted = azure.apiVersion ?? endpoint.apiVersion;
  const apiVersion = azure.baseUrl === undefined && wanted !== undefined && /^\d{4}-\d\d-\d\d/.test(wanted) ? wanted : undefined;
  const base = azure.baseUrl === undefined ? undefined : new URL(azure.baseUrl);
  const root = base ?? new URL(endpoint.root);
  const prefix = root.pathname.replace(/\/+$/, "");
  return {
    endpoint,
    url: new URL(root.origin),
    host: root.host,
    deployment,
    apiVersion,
    surfaces: azure.api === "auto" ? ["responses", "chat"] : [azure.api],
    headers: azure.headers ?? {},
    path(surface) {
      const tail = surface === "chat" ? "chat/completions" : "responses";
      if (base !== undefined) return `${prefix}/${tail}${base.search}`;
      if (apiVersion === undefined) return `${prefix}/openai/v1/${tail}`;
      const place = surface === "chat" ? `deployments/${encodeURIComponent(deployment)}/${tail}` : tail;
      return `${prefix}/openai/${place}?api-version=${apiVersion}`;
    },
  };
}

export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** What the client's error texts want to know of a request. */
export function errorContext(
  target: Target,
  surface: Surface,
  auth: { readonly type: ErrorContext["auth"]; readonly principal: string | undefined },
): ErrorContext {
  return {
    api: surface,
    host: target.host,
    deployment: target.deployment,
    auth: auth.type,
    principal: auth.principal,
    path: target.path(surface).split("?")[0],
    resource: target.endpoint.resource,
    apiVersion: target.apiVersion,
  };
}
