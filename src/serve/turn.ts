import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { claimsModern, readEnvelope } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import type { OfferedCallContext } from "./offer.ts";
import { assumedLegacyVersion, type Era, type LogLevel, logLevels } from "./protocol.ts";

/** One request with what it says of its sender: what every method handler gets. */
export interface Turn {
  readonly exchange: Exchange;
  readonly era: Era;
  readonly version: string;
  readonly clientCapabilities: JsonObject;
  /** Log messages are wanted from this level on; undefined: none. */
  readonly logLevel: LogLevel | undefined;
}

/** Reads era and sender of a request. Throws an RpcFault where a 2026-07-28 envelope is unfit. */
export function openTurn(params: JsonObject, exchange: Exchange): Turn {
  if (exchange.conversation === undefined || claimsModern(params)) {
    const { clientCapabilities, logLevel } = readEnvelope(params);
    return { exchange, era: "modern", version: "2026-07-28", clientCapabilities, logLevel };
  }
  const { conversation } = exchange;
  const { version, clientCapabilities, logLevel } = conversation;
  return { exchange, era: "legacy", version: version || assumedLegacyVersion, clientCapabilities, logLevel };
}

/** The surroundings a tool or prompt gets. Progress and logs go out only where the client asked for them. */
export function callContext(
  params: JsonObject,
  turn: Turn,
  again: { readonly inputResponses?: JsonObject; readonly state?: Json },
): OfferedCallContext {
  const { exchange, clientCapabilities, era } = turn;
  return {
    signal: exchange.signal,
    caller: exchange.caller,
    era,
    clientCapabilities,
    ...again,
    progress: progressSender(params, exchange),
    log: (level, data, logger) => {
      if (turn.logLevel === undefined || logLevels.indexOf(level) < logLevels.indexOf(turn.logLevel)) return;
      exchange.notify("notifications/message", logger === undefined ? { level, data } : { level, logger, data });
    },
    releaseStream: () => exchange.releaseStream?.(),
  };
}

function progressSender(params: JsonObject, exchange: Exchange): OfferedCallContext["progress"] {
  const meta = params._meta;
  const token = isJsonObject(meta) ? meta.progressToken : undefined;
  if (typeof token !== "string" && typeof token !== "number") return () => {};
  let last = Number.NEGATIVE_INFINITY;
  return (done, total, message) => {
    // The protocol asks that progress increases with each notification.
    if (!(done > last)) return;
    last = done;
    const optional: { total?: number; message?: string } = {};
    if (total !== undefined) optional.total = total;
    if (message !== undefined) optional.message = message;
    exchange.notify("notifications/progress", { progressToken: token, progress: done, ...optional });
  };
}
