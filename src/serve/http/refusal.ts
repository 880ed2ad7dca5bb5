import { rpcCodes } from "../protocol.ts";
import { type Failure, failure, type RpcId, responseText } from "../rpc.ts";

/** A request turned away before, or instead of, being served. */
export interface Refusal {
  readonly status: number;
  readonly failure: Failure;
  readonly id: RpcId | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RefuseOptions {
  /** JSON-RPC error code. Default -32000. */
  readonly code?: number;
  readonly id?: RpcId | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuse(status: number, message: string, options: RefuseOptions = {}): Refusal {
  const { code = rpcCodes.refused, id = null, headers } = options;
  return { status, failure: failure(code, message), id, ...(headers === undefined ? {} : { headers }) };
}

export function isRefusal(value: object): value is Refusal {
  return "failure" in value;
}

/** The body of a refusal: a JSON-RPC error, so that no client ever has to read HTML. */
export function refusalText({ id, failure: said }: Refusal): string {
  return responseText(id, said);
}
