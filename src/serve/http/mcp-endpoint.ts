import type { Json } from "../../core/json.ts";
import { claimsModern } from "../envelope.ts";
import { checkModernHeaders } from "../modern-headers.ts";
import { legacyVersions, modernVersion, rpcCodes } from "../protocol.ts";
import { RpcFault, type RpcRequest, readMessage } from "../rpc.ts";
import type { Arrival, EndpointOptions } from "./arrival.ts";
import { readJsonBody } from "./body.ts";
import type { FrontHandler } from "./front.ts";
import { HttpExchange, notAcceptable } from "./http-exchange.ts";
import { deleteSession, type LegacyMessage, openSessionStream, serveLegacy } from "./legacy.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { sendEmpty, sendRefusal } from "./reply.ts";
import { signedIn } from "./sign-in.ts";

/** The Streamable HTTP endpoint, for both eras: 2026-07-28 uses POST alone, legacy sessions GET and DELETE as well. */
export function mcpEndpoint(options: EndpointOptions): Readonly<Record<"POST" | "GET" | "DELETE", FrontHandler>> {
  const { authenticator } = options;
  return {
    POST: signedIn(authenticator, (arrival) => readPost(options, arrival)),
    GET: signedIn(authenticator, (arrival) => sessionOnly(arrival, () => openSessionStream(options, arrival))),
    DELETE: signedIn(authenticator, (arrival) => sessionOnly(arrival, () => deleteSession(options, arrival))),
  };
}

/** GET and DELETE mean something only for a legacy session. */
function sessionOnly({ request, response }: Arrival, serve: () => void): void {
  const { headers } = request;
  if (headers.get("mcp-protocol-version") !== modernVersion && headers.has("mcp-session-id")) serve();
  else sendRefusal(response, refuse(405, "Method not allowed.", { headers: { allow: "POST" } }));
}

function readPost(options: EndpointOptions, arrival: Arrival): void {
  const { request, response } = arrival;
  const { headers, raw, fail } = request;
  readJsonBody(raw, {
    headers,
    maxBytes: options.maxBodyBytes,
    done: (body) => {
      try {
        const refusal = isRefusal(body) ? body : servePost(options, arrival, body.value);
        if (refusal !== undefined) sendRefusal(response, refusal);
      } catch (thrown) {
        fail(thrown);
      }
    },
  });
}

function servePost(options: EndpointOptions, arrival: Arrival, value: Json): Refusal | undefined {
  const { headers } = arrival.request;
  const version = headers.get("mcp-protocol-version");
  const message = readMessage(value);
  if (message.kind === "invalid") return { status: 400, failure: { error: message.error }, id: message.id };
  // Whoever has a session and names a legacy version is a legacy client, whatever extras its requests carry.
  const isInSession = headers.has("mcp-session-id") && version !== undefined && legacyVersions.includes(version);
  const claims = message.kind === "request" && claimsModern(message.request.params);
  const isModern = version === modernVersion || (claims && !isInSession);
  if (isModern && message.kind === "request") return serveModern(options, arrival, message.request);
  if (isModern && message.kind === "response") {
    return refuse(400, "Nothing was asked, so nothing can be answered.", { code: rpcCodes.invalidRequest });
  }
  if (isModern) {
    sendEmpty(arrival.response, 202);
    return undefined;
  }
  if (version !== undefined && !legacyVersions.includes(version)) return unknownVersion(version, message);
  return serveLegacy(options, arrival, message);
}

function unknownVersion(version: string, message: LegacyMessage): Refusal {
  const data = { supported: [modernVersion, ...legacyVersions], requested: version.slice(0, 100) };
  const error = { code: rpcCodes.unsupportedVersion, message: "Unsupported protocol version", data };
  return { status: 400, failure: { error }, id: message.kind === "request" ? message.request.id : null };
}

function serveModern(options: EndpointOptions, arrival: Arrival, message: RpcRequest): Refusal | undefined {
  const { caller, request, response } = arrival;
  try {
    checkModernHeaders(message, (name) => request.headers.get(name));
  } catch (thrown) {
    if (!(thrown instanceof RpcFault)) throw thrown;
    return { status: thrown.outcome.status ?? 400, failure: thrown.outcome, id: message.id };
  }
  const { dispatcher, authenticator, pulse } = options;
  const { checksScopes, challenge } = authenticator;
  const exchange = new HttpExchange({ caller, request, response, pulse, checksScopes, ...(challenge && { challenge }) });
  if (exchange.takesNothing || (message.method === "subscriptions/listen" && !exchange.takesEvents))
    return notAcceptable(message);
  exchange.finish(message.id, dispatcher.answer(message, exchange));
  return undefined;
}
