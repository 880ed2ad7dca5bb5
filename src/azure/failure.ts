import type { LecternError } from "../core/errors.ts";

/** A change to the request that makes an answered 4xx worth one more attempt. */
export type Remedy =
  | { readonly kind: "switch_api"; readonly to: "responses" | "chat" }
  /** `name` is a request parameter that the deployment does not know. */
  | { readonly kind: "drop_parameter"; readonly name: string }
  | { readonly kind: "rename_parameter"; readonly name: string; readonly to: string }
  /** Reasoning of another backend was replayed. */
  | { readonly kind: "drop_reasoning" }
  /** The model named by index or by name on the wire refuses its schema. */
  | { readonly kind: "quarantine_tool"; readonly index: number | undefined; readonly name: string | undefined }
  /** Descriptions of tools are longer than this deployment takes, in characters. */
  | { readonly kind: "shorten_descriptions"; readonly to: number }
  | { readonly kind: "fresh_token" }
  /** The certificate is not trusted; the operating system's roots may know its issuer. */
  | { readonly kind: "trust_system" };

/**
 * What a failed attempt means for the reply: `never` ends it, `backoff` waits first, `at_once` does not count as the
 * service's fault (a kept-alive connection that had died meanwhile).
 */
type RetryAdvice = "never" | "backoff" | "at_once";

export interface Failure {
  readonly error: LecternError;
  readonly retry: RetryAdvice;
  /** The request certainly never left, so the attempt does not count. */
  readonly unsent?: boolean;
  /** Longest wait the service asked for, in milliseconds. */
  readonly waitMs?: number;
  readonly remedy?: Remedy;
  /** The backend itself is set up wrongly (401, 403, 404): another backend may do, waiting does not help. */
  readonly misconfigured?: boolean;
  /** A quota or budget of the backend is used up: another backend may do, waiting a moment does not help. */
  readonly usedUp?: boolean;
}

/** Thrown inside `azure/` where an attempt fails; never leaves it (callers get `failure.error`). */
export class FailedAttempt extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error.message, { cause: failure.error });
    this.failure = failure;
  }
}
