import { anonymous, type Caller } from "../../core/served-tools.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { Refusal } from "../http/refusal.ts";

/** Says on whose behalf a request comes, or why it is not served. */
export interface Authenticator {
  /** At once where it can, so that requests that need no waiting are answered without any. */
  authenticate(headers: HeaderMap): Caller | Refusal | Promise<Caller | Refusal>;
  /** True where scopes of a caller mean something. */
  readonly checksScopes: boolean;
  /** `WWW-Authenticate` for a call that needs further scopes. */
  readonly challenge?: (scopes: readonly string[]) => string;
}

/** Lets everybody in, as nobody in particular. */
export const openDoor: Authenticator = { authenticate: () => anonymous, checksScopes: false };
