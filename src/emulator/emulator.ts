import { randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LecternError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { parseJson } from "../core/json.ts";
import { checkApiVersion } from "./api-versions.ts";
import type { Brain } from "./brain/brain.ts";
import { extractiveBrain } from "./brain/extractive.ts";
import { obedientBrain } from "./brain/obedient.ts";
import { defaultDeployments } from "./deployments.ts";
import { type Fault, parseFault } from "./faults/catalogue.ts";
import { FaultPlan } from "./faults/plan.ts";
import { bearerToken, checkAccess, isForeign } from "./gate.ts";
import { baseHeaders, echoedHeaders, regionHeaders } from "./headers.ts";
import { type Answer, BodyTooLarge, readBody, send } from "./http.ts";
import { createTenantKeeper, type EmulatedIdentity, openIdentity, type TenantKeeper } from "./identity/identity.ts";
import { answerManaged } from "./identity/managed.ts";
import { answerModel } from "./model-calls.ts";
import { modelsBody } from "./models.ts";
import type { EmulatorOptions } from "./options.ts";
import { Refused, renderRefusal } from "./refusals/table.ts";
import { answerStored, jsonAnswer, type Resource, ResponseMemory } from "./resource.ts";
import { findRoute, isProjectPath, type Route } from "./routes.ts";
import { scriptedBrain } from "./script.ts";
import { RateWindows } from "./windows.ts";

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

export interface Emulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly key: string;
  /** The last 1,000 requests, oldest first. */
  readonly requests: readonly EmulatedRequest[];
  /** How to sign in; only with an `identity` in the configuration. */
  readonly identity?: EmulatedIdentity;
  close(): Promise<void>;
}

const maxBodyBytes = 32 * 1024 * 1024;
const maxRequests = 1_000;
const defaultResource = "lectern-emulator";

function brainOf(options: EmulatorOptions): Brain {
  const { brain = "extractive", script } = options;
  const thinking = typeof brain === "function" ? brain : brain === "obedient" ? obedientBrain : extractiveBrain;
  return script === undefined ? thinking : scriptedBrain(script, thinking);
}

function createResource(options: EmulatorOptions, { signer }: TenantKeeper): Resource {
  const { config = {}, seed = 1, now = Date.now } = options;
  const name = config.resource ?? defaultResource;
  const deployments = config.deployments ?? defaultDeployments;
  return {
    name,
    seed,
    strict: options.strict === "all",
    gate: {
      key: options.key ?? randomBytes(32).toString("hex"),
      network: config.network ?? "open",
      readToken: (token) => signer.read(token),
      expired: new Set(),
    },
    deployments: new Map(deployments.map((deployment) => [deployment.name, deployment])),
    brain: brainOf(options),
    windows: new RateWindows(now),
    faults: new FaultPlan(config.faults ?? [], seed),
    filters: config.contentFilter ?? [],
    memory: new ResponseMemory(name),
  };
}

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
      : answerStored(resource.memory, route.id, route.part, method);
  return { ...answer, headers: { ...regionHeaders("East US 2"), ...answer.headers } };
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
  if (resource.strict && method === "POST" && !/^application\/json\b/i.test(headers["content-type"] ?? "")) {
    throw new Refused("415-content-type");
  }
  return answerRoute(resource, route, incoming, fault);
}

function failure(status: number, code: string, message: string): Answer {
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

interface Running {
  readonly resource: Resource;
  readonly keeper: TenantKeeper;
  readonly host: string;
  readonly requests: EmulatedRequest[];
}

async function handle(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { resource, host, requests } = running;
  if (isForeign(request.headers, host)) {
    return send(
      response,
      failure(403, "emulator_foreign_host", "The emulator answers only requests made to this machine by name or address."),
    );
  }
  const body = await readBody(request, maxBodyBytes);
  const url = URL.parse(request.url ?? "/", "http://emulator") ?? new URL("http://emulator/");
  const method = request.method ?? "GET";
  const given =
    answerManaged({ ...running.keeper, url, headers: request.headers }, method) ??
    answer(resource, { method, url, headers: request.headers, body });
  requests.push({
    method,
    path: request.url ?? "/",
    headers: safeHeaders(request.headers),
    body: parseJson(body) ?? body,
    status: given.status,
  });
  if (requests.length > maxRequests) requests.shift();
  await send(response, { ...given, headers: { ...baseHeaders(), ...echoedHeaders(request.headers), ...given.headers } });
}

function onError(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const tooLarge = thrown instanceof BodyTooLarge;
  const { status, body } = tooLarge
    ? renderRefusal("413-body-too-large", {})
    : { status: 500, body: '{"error":{"code":"InternalServerError"}}' };
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(body);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const message = `The emulator cannot listen on ${host}:${port} (${cause.code ?? cause.message}).`;
      reject(new LecternError("config", message, { cause, fix: "Choose another --port, or 0 for a free one." }));
    });
    server.listen(port, host, resolve);
  });
}

/**
 * Starts a strict Azure OpenAI emulator: a real HTTP server on 127.0.0.1 at a free port, unless told otherwise.
 * Close it, or hold it with `await using`. Throws `config` where it cannot listen.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = "127.0.0.1", port = 0, config = {}, now = Date.now } = options;
  const keeper = createTenantKeeper(config.identity ?? {}, now);
  const running: Running = { resource: createResource(options, keeper), keeper, host, requests: [] };
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    handle(running, request, response).catch((thrown: unknown) => onError(response, thrown));
  });
  await using opened = new AsyncDisposableStack();
  await listen(server, port, host);
  opened.defer(() => closed(server));
  const address = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  const signIn = config.identity === undefined ? undefined : opened.use(await openIdentity(keeper, host, url));
  const owned = opened.move();
  const close = (): Promise<void> => owned.disposeAsync();
  const { key } = running.resource.gate;
  const identity = signIn === undefined ? {} : { identity: signIn.identity };
  return { url, key, requests: running.requests, ...identity, close, [Symbol.asyncDispose]: close };
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}
