import { isJsonObject, type JsonObject } from "../core/json.ts";
import { isLogLevel, type LogLevel, metaKeys, modernVersion, rpcCodes } from "./protocol.ts";
import { RpcFault } from "./rpc.ts";

/** What a request of the stateless revision says about its sender, in `params._meta`. */
export interface Envelope {
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject | undefined;
  readonly logLevel: LogLevel | undefined;
}

/** True where a request's `_meta` names a protocol version: it wants to be read as 2026-07-28 or later. */
export function claimsModern(params: JsonObject): boolean {
  const meta = params._meta;
  return isJsonObject(meta) && meta[metaKeys.protocolVersion] !== undefined;
}

/**
 * Reads the envelope every 2026-07-28 request must carry.
 * Throws an RpcFault: invalid params (-32602) for a missing or ill-typed part, -32022 for another version.
 */
export function readEnvelope(params: JsonObject): Envelope {
  const meta = params._meta;
  if (!isJsonObject(meta)) throw badEnvelope('"params._meta" is required');
  const version = meta[metaKeys.protocolVersion];
  if (typeof version !== "string") throw badEnvelope(`"${metaKeys.protocolVersion}" must be a string`);
  if (version !== modernVersion) throw unsupportedVersion(version);
  const capabilities = meta[metaKeys.clientCapabilities];
  if (!isJsonObject(capabilities)) throw badEnvelope(`"${metaKeys.clientCapabilities}" must be an object`);
  const clientInfo = meta[metaKeys.clientInfo];
  if (clientInfo !== undefined && !isImplementation(clientInfo)) {
    throw badEnvelope(`"${metaKeys.clientInfo}" must have a name and a version`);
  }
  const logLevel = meta[metaKeys.logLevel];
  if (logLevel !== undefined && !isLogLevel(logLevel)) throw badEnvelope(`"${metaKeys.logLevel}" is no log level`);
  return { clientCapabilities: capabilities, clientInfo: clientInfo as JsonObject | undefined, logLevel };
}

export function isImplementation(value: unknown): value is JsonObject {
  return isJsonObject(value) && typeof value.name === "string" && typeof value.version === "string";
}

function badEnvelope(problem: string): RpcFault {
  return new RpcFault(rpcCodes.invalidParams, `Invalid request metadata for protocol ${modernVersion}: ${problem}.`, {
    status: 400,
  });
}

function unsupportedVersion(requested: string): RpcFault {
  return new RpcFault(rpcCodes.unsupportedVersion, "Unsupported protocol version", {
    status: 400,
    data: { supported: [modernVersion], requested: requested.slice(0, 100) },
  });
}
