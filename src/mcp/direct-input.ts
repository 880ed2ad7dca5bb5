import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { sleep } from "../core/sleep.ts";
import { type AskPerson, readElicitation } from "./elicitation.ts";
import { SessionError } from "./session.ts";

// A server that only wants to be asked again must not be asked in a busy loop.
const pauseMs = 250;

/**
 * Answers to what a server asks before it goes on with a request, as parameters for sending that request again. Its state goes back as it came.
 * Rejects with `CAPABILITY_NOT_SUPPORTED` for questions nobody can answer here. Source: MCP 2026-07-28, multi-round-trip requests.
 */
export async function answerInputRequests(
  result: JsonObject,
  elicit: AskPerson | undefined,
  signal: AbortSignal,
): Promise<JsonObject> {
  const requests = isJsonObject(result.inputRequests) ? Object.entries(result.inputRequests) : [];
  const state = typeof result.requestState === "string" ? { requestState: result.requestState } : {};
  if (requests.length === 0) {
    if (!("requestState" in state)) throw new SessionError("INVALID_RESULT", "it asks for nothing and gives nothing");
    await sleep(pauseMs, signal);
    return state;
  }
  const answers: Record<string, Json> = {};
  for (const [key, request] of requests) answers[key] = await answer(request, elicit, signal);
  return { inputResponses: answers, ...state };
}

async function answer(request: Json, elicit: AskPerson | undefined, signal: AbortSignal): Promise<Json> {
  if (!isJsonObject(request) || request.method !== "elicitation/create" || elicit === undefined) {
    throw new SessionError("CAPABILITY_NOT_SUPPORTED", "it asks a question that nobody can be asked here");
  }
  const question = readElicitation(request.params);
  if (question === undefined) return { action: "decline" };
  const given = await elicit(question, { signal });
  if (given.action !== "accept" || given.content === undefined || question.kind !== "form") return { action: given.action };
  return { action: "accept", content: withDefaults(question.schema, given.content) };
}

/** Fields left out take the form's own defaults: the host says that it does this (elicitation.form.applyDefaults). */
function withDefaults(schema: JsonObject, content: Readonly<Record<string, Json>>): JsonObject {
  const fields = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  const defaults = fields.flatMap(([key, field]) =>
    isJsonObject(field) && field.default !== undefined ? [[key, field.default] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...content };
}
