import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { rpcCodes } from "./protocol.ts";

export type RpcId = string | number;

export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  readonly params: JsonObject;
}

interface RpcNotification {
  readonly method: string;
  readonly params: JsonObject;
}

interface RpcErrorBody {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

/** What a request came to: exactly one of result and error is there. */
export type Outcome = { readonly result: object; readonly error?: never } | Failure;

export interface Failure {
  readonly result?: never;
  readonly error: RpcErrorBody;
  /** Over HTTP: the status that goes with it, where it is not simply an answer (200). */
  readonly status?: number;
  /** Over HTTP: the scopes a token needs for this, for the challenge. */
  readonly scopes?: readonly string[];
}

interface FaultOptions {
  readonly data?: Json;
  readonly status?: number;
  readonly scopes?: readonly string[];
}

/** A failure that goes to the client as a JSON-RPC error. Its message is written for strangers: no paths, no secrets. */
export class RpcFault extends Error {
  readonly outcome: Failure;

  constructor(code: number, message: string, { data, ...http }: FaultOptions = {}) {
    super(message);
    this.outcome = { error: data === undefined ? { code, message } : { code, message, data }, ...http };
  }
}

export function failure(code: number, message: string): Failure {
  return { error: { code, message } };
}

/** One incoming message, told apart. `invalid` carries the id to answer to: null where none can be read. */
export type Incoming =
  | { readonly kind: "request"; readonly request: RpcRequest }
  | { readonly kind: "notification"; readonly notification: RpcNotification }
  | { readonly kind: "response"; readonly id: RpcId; readonly outcome: Outcome }
  | { readonly kind: "invalid"; readonly id: RpcId | null; readonly error: RpcErrorBody };

const noParams: JsonObject = Object.freeze({});

function isRpcId(value: unknown): value is RpcId {
  return typeof value === "string" || Number.isSafeInteger(value);
}

function invalid(id: unknown, message: string, code: number = rpcCodes.invalidRequest): Incoming {
  return { kind: "invalid", id: isRpcId(id) ? id : null, error: { code, message } };
}

/** Tells requests, notifications, responses and rubbish apart. Source: JSON-RPC 2.0 sections 4 and 5; MCP forbids batches and null ids. */
export function readMessage(value: unknown): Incoming {
  if (Array.isArray(value)) return invalid(null, "Batches of messages are not supported.");
  if (!isJsonObject(value)) return invalid(null, "A message must be a JSON object.");
  const { id, method, params } = value;
  if (value.jsonrpc !== "2.0") return invalid(id, 'Not a JSON-RPC 2.0 message: "jsonrpc" must be "2.0".');
  if (!Object.hasOwn(value, "method")) return readResponse(value);
  if (typeof method !== "string") return invalid(id, '"method" must be a string.');
  const isNotification = !Object.hasOwn(value, "id");
  if (!isNotification && !isRpcId(id)) return invalid(null, '"id" must be a string or an integer.');
  if (params !== undefined && !isJsonObject(params)) {
    return invalid(id, '"params" must be an object.', rpcCodes.invalidParams);
  }
  const said = { method, params: params ?? noParams };
  if (isNotification) return { kind: "notification", notification: said };
  return { kind: "request", request: { id: id as RpcId, method, params: said.params } };
}

function readResponse(value: JsonObject): Incoming {
  const { id, result, error } = value;
  if (!isRpcId(id)) return invalid(null, 'A message must have a "method", or answer to an "id".');
  if (isJsonObject(result) && error === undefined) return { kind: "response", id, outcome: { result } };
  if (isJsonObject(error) && Number.isInteger(error.code) && typeof error.message === "string") {
    return { kind: "response", id, outcome: { error: { code: error.code as number, message: error.message } } };
  }
  return invalid(id, 'A message must have a "method", a "result" or an "error".');
}

/** The JSON text of a response. A result that is no JSON (a cycle, a big integer) becomes an internal error. */
export function responseText(id: RpcId | null, outcome: Outcome): string {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)}`;
  if (outcome.error !== undefined) return `${head},"error":${JSON.stringify(outcome.error)}}`;
  try {
    return `${head},"result":${JSON.stringify(outcome.result)}}`;
  } catch {
    return `${head},"error":{"code":${rpcCodes.internal},"message":"Internal error"}}`;
  }
}

/** The JSON text of a notification. */
export function notificationText(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

/**
 * Parses the bytes of one message: strict UTF-8 JSON without byte order mark, nested at most `maxDepth` deep.
 * Returns undefined where they are anything else.
 */
export function parseMessage(text: string, maxDepth = defaultMaxDepth): Json | undefined {
  if (nestingOf(text) > maxDepth) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const defaultMaxDepth = 64;

/** Deepest nesting of arrays and objects in a JSON text. Cheap and approximate for text that is no JSON. */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
      if (at < 0) return deepest;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

/** Index of the quote that closes the string opened at `from`, or -1. */
function endOfString(text: string, from: number): number {
  let at = from;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return at;
  }
}
