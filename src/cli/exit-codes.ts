import type { ErrorCode } from "../core/errors.ts";

export type ExitCode = number;

/** Exit code of each error code. Contract: docs/reference/errors.md. */
export const exitCodes: Readonly<Record<ErrorCode, ExitCode>> = {
  internal: 1,
  usage: 2,
  config: 3,
  auth: 3,
  network: 4,
  service: 4,
  bad_request: 4,
  context_length: 4,
  rate_limited: 5,
  content_filtered: 6,
  bound: 7,
  interrupted: 130,
};

/** Nothing in the sources answers, and `--fail-on-unanswered` was given. */
export const exitUnanswered: ExitCode = 8;
