import type { Answer } from "./probe.ts";
import type { Repair } from "./requests.ts";
import type { Surface, Target } from "./target.ts";
import type { Resolution } from "./world.ts";

/** What the checks of one run tell each other. */
export interface Facts {
  /** endpoint */
  target?: Target;
  /** dns */
  resolution?: Resolution;
  /** credential: headers that prove who we are, and what they hold. */
  auth?: Auth;
  /** deployment: the API that answered, its whole answer, and what had to be changed in the question. */
  answered?: { readonly surface: Surface; readonly answer: Answer; readonly repairs: readonly Repair[] };
}

interface Auth {
  readonly type: "api_key" | "entra";
  readonly headers: Readonly<Record<string, string>>;
  readonly scope?: string;
  readonly claims?: Claims;
}

/** What an access token says of itself; read, not verified. */
export interface Claims {
  readonly audience: string | undefined;
  readonly objectId: string | undefined;
  readonly tenantId: string | undefined;
  readonly expiresAtMs: number | undefined;
  readonly validFromMs: number | undefined;
}
