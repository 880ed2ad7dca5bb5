import { isLecternError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Exchange } from "./exchange.ts";
import type { InputSettings } from "./input-required.ts";
import { createListeners } from "./listen.ts";
import { canComplete, completionMethod } from "./methods/completion.ts";
import { conversationMethods, discoverMethod, serverInfo } from "./methods/lifecycle.ts";
import type { Method } from "./methods/method.ts";
import { promptMethods } from "./methods/prompts.ts";
import { resourceMethods, resourceWatchMethods } from "./methods/resources.ts";
import { toolMethods } from "./methods/tools.ts";
import type { Offer } from "./offer.ts";
import { metaKeys, rpcCodes } from "./protocol.ts";
import { createStateSeal } from "./request-state.ts";
import { failure, type Outcome, RpcFault, type RpcRequest } from "./rpc.ts";
import { openTurn, type Turn } from "./turn.ts";

/** The protocol engine: answers single requests of both eras, knows nothing of transports. */
export interface Dispatcher {
  readonly offer: Offer;
  /** Never throws and never rejects: what goes wrong is the outcome. Answers at once where nothing has to be waited for. */
  answer(request: RpcRequest, exchange: Exchange): Outcome | Promise<Outcome>;
  /** Ends the open subscriptions; other requests go on. */
  close(): void;
}

export interface DispatcherOptions {
  /** Told of failures whose text no client may read. Default: nobody. */
  readonly onError?: (thrown: unknown) => void;
}

export function createDispatcher(offer: Offer, { onError = () => {} }: DispatcherOptions = {}): Dispatcher {
  const input: InputSettings = { seal: createStateSeal(), onError };
  const info = serverInfo(offer);
  const listeners = createListeners(offer, info);
  const both = commonMethods(offer, input);
  const modern = new Map([...both, ["server/discover", discoverMethod(offer)] as const]);
  const legacy = new Map([...both, ...conversationMethods(offer), ...watchMethods(offer)]);
  const finishModern = modernFinish(offer, info);
  const toOutcome = (thrown: unknown): Outcome => outcomeOf(thrown, onError);

  const serve = (request: RpcRequest, turn: Turn): object | Promise<object> => {
    const { method, params } = request;
    if (turn.era === "modern" && method === "subscriptions/listen") return listeners.listen(request.id, params, turn.exchange);
    const handler = (turn.era === "modern" ? modern : legacy).get(method);
    if (handler === undefined) throw unknownMethod(method, turn);
    const result = handler(params, turn);
    if (turn.era === "legacy") return result;
    return result instanceof Promise ? result.then((given) => finishModern(method, given)) : finishModern(method, result);
  };
  return {
    offer,
    answer: (request, exchange) => {
      try {
        const result = serve(request, openTurn(request.params, exchange));
        return result instanceof Promise ? result.then((given) => ({ result: given }), toOutcome) : { result };
      } catch (thrown) {
        return toOutcome(thrown);
      }
    },
    close: () => listeners.close(),
  };
}

function unknownMethod(method: string, { era }: Turn): RpcFault {
  return new RpcFault(
    rpcCodes.methodNotFound,
    `Method not found: ${method.slice(0, 128)}`,
    era === "modern" ? { status: 404 } : {},
  );
}

function commonMethods(offer: Offer, input: InputSettings): readonly (readonly [string, Method])[] {
  return [
    ...toolMethods(offer, input),
    ...(offer.resources === undefined ? [] : resourceMethods(offer.resources)),
    ...(offer.prompts === undefined ? [] : promptMethods(offer.prompts, input)),
    ...(canComplete(offer) ? [["completion/complete", completionMethod(offer)] as const] : []),
  ];
}

function watchMethods(offer: Offer): readonly (readonly [string, Method])[] {
  return offer.resources === undefined || offer.onChanged === undefined ? [] : [...resourceWatchMethods(offer.resources)];
}

/** Adds what every 2026-07-28 result carries: its kind, who made it, and how long lists and documents may be kept. */
function modernFinish(offer: Offer, info: JsonObject): (method: string, result: object) => object {
  const { lists = 300_000, resources = 1_000 } = offer.cacheTtlMs ?? {};
  // Private throughout: what a caller is shown may depend on who it is.
  const list = { ttlMs: lists, cacheScope: "private" };
  const resource = { ttlMs: resources, cacheScope: "private" };
  const hints = new Map<string, object>([
    ["server/discover", list],
    ["tools/list", list],
    ["prompts/list", list],
    ["resources/templates/list", list],
    ["resources/list", resource],
    ["resources/read", resource],
  ]);
  const made = { [metaKeys.serverInfo]: info };
  return (method, result) => {
    const given: { readonly _meta?: object } = result;
    const _meta = given._meta === undefined ? made : { ...given._meta, ...made };
    return { resultType: "complete", ...hints.get(method), ...result, _meta };
  };
}

function outcomeOf(thrown: unknown, onError: (thrown: unknown) => void): Outcome {
  if (thrown instanceof RpcFault) return thrown.outcome;
  if (isLecternError(thrown) && (thrown.code === "bad_request" || thrown.code === "usage")) {
    return failure(rpcCodes.invalidParams, thrown.message);
  }
  onError(thrown);
  return failure(rpcCodes.internal, "Internal error");
}
