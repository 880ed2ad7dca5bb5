import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject, type JsonObject, parseJson } from "../core/json.ts";
import { answerCall, replyContext } from "./answer.ts";
import type { Brain } from "./brain/brain.ts";
import type { Deployment } from "./deployments.ts";
import type { Answer } from "./http.ts";
import { Refused } from "./refusals/table.ts";
import type { Route } from "./routes.ts";
import { estimateTokens } from "./tokens.ts";
import { fromChat, text } from "./wire/chat-request.ts";
import { fromResponses, inputItems } from "./wire/responses-request.ts";
import { outputObjects } from "./wire/stored.ts";

/** One emulated Azure OpenAI resource: its key, its deployments, what it has stored. */
export interface Resource {
  readonly seed: number;
  readonly key: string;
  readonly name: string;
  readonly deployments: ReadonlyMap<string, Deployment>;
  readonly brain: Brain;
  /** Responses kept for `previous_response_id`, oldest first. */
  readonly stored: Map<string, StoredResponse>;
}

export interface StoredResponse {
  readonly response: JsonObject;
  /** The conversation up to and with this response. */
  readonly items: readonly JsonObject[];
}

/** A request as it came in. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const maxStored = 1_000;

/** True when the key came in `api-key` or as a bearer. */
export function hasKey(resource: Resource, headers: IncomingHttpHeaders): boolean {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1];
  const given = Buffer.from(String(headers["api-key"] ?? bearer ?? ""));
  const expected = Buffer.from(resource.key);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parseBody(body: string): JsonObject {
  const parsed = parseJson(body);
  if (!isJsonObject(parsed)) throw new Refused("400-invalid-json");
  return parsed;
}

function findDeployment(resource: Resource, name: string): Deployment {
  const found = resource.deployments.get(name);
  if (found === undefined) throw new Refused("404-deployment-now", { region: "East US 2" });
  return found;
}

const operationNames = { chat: "chatCompletion", responses: "responses", embeddings: "embeddings" } as const;

function earlierItems(resource: Resource, body: JsonObject): readonly JsonObject[] {
  const id = body.previous_response_id;
  return typeof id === "string" ? (resource.stored.get(id)?.items ?? []) : [];
}

function store(resource: Resource, response: JsonObject, items: readonly JsonObject[]): void {
  resource.stored.set(text(response.id), { response, items: [...items, ...outputObjects(response)] });
  if (resource.stored.size > maxStored) resource.stored.delete(resource.stored.keys().next().value!);
}

/** Answers a request to a model. Throws Refused. */
export function answerModel(resource: Resource, route: Route & { kind: "model" }, incoming: Incoming): Answer {
  const body = parseBody(incoming.body);
  const deployment = findDeployment(resource, route.deployment ?? text(body.model));
  if (!deployment.apis.includes(route.api)) {
    throw new Refused("400-operation-not-supported", { operation: operationNames[route.api], model: deployment.model });
  }
  if (route.api === "embeddings") throw new Refused("404-path");
  const earlier = earlierItems(resource, body);
  const call = {
    surface: route.api,
    deployment,
    body,
    brain: route.api === "chat" ? fromChat(body) : fromResponses(body, earlier),
    stream: body.stream === true,
    inputTokens: estimateTokens(incoming.body),
  };
  const context = replyContext(resource.seed, resource.name, route.api, incoming.body);
  const { answer, response } = answerCall(call, resource.brain, context);
  if (response !== undefined && body.store !== false) store(resource, response, [...earlier, ...inputItems(body.input)]);
  return answer;
}

/** Answers `GET` and `DELETE` of a stored response. */
export function answerStored(resource: Resource, id: string, method: string): Answer {
  const found = resource.stored.get(id);
  if (found === undefined) throw new Refused("404-path");
  if (method === "DELETE") resource.stored.delete(id);
  const body = method === "DELETE" ? { id, object: "response", deleted: true } : found.response;
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
