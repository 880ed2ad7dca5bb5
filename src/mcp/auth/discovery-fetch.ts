import type { LookupFunction } from "node:net";
import { LecternError } from "../../core/errors.ts";
import { type Agents, createBoundedFetch } from "../transport/fetch.ts";
import { type AddressResolver, isPublicAddress, publicLookup } from "./public-address.ts";

export interface DiscoveryFetchOptions {
  /** The MCP server the user configured: requests to its own origin go through as they are. */
  readonly serverUrl: string;
  /** Lets sign-in use loopback addresses, there also without TLS: for tests and local servers. Default false. */
  readonly allowLoopback?: boolean;
  /** Connections to keep; the caller closes them. */
  readonly agents?: Agents;
  /** Whether the agents may go through a proxy: then the proxy connects, and names are checked before it is asked. Default false. */
  readonly proxied?: boolean;
  /** How names become addresses, before they are checked. Default: the system's resolver. */
  readonly resolve?: AddressResolver;
}

const maxMetadataBytes = 1024 * 1024;

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

const isLoopbackHost = (host: string): boolean =>
  host === "localhost" || (!host.includes(".local") && isPublicAddress(host, { allowLoopback: true }) && !isPublicAddress(host));

/** Why an address a server named must not be asked; undefined where it may. Names are checked again, by address, when they are connected to. */
function addressFault(url: URL, allowLoopback: boolean): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.username !== "" || url.password !== "") return "it contains a user name";
  const local = allowLoopback && isLoopbackHost(host);
  if (url.protocol !== "https:" && !(local && url.protocol === "http:")) return "it is not https";
  const isLiteral = /^[\d.]+$/.test(host) || host.includes(":");
  if (isLiteral && !isPublicAddress(host, { allowLoopback })) return "its address is not public";
  if (!local && (host === "localhost" || host.endsWith(".localhost"))) return "its address is not public";
  return undefined;
}

/**
 * The fetch for a server and for the sign-in it asks for. A server names the addresses of its authorization server itself, so those are
 * limited to https on public addresses, checked where the connection is made; answers are small; redirects are not followed.
 * Rejects with `auth`. Source: MCP 2026-07-28, security best practices, server-side request forgery; RFC 9728 section 7.7.
 */
export function createDiscoveryFetch(options: DiscoveryFetchOptions): Fetch {
  const { serverUrl, allowLoopback = false, proxied = false, agents, resolve } = options;
  const { origin } = new URL(serverUrl);
  const lookup = publicLookup({ allowLoopback, ...(resolve && { resolve }) });
  const toServer = createBoundedFetch({ ...(agents && { agents }) });
  const small = { maxBytes: maxMetadataBytes, headTimeoutMs: 15_000 };
  const toOthers = createBoundedFetch(proxied && agents ? { ...small, agents } : { ...small, lookup });
  return async (address, init) => {
    const url = new URL(address);
    if (url.origin === origin) return await toServer(url, init);
    const fault = addressFault(url, allowLoopback);
    if (fault !== undefined) throw refused(fault);
    if (proxied) await checkName(url.hostname, lookup);
    return await toOthers(url, init);
  };
}

const refused = (fault: string): LecternError =>
  new LecternError("auth", `The server names an address for signing in that must not be asked: ${fault}`, {
    fix: "If it is a server of your own on this machine, allow loopback addresses for its sign-in in the configuration.",
  });

/** Rejects for names that lead to inside addresses. Names only the proxy can look up pass: what it reaches is its business. */
function checkName(hostname: string, lookup: LookupFunction): Promise<void> {
  return new Promise((done, reject) => {
    lookup(hostname, { all: true }, (error) => {
      if (error !== null && "code" in error && error.code === "EBLOCKED") reject(error);
      else done();
    });
  });
}
