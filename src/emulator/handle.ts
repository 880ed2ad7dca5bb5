import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { LecternError } from "../core/errors.ts";
import { type Json, parseJson } from "../core/json.ts";
import { checkApiVersion } from "./api-versions.ts";
import type { Recorder } from "./cassette/record.ts";
import type { Replayer } from "./cassette/replay.ts";
import { type Fault, parseFault } from "./faults/catalogue.ts";
import { serviceFault } from "./faults/service-faults.ts";
import { distort } from "./faults/stream-faults.ts";
import { bearerToken, checkAccess, holdsKey, isForeign } from "./gate.ts";
import { baseHeaders, echoedHeaders, regionHeaders } from "./headers.ts";
import { type Answer, type BodyRoom, BodyTooLarge, readBody, send, TooBusy } from "./http.ts";
import type { TenantKeeper } from "./identity/identity.ts";
import { answerManaged } from "./identity/managed.ts";
import { answerModel } from "./model-calls.ts";
import { modelsBody } from "./models.ts";
import type { Recent } from "./recent.ts";
import { Refused, renderRefusal } from "./refusals/table.ts";
import { answerStored, jsonAnswer, type Resource } from "./resource.ts";
import { findRoute, isProjectPath, type Route } from "./routes.ts";

/** A request the emulator got, for assertions in tests. Keys and tokens are left out of the headers. */
export interface EmulatedRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Parsed where it was JSON, else the text. */
  readonly body: Json;
  /** Status of the answer. */
  readonly status: number;
}

const maxBodyBytes = 32 * 1024 * 1024;
/** What the bodies of all requests under way may hold. */
export const maxHeldBytes = 16 * maxBodyBytes;
/** Requests are kept for assertions: as many as a test reads, and no more text than a long run of large ones can be allowed to hold. */
export const keptRequests = { values: 1_000, characters: 64 * 1024 * 1024 };

interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The fault that a request asks for by its header. Throws Refused... as an answer of its own where the name is unknown. */
function askedFault(headers: IncomingHttpHeaders): Fault | undefined {
  const asked = headers["x-emulate-fault"];
  return typeof asked === "string" && asked.trim() !== "" ? parseFault(asked) : undefined;
}

function answerRoute(resource: Resource, route: Route, incoming: Incoming, fault: Fault | undefined): Answer {
  const { method, url, body } = incoming;
  const apiVersion = url.searchParams.get("api-version");
  if (route.kind === "model") return answerModel(resource, { route, path: url.pathname, apiVersion, raw: body, fault });
  const answer =
    route.kind === "models"
      ? jsonAnswer(modelsBody(resource.deployments.values(), route.id))
      : answerStored(resource.memory, { id: route.id, part: route.part, method, query: url.searchParams });
  const shaped = fault === undefined ? answer : (serviceFault(fault) ?? distort(answer, fault));
  return { ...shaped, headers: { ...regionHeaders("East US 2"), ...shaped.headers } };
}

function answerIncoming(resource: Resource, incoming: Incoming): Answer {
  const { method, url, headers } = incoming;
  const route = findRoute(method, url.pathname);
  if (route === undefined) throw new Refused(isProjectPath(url.pathname) ? "404-html" : "404-path");
  const api = route.kind === "model" ? route.api : route.kind === "stored" ? "responses" : "models";
  checkApiVersion(route.family, api, url.searchParams.get("api-version"));
  const fault = askedFault(headers);
  const token = bearerToken(headers);
  if (fault?.kind === "expire-token" && token !== undefined) resource.gate.expired.add(token);
  checkAccess(resource.gate, route, method, headers);
  const type = headers["content-type"] ?? "";
  if (method === "POST" && !/^application\/json\s*(?:;|$)/i.test(type)) throw new Refused("400-content-type", { type });
  return answerRoute(resource, route, incoming, fault);
}

function failure(status: number, code: string, message: string): Answer & { readonly body: string } {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error: { code, message } }) };
}

/** Any request gets an answer; what is thrown becomes one. */
function answer(resource: Resource, incoming: Incoming): Answer {
  try {
    return answerIncoming(resource, incoming);
  } catch (thrown) {
    if (thrown instanceof Refused) return renderRefusal(thrown.id, thrown.facts, thrown.report);
    if (thrown instanceof LecternError) return failure(400, "emulator_fault_unknown", [thrown.message, thrown.fix].join(" "));
    return failure(500, "InternalServerError", "The server had an error while processing your request. Sorry about that!");
  }
}

function safeHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { authorization, "api-key": key, ...rest } = headers;
  return { ...rest, ...(authorization ? { authorization: "REDACTED" } : {}), ...(key ? { "api-key": "REDACTED" } : {}) };
}

/** What requests are answered from. */
export interface Running {
  readonly recorder: Recorder | undefined;
  readonly replayer: Replayer | undefined;
  readonly resource: Resource;
  readonly keeper: TenantKeeper;
  readonly host: string;
  readonly requests: Recent<EmulatedRequest>;
  readonly room: BodyRoom;
}

/** The answer of whoever answers here: the cassette, the identity endpoints, or the resource. */
function answerOf(running: Running, incoming: Incoming): Answer {
  const { resource, keeper, replayer } = running;
  const { method, url, headers, body } = incoming;
  if (replayer !== undefined) return replayer.answer({ method, path: `${url.pathname}${url.search}`, headers, body });
  return answerManaged({ ...keeper, url, headers }, method) ?? answer(resource, incoming);
}

/** Answers one request. */
export async function handle(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (isForeign(request.headers, running.host)) {
    return send(
      response,
      failure(403, "emulator_foreign_host", "The emulator answers only requests made to this machine by name or address."),
    );
  }
  using held = running.room.open();
  await answerBody(running, request, response, await readBody(request, maxBodyBytes, held));
}

async function answerBody(running: Running, request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
  const { resource, recorder } = running;
  const url = URL.parse(request.url ?? "/", "http://emulator") ?? new URL("http://emulator/");
  const method = request.method ?? "GET";
  const log = (status: number): void => {
    const kept = {
      method,
      path: request.url ?? "/",
      headers: safeHeaders(request.headers),
      body: parseJson(body) ?? body,
      status,
    };
    running.requests.add(kept, body.length);
  };
  if (recorder !== undefined) {
    if (recorder.takesOwnKey && !holdsKey(resource.gate, request.headers))
      return send(response, renderRefusal("401-key-wrong", {}));
    await recorder.pass(request, response, body);
    return log(response.statusCode);
  }
  const given = answerOf(running, { method, url, headers: request.headers, body });
  log(given.status);
  await send(response, { ...given, headers: { ...baseHeaders(), ...echoedHeaders(request.headers), ...given.headers } });
}

/** Tells a failure of the emulator itself, or of the endpoint it records. */
export function tellFailure(running: Running, response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown";
  const internal = failure(
    500,
    "InternalServerError",
    "The server had an error while processing your request. Sorry about that!",
  );
  const unreachable = failure(502, "emulator_upstream", `The upstream cannot be reached (${code}).`);
  const known =
    thrown instanceof BodyTooLarge
      ? renderRefusal("413-body-too-large", {})
      : thrown instanceof TooBusy
        ? failure(503, "ServiceUnavailable", "The emulator is reading too many large requests at once. Please try again later.")
        : undefined;
  const { status, body } = known ?? (running.recorder === undefined ? internal : unreachable);
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(body);
}
