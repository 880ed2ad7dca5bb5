import { type Refusal, refuse } from "./refusal.ts";

/** Request headers by lower-case name. */
export type HeaderMap = ReadonlyMap<string, string>;

/** Headers whose second appearance makes it unclear what the request says. Proxies and servers disagree which one counts. */
const singular = new Set([
  "host",
  "origin",
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "authorization",
  "last-event-id",
]);

/** Reads Node's flat list of header names and values. Refuses a request that repeats what may stand once. */
export function readHeaders(raw: readonly string[]): HeaderMap | Refusal {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase();
    const value = raw[at + 1]!;
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (singular.has(name) || name.startsWith("mcp-")) return refuse(400, `The header ${name.slice(0, 64)} stands twice.`);
    else headers.set(name, `${before}, ${value}`);
  }
  return headers;
}

export interface HostRules {
  /** Host names that may be asked for, lower case, without port; undefined: any well-formed one. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** Origins (scheme, host, port) or bare host names whose pages may call. */
  readonly origins: ReadonlySet<string>;
}

export const loopbackNames: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?)(?::\d{1,5})?$/i;
const originPattern = /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?)(?::\d{1,5})?$/i;

/**
 * Refuses requests that a web page made a browser send to us under a name of its own (DNS rebinding) or from a foreign origin.
 * Source: MCP specification 2026-07-28, transports, security: both are answered with 403.
 */
export function checkHostAndOrigin(headers: HeaderMap, { hosts, origins }: HostRules): Refusal | undefined {
  const host = headers.get("host");
  const name = host === undefined ? undefined : hostPattern.exec(host)?.[1]?.toLowerCase();
  if (name === undefined) return refuse(400, "The Host header is missing or malformed.");
  if (hosts !== undefined && !hosts.has(name)) return refuse(403, "This server does not go by that Host.");
  const origin = headers.get("origin");
  if (origin === undefined) return undefined;
  const page = originPattern.exec(origin)?.[1]?.toLowerCase();
  if (page !== undefined && (origins.has(page) || origins.has(origin.toLowerCase()))) return undefined;
  return refuse(403, "Pages of that Origin may not call this server.");
}

/** True for `application/json` with any parameters. Anything a plain HTML form could send is not. */
export function isJsonType(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(?:;|$)/i.test(contentType.trim());
}

export interface Accepted {
  readonly json: boolean;
  readonly events: boolean;
  /** True where event streams are named first. */
  readonly prefersEvents: boolean;
}

/** Which kinds of answer a client takes. Without the header, or with a wildcard, any. Quality values are not weighed. */
export function accepts(accept: string | undefined): Accepted {
  // What nearly all clients send, word for word.
  if (accept === undefined || accept === "application/json, text/event-stream") return takesBoth;
  const lower = accept.toLowerCase();
  const any = lower.includes("*/*");
  const json = lower.indexOf("application/json");
  const events = lower.indexOf("text/event-stream");
  return {
    json: any || json >= 0 || lower.includes("application/*"),
    events: any || events >= 0 || lower.includes("text/*"),
    prefersEvents: events >= 0 && (json < 0 || events < json),
  };
}

const takesBoth: Accepted = { json: true, events: true, prefersEvents: false };
