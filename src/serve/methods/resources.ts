import type { JsonObject } from "../../core/json.ts";
import type { Offer, OfferedResources } from "../offer.ts";
import { rpcCodes } from "../protocol.ts";
import { RpcFault } from "../rpc.ts";
import type { Turn } from "../turn.ts";
import { type Method, refuseCursor } from "./method.ts";

/** `resources/*`; `subscribe` and `unsubscribe` belong to the legacy era, 2026-07-28 has `subscriptions/listen`. */
export function resourceMethods(resources: OfferedResources): ReadonlyMap<string, Method> {
  return new Map<string, Method>([
    [
      "resources/list",
      (params, turn) => {
        const { cursor } = params;
        if (cursor !== undefined && typeof cursor !== "string") throw new RpcFault(rpcCodes.invalidParams, "Invalid cursor.");
        return resources.list(turn.exchange.caller, cursor);
      },
    ],
    [
      "resources/templates/list",
      (params) => {
        refuseCursor(params);
        return { resourceTemplates: resources.templates() };
      },
    ],
    ["resources/read", (params, turn) => read(resources, params, turn)],
  ]);
}

async function read(resources: OfferedResources, params: JsonObject, turn: Turn): Promise<object> {
  const uri = uriOf(params);
  const found = await resources.read(uri, turn.exchange.caller);
  if (found === undefined) throw notFound(uri, turn);
  return { contents: Array.isArray(found) ? found : [found] };
}

/** The legacy pair that puts a uri on the conversation's list of watched resources and takes it off. */
export function resourceWatchMethods(resources: OfferedResources): ReadonlyMap<string, Method> {
  return new Map<string, Method>([
    [
      "resources/subscribe",
      async (params, turn) => {
        const uri = uriOf(params);
        if ((await resources.read(uri, turn.exchange.caller)) === undefined) throw notFound(uri, turn);
        const watched = turn.exchange.conversation?.subscribed;
        if (watched !== undefined && watched.size >= maxWatched && !watched.has(uri)) {
          throw new RpcFault(rpcCodes.refused, `Too many subscriptions: at most ${maxWatched}.`);
        }
        watched?.add(uri);
        return {};
      },
    ],
    [
      "resources/unsubscribe",
      (params, turn) => {
        turn.exchange.conversation?.subscribed.delete(uriOf(params));
        return {};
      },
    ],
  ]);
}

const maxWatched = 1024;

function uriOf(params: JsonObject): string {
  const { uri } = params;
  if (typeof uri !== "string" || uri === "") throw new RpcFault(rpcCodes.invalidParams, '"params.uri" must be a string.');
  return uri;
}

function notFound(uri: string, turn: Turn): RpcFault {
  const code = turn.era === "modern" ? rpcCodes.invalidParams : rpcCodes.resourceNotFound;
  return new RpcFault(code, "Resource not found", { data: { uri: uri.slice(0, 2048) } });
}

export function resourceCapability(offer: Offer): JsonObject {
  return offer.onChanged === undefined ? {} : { subscribe: true, listChanged: true };
}
