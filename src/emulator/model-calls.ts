import type { JsonObject } from "../core/json.ts";
import { answerCall, failedStream, replyContext, writeReply } from "./answer.ts";
import { checkChatConversation, checkContext, checkResponsesConversation } from "./checks/conversation.ts";
import { checkEmbeddings } from "./checks/embeddings.ts";
import { checkItems } from "./checks/items.ts";
import { checkMessages } from "./checks/messages.ts";
import { checkChatParameters, checkGuessed, checkKnown, checkResponsesParameters, checkTypes } from "./checks/parameters.ts";
import { checkChatTools, checkToolChoice, checkTools } from "./checks/tools.ts";
import { checkValues } from "./checks/values.ts";
import { checkPrompt, type FilterTrigger, promptFiltered } from "./content-filter.ts";
import type { Deployment } from "./deployments.ts";
import { embeddingsBody, maxDimensions } from "./embeddings.ts";
import type { Fault } from "./faults/catalogue.ts";
import { serviceFault } from "./faults/service-faults.ts";
import { distort, throttledStream, withAsyncFilter } from "./faults/stream-faults.ts";
import { rateHeaders, regionHeaders, servedHeaders } from "./headers.ts";
import type { Answer } from "./http.ts";
import type { RateState } from "./rates.ts";
import type { Facts } from "./refusals/refusal.ts";
import { Refused, renderRefusal } from "./refusals/table.ts";
import { jsonAnswer, parseBody, type Resource } from "./resource.ts";
import type { Route } from "./routes.ts";
import { estimateTokens } from "./tokens.ts";
import type { ModelCall } from "./wire/call.ts";
import { fromChat, text } from "./wire/chat-request.ts";
import { fromResponses, inputItems } from "./wire/responses-request.ts";

type ModelRoute = Route & { readonly kind: "model" };

/** A request to a model, and what was found out about it so far. */
interface Asked {
  readonly resource: Resource;
  readonly route: ModelRoute;
  readonly raw: string;
  readonly body: JsonObject;
  readonly deployment: Deployment;
  readonly rates: RateState;
  readonly fault: Fault | undefined;
  readonly facts: Facts;
}

const operations = { chat: "ChatCompletions_Create", responses: "Responses_Create", embeddings: "Embeddings_Create" } as const;
const operationNames = { chat: "chatCompletion", responses: "responses", embeddings: "embeddings" } as const;

function outputAsked(body: JsonObject): number {
  const limit = body.max_output_tokens ?? body.max_completion_tokens ?? body.max_tokens;
  return typeof limit === "number" ? limit : 0;
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function refusal(id: string, asked: Asked, facts: Facts = {}): Answer {
  return renderRefusal(id, { ...asked.facts, ...facts });
}

/** How this deployment says that its limit is reached. */
function throttle(asked: Asked): Answer {
  const { deployment, rates, body, route } = asked;
  const { throttling } = deployment;
  const seconds = rates.retrySeconds;
  if (throttling === "classic") {
    const waits = { seconds, milliseconds: seconds * 1000 };
    if (rates.exceeded === "tokens") return refusal("429-tokens-classic", asked, waits);
    // Much may be left of ten seconds when a second is full: a reported 429 tells of it.
    const told = refusal("429-calls-classic", asked, waits);
    const left = { "x-ratelimit-remaining-requests": String(rates.remainingRequests), ...leftTokens(rates.remainingTokens) };
    return { ...told, headers: { ...told.headers, ...left } };
  }
  if (throttling !== "new" && route.api === "responses" && body.stream === true) {
    return withHeaders(streamThrottle(asked, streamThrottles[throttling], seconds), leftTokens(rates.remainingTokens));
  }
  const type: Record<string, string> = rates.exceeded === "tokens" ? { "x-ratelimit-type": "Tokens" } : {};
  return withHeaders(refusal("429-new", asked), { ...type, ...leftTokens(Math.max(0, rates.remainingTokens)) });
}

const streamThrottles = { "stream-a": "throttle-a", "stream-b": "throttle-b", "stream-c": "throttle-c" } as const;
const leftTokens = (tokens: number): Record<string, string> => ({ "x-ratelimit-remaining-tokens": String(tokens) });

function modelCall(asked: Asked): ModelCall {
  const { route, body, deployment, raw, resource } = asked;
  const surface = route.api === "chat" ? "chat" : "responses";
  const brain = surface === "chat" ? fromChat(body) : fromResponses(body, resource.memory.earlier(body));
  return { surface, deployment, body, brain, stream: body.stream === true, inputTokens: estimateTokens(raw) };
}

function streamThrottle(asked: Asked, kind: "throttle-a" | "throttle-b" | "throttle-c", seconds: number): Answer {
  if (asked.route.api !== "responses" || asked.body.stream !== true) return refusal("429-new", asked);
  const context = replyContext(asked.resource.seed, asked.resource.name, "responses", asked.raw);
  const { answer } = writeReply(modelCall(asked), { text: "", outputTokens: 0, reasoningTokens: 0 }, context);
  return "events" in answer ? throttledStream(answer, kind, asked.deployment, seconds) : answer;
}

/** Faults that stand in place of the model's answer. */
function faultAnswer(asked: Asked): Answer | undefined {
  const { fault } = asked;
  if (fault === undefined) return undefined;
  if (fault.kind === "throttle-a" || fault.kind === "throttle-b" || fault.kind === "throttle-c") {
    const isB = fault.kind === "throttle-b";
    const throttled = streamThrottle(asked, fault.kind, fault.amount ?? (isB ? 4 : 1));
    return isB ? withHeaders(throttled, leftTokens(-27_689)) : throttled;
  }
  if (fault.kind === "refusal") return refusal(fault.id, asked);
  return serviceFault(fault);
}

const filtersOf = ({ resource, deployment }: Asked): readonly FilterTrigger[] => [
  ...resource.filters,
  ...deployment.contentFilter,
];

function checkChat(asked: Asked, call: ModelCall): void {
  const { deployment, body } = asked;
  checkChatParameters(deployment, body);
  checkMessages(deployment, body);
  checkTools("chat", deployment, body);
  checkChatTools(deployment, body);
  checkChatConversation(body);
  checkPrompt(filtersOf(asked), call.brain.messages);
  checkContext("chat", deployment, body, call.inputTokens);
}

function checkResponses(asked: Asked, call: ModelCall): void {
  const { deployment, body, resource } = asked;
  checkResponsesParameters(deployment, body);
  checkItems(body);
  checkTools("responses", deployment, body);
  checkToolChoice(body);
  checkResponsesConversation(inputItems(body.input), resource.memory.earlier(body), resource.memory);
  checkPrompt(filtersOf(asked), call.brain.messages);
  checkContext("responses", deployment, body, call.inputTokens);
}

function checkToolResultFault(asked: Asked, call: ModelCall): void {
  if (asked.fault?.kind !== "filter-tool-result") return;
  if (call.brain.messages.some((message) => message.role === "tool"))
    throw promptFiltered({ category: "jailbreak", severity: "high" });
}

function answerText(asked: Asked): Answer {
  const { resource, route, body, raw, deployment, fault } = asked;
  const call = modelCall(asked);
  const context = replyContext(resource.seed, resource.name, route.api, raw);
  try {
    if (route.api === "chat") checkChat(asked, call);
    else checkResponses(asked, call);
  } catch (thrown) {
    if (!(thrown instanceof Refused) || thrown.id !== "400-context-responses" || !call.stream) throw thrown;
    const message = "Your input exceeds the context window of this model. Please adjust your input and try again.";
    return failedStream(call, context, "context_length_exceeded", message);
  }
  checkToolResultFault(asked, call);
  const filters =
    fault?.kind === "completion-filtered"
      ? [{ pattern: /^/, category: "hate", severity: "high", on: ["completion"], innererror: true } as const]
      : filtersOf(asked);
  const { answer, response } = answerCall(call, resource.brain, context, filters);
  if (response !== undefined && body.store !== false) {
    const continued = { earlier: resource.memory.earlier(body), input: inputItems(body.input) };
    resource.memory.store(response, continued, raw.length);
  }
  const onChat = route.api === "chat";
  const shaped = deployment.asyncFilter && onChat ? withAsyncFilter(answer, false) : answer;
  // The asynchronous filter's chunks are those of chat.
  return fault === undefined || (!onChat && /^async-filter/.test(fault.kind)) ? shaped : distort(shaped, fault);
}

function answerAsked(asked: Asked): Answer {
  const { route, body, deployment } = asked;
  const stands = faultAnswer(asked);
  if (stands !== undefined) return stands;
  if (asked.rates.exceeded !== null) return throttle(asked);
  if (!deployment.apis.includes(route.api)) {
    throw new Refused("400-operation-not-supported", { operation: operationNames[route.api], model: deployment.model });
  }
  checkTypes(route.api, body);
  checkKnown(route.api, body);
  checkValues(route.api, body);
  if (route.api !== "embeddings") return answerText(asked);
  checkEmbeddings(deployment, body, maxDimensions);
  const answer = jsonAnswer(embeddingsBody(body, deployment.served));
  return asked.fault === undefined ? answer : distort(answer, asked.fault);
}

export interface ModelRequest {
  readonly route: ModelRoute;
  readonly path: string;
  readonly apiVersion: string | null;
  readonly raw: string;
  /** From the request's own header; the configuration's plan is asked where there is none. */
  readonly fault: Fault | undefined;
}

/** Answers a request to a model that passed the gate. Throws Refused for bodies that are no JSON and unknown deployments. */
export function answerModel(resource: Resource, request: ModelRequest): Answer {
  const { route, raw } = request;
  const body = parseBody(raw);
  if (resource.strict) checkGuessed(route.family, body);
  const name = route.deployment ?? text(body.model);
  const deployment = resource.deployments.get(name);
  if (deployment === undefined) throw new Refused("404-deployment-now", { region: "East US 2" });
  const rates = resource.rates.take(deployment, estimateTokens(raw) + outputAsked(body));
  const region = deployment.region.toLowerCase().replace(/\s/g, "");
  const facts = {
    deployment: name,
    model: deployment.model,
    region,
    operation: operations[route.api],
    version: request.apiVersion ?? "v1",
  };
  const fault = request.fault ?? resource.faults.next(request.path, name);
  const asked = { resource, route, raw, body, deployment, rates, fault, facts };
  const headers = { ...regionHeaders(deployment.region), ...rateHeaders(deployment, rates) };
  try {
    const answer = answerAsked(asked);
    return withHeaders(
      answer,
      answer.status === 200 ? { ...servedHeaders(route.api, deployment, "events" in answer), ...headers } : headers,
    );
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    return withHeaders(renderRefusal(thrown.id, thrown.facts, thrown.report), headers);
  }
}
