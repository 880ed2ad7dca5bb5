import type { JsonObject } from "../core/json.ts";
import type { Caller } from "../core/served-tools.ts";
import type { LogLevel } from "./protocol.ts";

/** What a legacy conversation remembers between requests. The dispatcher changes it; whoever owns the connection keeps it. */
export interface Conversation {
  version: string;
  clientCapabilities: JsonObject;
  /** Log messages are sent from this level on; undefined until the client sets one. */
  logLevel: LogLevel | undefined;
  readonly subscribed: Set<string>;
}

export function newConversation(version: string): Conversation {
  return { version, clientCapabilities: {}, logLevel: undefined, subscribed: new Set() };
}

/** The way back to the client while one request is served. */
export interface Exchange {
  readonly caller: Caller;
  /** Aborted when the client cancels, leaves, or the server closes. */
  readonly signal: AbortSignal;
  /** Present in the legacy era. */
  readonly conversation?: Conversation;
  /** Sends a notification that belongs to this request. */
  notify(method: string, params: JsonObject): void;
  /** Asks the client something in the middle of a call; absent where the connection cannot carry that. Rejects when it refuses or leaves. */
  ask?(method: string, params: JsonObject): Promise<JsonObject>;
  /** True where the caller's scopes come from a verified token, so that they count. */
  readonly checksScopes?: boolean;
  /** An HTTP header of the request; absent on other transports. */
  header?(name: string): string | undefined;
  /** Closes the response stream under the call so that the client polls for the answer; absent where there is no such stream. */
  releaseStream?(): void;
}
