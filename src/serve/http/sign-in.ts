import type { Caller } from "../../core/served-tools.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Arrival } from "./arrival.ts";
import type { FrontHandler } from "./front.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { sendRefusal } from "./reply.ts";

/** Serves a request once it is known on whose behalf it comes, before a byte of its body is read. */
export function signedIn(authenticator: Authenticator, serve: (arrival: Arrival) => void): FrontHandler {
  return (request, response) => {
    const go = (found: Caller | Refusal): void => {
      if (isRefusal(found)) sendRefusal(response, found);
      else serve({ caller: found, request, response });
    };
    const verdict = authenticator.authenticate(request.headers);
    return verdict instanceof Promise ? verdict.then(go) : go(verdict);
  };
}
