import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "../core/json.ts";
import { parseJson } from "../core/json.ts";
import { extractiveBrain } from "./brain/extractive.ts";
import { defaultDeployments } from "./deployments.ts";
import { type Answer, BodyTooLarge, readBody, send } from "./http.ts";
import type { EmulatorOptions } from "./options.ts";
import { Refused, renderRefusal } from "./refusals/table.ts";
import { answerModel, answerStored, hasKey, type Incoming, type Resource } from "./resource.ts";
import { findRoute } from "./routes.ts";

/** A request the emulator got, for assertions in tests. Keys and tokens are left out of the headers. */
export interface EmulatedRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Parsed where it was JSON, else the text. */
  readonly body: Json;
  /** Status of the answer; 0 while it is not given. */
  readonly status: number;
}

export interface Emulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly key: string;
  /** The last 1,000 requests, oldest first. */
  readonly requests: readonly EmulatedRequest[];
  close(): Promise<void>;
}

const maxBodyBytes = 32 * 1024 * 1024;
const maxRequests = 1_000;

function createResource(options: EmulatorOptions): Resource {
  const brain = options.brain ?? "extractive";
  const deployments = options.deployments ?? defaultDeployments;
  return {
    seed: options.seed ?? 1,
    key: options.key ?? randomBytes(32).toString("hex"),
    name: "lectern-emulator",
    deployments: new Map(deployments.map((deployment) => [deployment.name, deployment])),
    brain: brain === "extractive" ? extractiveBrain : brain,
    stored: new Map(),
  };
}

function route(resource: Resource, incoming: Incoming): Answer {
  const found = findRoute(incoming.method, incoming.path);
  if (found === undefined) throw new Refused("404-path");
  if (!hasKey(resource, incoming.headers)) throw new Refused("401-key-wrong");
  if (found.kind === "model") return answerModel(resource, found, incoming);
  if (found.kind === "stored") return answerStored(resource, found.id, incoming.method);
  throw new Refused("404-path");
}

function safeHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { authorization, "api-key": key, ...rest } = headers;
  return { ...rest, ...(authorization ? { authorization: "REDACTED" } : {}), ...(key ? { "api-key": "REDACTED" } : {}) };
}

async function handle(
  resource: Resource,
  requests: EmulatedRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const body = await readBody(request, maxBodyBytes);
  const incoming: Incoming = {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
  };
  let answer: Answer;
  try {
    answer = route(resource, incoming);
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    answer = renderRefusal(thrown.id, thrown.facts);
  }
  requests.push({
    method: incoming.method,
    path: request.url ?? "/",
    headers: safeHeaders(request.headers),
    body: parseJson(body) ?? body,
    status: answer.status,
  });
  if (requests.length > maxRequests) requests.shift();
  const ids = { "apim-request-id": randomUUID(), "x-request-id": randomUUID() };
  await send(response, { ...answer, headers: { ...answer.headers, ...ids } });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/**
 * Starts a strict Azure OpenAI emulator: a real HTTP server on 127.0.0.1 at a free port, unless told otherwise.
 * Close it, or hold it with `await using`.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resource = createResource(options);
  const requests: EmulatedRequest[] = [];
  const server = createServer((request, response) => {
    handle(resource, requests, request, response).catch((thrown: unknown) => {
      if (!response.headersSent) {
        response.writeHead(thrown instanceof BodyTooLarge ? 413 : 500, {
          "content-type": "application/json",
          connection: "close",
        });
      }
      response.end('{"error":{"code":"InternalServerError","message":"The server had an error while processing your request."}}');
    });
  });
  const host = options.host ?? "127.0.0.1";
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://${host}:${port}`, key: resource.key, requests, close, [Symbol.asyncDispose]: close };
}
