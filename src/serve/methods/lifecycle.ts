import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { isImplementation } from "../envelope.ts";
import type { Offer } from "../offer.ts";
import { isLogLevel, legacyVersions, modernVersion, rpcCodes } from "../protocol.ts";
import { RpcFault } from "../rpc.ts";
import { canComplete } from "./completion.ts";
import type { Method } from "./method.ts";
import { resourceCapability } from "./resources.ts";

/** What the server says of itself in `initialize`, `server/discover` and on every modern result. */
export function serverInfo({ name, title, version }: Offer): JsonObject {
  return title === undefined ? { name, version } : { name, title, version };
}

function capabilitiesOf(offer: Offer): JsonObject {
  const changes = offer.onChanged === undefined ? {} : { listChanged: true };
  const resources = offer.resources === undefined ? {} : { resources: resourceCapability(offer) };
  const prompts = offer.prompts === undefined ? {} : { prompts: changes };
  const completions = canComplete(offer) ? { completions: {} } : {};
  const logging = offer.logging === true ? { logging: {} } : {};
  return { tools: changes, ...resources, ...prompts, ...completions, ...logging };
}

/** `server/discover`, the modern way to learn what a server is. */
export function discoverMethod(offer: Offer): Method {
  const { instructions } = offer;
  const described = {
    supportedVersions: [modernVersion],
    capabilities: capabilitiesOf(offer),
    ...(instructions === undefined ? {} : { instructions }),
  };
  return () => described;
}

/** `initialize`, `ping` and `logging/setLevel`: the legacy conversation's own methods. */
export function conversationMethods(offer: Offer): ReadonlyMap<string, Method> {
  const { instructions } = offer;
  const about = {
    capabilities: capabilitiesOf(offer),
    serverInfo: serverInfo(offer),
    ...(instructions === undefined ? {} : { instructions }),
  };
  const setLevel: Method = (params, { exchange }) => {
    const { level } = params;
    if (!isLogLevel(level)) throw new RpcFault(rpcCodes.invalidParams, '"params.level" is no log level.');
    if (exchange.conversation !== undefined) exchange.conversation.logLevel = level;
    return {};
  };
  return new Map<string, Method>([
    [
      "initialize",
      (params, { exchange }) => {
        const { protocolVersion, capabilities } = readInitialize(params);
        const version = legacyVersions.includes(protocolVersion) ? protocolVersion : legacyVersions[0]!;
        if (exchange.conversation !== undefined) {
          exchange.conversation.version = version;
          exchange.conversation.clientCapabilities = capabilities;
        }
        return { protocolVersion: version, ...about };
      },
    ],
    ["ping", () => ({})],
    ...(offer.logging === true ? [["logging/setLevel", setLevel] as const] : []),
  ]);
}

/** Throws an RpcFault (-32602) where the handshake lacks what the specification requires. */
export function readInitialize(params: JsonObject): { readonly protocolVersion: string; readonly capabilities: JsonObject } {
  const { protocolVersion, capabilities, clientInfo } = params;
  if (typeof protocolVersion !== "string") throw missing("protocolVersion", "a string");
  if (!isJsonObject(capabilities)) throw missing("capabilities", "an object");
  if (!isImplementation(clientInfo)) throw missing("clientInfo", "an object with a name and a version");
  return { protocolVersion, capabilities };
}

function missing(key: string, wanted: string): RpcFault {
  return new RpcFault(rpcCodes.invalidParams, `"params.${key}" must be ${wanted}.`);
}
