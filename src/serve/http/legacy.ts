import type { JsonObject } from "../../core/json.ts";
import { newConversation } from "../exchange.ts";
import { readInitialize } from "../methods/lifecycle.ts";
import { assumedLegacyVersion, rpcCodes } from "../protocol.ts";
import { type Incoming, RpcFault, type RpcId, type RpcRequest } from "../rpc.ts";
import type { Arrival, EndpointOptions } from "./arrival.ts";
import { ResumableStream, readEventId } from "./event-stream.ts";
import { HttpExchange, type HttpExchangeOptions, notAcceptable } from "./http-exchange.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { sendEmpty, sendRefusal } from "./reply.ts";
import { primesStreams, type Session } from "./sessions.ts";

export type LegacyMessage = Exclude<Incoming, { kind: "invalid" }>;

/** A message of a client that speaks a revision before 2026-07-28: in a session where it has one, else on its own. */
export function serveLegacy(options: EndpointOptions, arrival: Arrival, message: LegacyMessage): Refusal | undefined {
  const id = arrival.request.headers.get("mcp-session-id");
  if (message.kind === "request" && message.request.method === "initialize") return initialize(options, arrival, message.request);
  const session = id === undefined ? undefined : options.sessions.find(id, arrival.caller);
  if (id !== undefined && session === undefined) return noSession(message.kind === "request" ? message.request.id : null);
  switch (message.kind) {
    case "request":
      return serveRequest(options, arrival, { request: message.request, session });
    case "notification":
      if (message.notification.method === "notifications/cancelled") {
        session?.inFlight.get(message.notification.params.requestId as RpcId)?.cancel();
      }
      break;
    case "response":
      if (session === undefined)
        return refuse(400, "Nothing was asked, so nothing can be answered.", { code: rpcCodes.invalidRequest });
      session.questions.answered(message.id, message.outcome);
  }
  sendEmpty(arrival.response, 202);
  return undefined;
}

/** Clients take a 404 as the sign to initialize again. Source: specification 2025-11-25, session management. */
function noSession(id: RpcId | null): Refusal {
  return refuse(404, "There is no such session.", { code: -32001, id });
}

function initialize(options: EndpointOptions, arrival: Arrival, request: RpcRequest): Refusal | undefined {
  try {
    readInitialize(request.params);
  } catch (thrown) {
    if (!(thrown instanceof RpcFault)) throw thrown;
    return { status: 400, failure: thrown.outcome, id: request.id };
  }
  const session = options.sessions.open(arrival.caller);
  if (session === undefined) return refuse(503, "Too many sessions.", { id: request.id, headers: { "retry-after": "30" } });
  return serveRequest(options, arrival, { request, session, opens: true });
}

/** In a session the client can be asked under the call, and come back to the stream. */
class SessionExchange extends HttpExchange {
  readonly #session: Session;

  constructor(options: HttpExchangeOptions, session: Session) {
    super(options);
    this.#session = session;
  }

  ask(method: string, params: JsonObject): Promise<JsonObject> {
    const stream = this.stream();
    if (stream === undefined) return Promise.reject(new RpcFault(rpcCodes.refused, "The client takes no event streams."));
    return this.#session.questions.ask(method, params, { send: (text) => stream.send(text), signal: this.signal });
  }

  releaseStream(): void {
    const stream = this.stream();
    if (stream instanceof ResumableStream && primesStreams(this.#session.conversation)) stream.release();
  }
}

interface LegacyRequest {
  readonly request: RpcRequest;
  readonly session: Session | undefined;
  readonly opens?: boolean;
}

function serveRequest(
  options: EndpointOptions,
  arrival: Arrival,
  { request, session, opens }: LegacyRequest,
): Refusal | undefined {
  const { dispatcher, authenticator, pulse } = options;
  const { caller, request: front, response } = arrival;
  const version = front.headers.get("mcp-protocol-version") ?? assumedLegacyVersion;
  const conversation = session?.conversation ?? newConversation(version);
  const { checksScopes, challenge } = authenticator;
  const headers = opens === true && session !== undefined ? ["mcp-session-id", session.id] : [];
  const openStream = (opened: Session) => (): ResumableStream => {
    const stream = opened.newStream();
    stream.attach(response, { primes: primesStreams(conversation), headers });
    return stream;
  };
  const settings: HttpExchangeOptions = {
    caller,
    request: front,
    response,
    pulse,
    checksScopes,
    conversation,
    headers,
    ...(challenge && { challenge }),
    ...(session && { openStream: openStream(session) }),
  };
  const exchange = session === undefined ? new HttpExchange(settings) : new SessionExchange(settings, session);
  if (exchange.takesNothing) return notAcceptable(request);
  const outcome = dispatcher.answer(request, exchange);
  if (session !== undefined && outcome instanceof Promise) {
    session.inFlight.set(request.id, exchange);
    void outcome.then(() => session.inFlight.delete(request.id));
  }
  exchange.finish(request.id, outcome);
  return undefined;
}

/** GET: the session's own stream, or the rest of one whose event id the client names. */
export function openSessionStream({ sessions, pulse }: EndpointOptions, { caller, request, response }: Arrival): void {
  const session = sessions.find(request.headers.get("mcp-session-id") ?? "", caller);
  if (session === undefined) {
    sendRefusal(response, noSession(null));
    return;
  }
  if (!/text\/event-stream|text\/\*|\*\/\*/i.test(request.headers.get("accept") ?? "")) {
    sendRefusal(response, refuse(406, "The client must accept text/event-stream."));
    return;
  }
  const last = readEventId(request.headers.get("last-event-id"));
  const stream = last === undefined ? undefined : session.findStream(last.stream);
  const after = stream === undefined || last === undefined ? {} : { after: last.number };
  (stream ?? session.standalone).attach(response, { primes: primesStreams(session.conversation), ...after });
  pulse.keep(response);
}

export function deleteSession({ sessions }: EndpointOptions, { caller, request, response }: Arrival): void {
  const session = sessions.find(request.headers.get("mcp-session-id") ?? "", caller);
  if (session === undefined) {
    sendRefusal(response, noSession(null));
    return;
  }
  sessions.end(session);
  sendEmpty(response, 204);
}
