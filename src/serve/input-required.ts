import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { type InputRequest, type InputRequired, isInputRequired, type OfferedCallContext } from "./offer.ts";
import { rpcCodes } from "./protocol.ts";
import type { StateSeal } from "./request-state.ts";
import { RpcFault } from "./rpc.ts";
import { callContext, type Turn } from "./turn.ts";

export interface InputSettings {
  readonly seal: StateSeal;
  /** Told of failures that no client may read. */
  readonly onError: (thrown: unknown) => void;
}

interface Call<R extends object> {
  readonly params: JsonObject;
  readonly turn: Turn;
  readonly input: InputSettings;
  /** Method and name: a sealed state is good for this and nothing else. */
  readonly subject: string;
  readonly run: (context: OfferedCallContext) => Promise<R | InputRequired> | R | InputRequired;
  readonly finish: (result: R) => object;
}

/** Asking and calling again ends after so many rounds, whatever the tool wants. */
const maxRounds = 10;

/**
 * Runs something that may need input from the client first.
 * Modern: the need is the answer (`resultType: "input_required"`), and the client calls again. Legacy: the client is asked under the call.
 */
export function settleInput<R extends object>(call: Call<R>): object | Promise<object> {
  const { params, turn, run } = call;
  const result = run(callContext(params, turn, readAnswers(call)));
  return result instanceof Promise ? result.then((settled) => settle(call, settled)) : settle(call, result);
}

function settle<R extends object>(call: Call<R>, result: R | InputRequired): object | Promise<object> {
  if (!needsInput(result)) return call.finish(result);
  checkCapabilities(result, call.turn.clientCapabilities);
  if (call.turn.era === "modern") return inputRequiredResult(call, result);
  return askUnderCall(call, result);
}

function needsInput<R extends object>(result: R | InputRequired): result is InputRequired {
  return isInputRequired(result as InputRequired);
}

function inputRequiredResult<R extends object>(call: Call<R>, { inputRequests, state }: InputRequired): object {
  const sealed = state === undefined ? undefined : call.input.seal.close(state, bindingOf(call));
  return {
    resultType: "input_required",
    ...(inputRequests === undefined ? {} : { inputRequests }),
    ...(sealed === undefined ? {} : { requestState: sealed }),
  };
}

async function askUnderCall<R extends object>(call: Call<R>, first: InputRequired): Promise<object> {
  const { exchange } = call.turn;
  const ask = exchange.ask?.bind(exchange);
  if (ask === undefined) {
    throw new RpcFault(rpcCodes.refused, "This needs input from the client, which a connection without a session cannot carry.");
  }
  let needed = first;
  for (let round = 1; round <= maxRounds; round++) {
    const asked = Object.entries(needed.inputRequests ?? {}).map(
      async ([key, { method, params = {} }]) => [key, await ask(method, params)] as const,
    );
    const inputResponses = Object.fromEntries(await Promise.all(asked));
    const answered = { inputResponses, ...(needed.state === undefined ? {} : { state: needed.state }) };
    const result = await call.run(callContext(call.params, call.turn, answered));
    if (!needsInput(result)) return call.finish(result);
    checkCapabilities(result, call.turn.clientCapabilities);
    needed = result;
  }
  throw new RpcFault(rpcCodes.internal, `Input was asked for ${maxRounds} times without coming to an end.`);
}

function readAnswers<R>(call: Call<R & object>): { inputResponses?: JsonObject; state?: Json } {
  const { params, turn, input } = call;
  if (turn.era !== "modern") return {};
  const { inputResponses, requestState } = params;
  const read: { inputResponses?: JsonObject; state?: Json } = {};
  if (inputResponses !== undefined) {
    if (!isJsonObject(inputResponses) || !Object.values(inputResponses).every(isJsonObject)) {
      throw new RpcFault(rpcCodes.invalidParams, '"params.inputResponses" must be an object of results.');
    }
    read.inputResponses = inputResponses;
  }
  if (requestState !== undefined) {
    const state = typeof requestState === "string" ? input.seal.open(requestState, bindingOf(call)) : undefined;
    if (state === undefined) throw new RpcFault(rpcCodes.invalidParams, "The request state is not valid here, or no longer.");
    read.state = state;
  }
  return read;
}

/** A state is bound to who got it and what for: possession alone proves nothing. */
function bindingOf<R extends object>({ turn, subject }: Call<R>): string {
  return `${subject}\n${turn.exchange.caller.subject ?? ""}`;
}

/** Throws -32021 naming what the client would have to be capable of. Source: specification 2026-07-28, multi round-trip requests. */
function checkCapabilities({ inputRequests }: InputRequired, declared: JsonObject): void {
  const lacking: Record<string, Json> = {};
  for (const request of Object.values(inputRequests ?? {})) {
    const needed = capabilityFor(request);
    if (needed === undefined) continue;
    const [name, part] = needed;
    const has = declared[name];
    if (!isJsonObject(has) || (part !== undefined && has[part] === undefined))
      lacking[name] = part === undefined ? {} : { [part]: {} };
  }
  if (Object.keys(lacking).length === 0) return;
  const message = `Missing required client capabilities: ${Object.keys(lacking).join(", ")}`;
  throw new RpcFault(rpcCodes.missingClientCapability, message, { status: 400, data: { requiredCapabilities: lacking } });
}

function capabilityFor({ method, params }: InputRequest): readonly [string, string?] | undefined {
  switch (method) {
    case "elicitation/create":
      return params?.mode === "url" ? ["elicitation", "url"] : ["elicitation"];
    case "sampling/createMessage":
      return ["sampling"];
    case "roots/list":
      return ["roots"];
    default:
      return undefined;
  }
}
