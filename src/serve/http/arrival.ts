import type { ServerResponse } from "node:http";
import type { Caller } from "../../core/served-tools.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Dispatcher } from "../dispatcher.ts";
import type { FrontRequest } from "./front.ts";
import type { Pulse } from "./pulse.ts";
import type { Sessions } from "./sessions.ts";

export interface EndpointOptions {
  readonly dispatcher: Dispatcher;
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly pulse: Pulse;
  /** Longest body accepted, in bytes. */
  readonly maxBodyBytes: number;
}

/** One arrived message with who sent it and where to answer. */
export interface Arrival {
  readonly caller: Caller;
  readonly request: FrontRequest;
  readonly response: ServerResponse;
}
