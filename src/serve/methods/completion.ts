import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { Caller } from "../../core/served-tools.ts";
import type { Offer } from "../offer.ts";
import { rpcCodes } from "../protocol.ts";
import { RpcFault } from "../rpc.ts";
import type { Turn } from "../turn.ts";

/** The protocol allows at most so many values in one answer. */
const maxValues = 100;

export function canComplete(offer: Offer): boolean {
  return offer.resources?.complete !== undefined || offer.completePrompt !== undefined;
}

/** `completion/complete`: values that may follow what was typed, for a prompt's or template's argument. */
export function completionMethod(offer: Offer): (params: JsonObject, turn: Turn) => Promise<object> {
  return async (params, turn) => {
    const { ref, argument } = params;
    if (!isJsonObject(ref) || !isJsonObject(argument)) throw invalid('"params.ref" and "params.argument" must be objects.');
    const { name, value } = argument;
    if (typeof name !== "string" || typeof value !== "string") throw invalid("The argument needs a name and a value.");
    const found = await valuesFor(offer, ref, { name, value, caller: turn.exchange.caller });
    return { completion: { values: found.slice(0, maxValues), total: found.length, hasMore: found.length > maxValues } };
  };
}

async function valuesFor(
  offer: Offer,
  ref: JsonObject,
  typed: { readonly name: string; readonly value: string; readonly caller: Caller },
): Promise<readonly string[]> {
  const { name, value, caller } = typed;
  if (ref.type === "ref/resource" && typeof ref.uri === "string") {
    return (await offer.resources?.complete?.(ref.uri, name, value, caller)) ?? [];
  }
  if (ref.type === "ref/prompt" && typeof ref.name === "string") {
    return (await offer.completePrompt?.(ref.name, name, value, caller)) ?? [];
  }
  throw invalid('"params.ref" must name a prompt or a resource template.');
}

function invalid(message: string): RpcFault {
  return new RpcFault(rpcCodes.invalidParams, message);
}
