import type { JsonObject } from "../../core/json.ts";
import { rpcCodes } from "../protocol.ts";
import { RpcFault } from "../rpc.ts";
import type { Turn } from "../turn.ts";

/** Serves one protocol method: gives the result, or throws an RpcFault. */
export type Method = (params: JsonObject, turn: Turn) => object | Promise<object>;

/** For lists that are given whole: the only right cursor is none. */
export function refuseCursor(params: JsonObject): void {
  if (params.cursor !== undefined) throw new RpcFault(rpcCodes.invalidParams, "Invalid cursor.");
}
