/** Every code an expected failure can have. Faces map them to exit codes and HTTP statuses; see docs/reference/errors.md. */
export const errorCodes = [
  "internal",
  "usage",
  "config",
  "auth",
  "network",
  "service",
  "bad_request",
  "context_length",
  "rate_limited",
  "content_filtered",
  "bound",
  "interrupted",
] as const;

/** What kind of failure it is; the exit code of each: docs/reference/errors.md. */
export type ErrorCode = (typeof errorCodes)[number];

export interface LecternErrorOptions {
  /** What the reader should do next: one sentence, a command where there is one. */
  readonly fix?: string;
  readonly cause?: unknown;
  /** The service's own id of the failed request, to quote to its support. */
  readonly requestId?: string;
  /** HTTP status, where the failure had one. */
  readonly status?: number;
  /** When it makes sense to come back, in milliseconds from now (rate limits). */
  readonly retryAfterMs?: number;
  /** Machine-readable particulars: content-filter categories, the names of missing variables, ... Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Every expected failure: recognise it by `code`, never by its text. Messages and fixes hold no secrets. */
export class LecternError extends Error {
  override readonly name = "LecternError";
  readonly code: ErrorCode;
  readonly fix: string | undefined;
  readonly requestId: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: LecternErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fix = options.fix;
    this.requestId = options.requestId;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }
}

/** True for a LecternError of this or another copy of the package (checked by name and code, so that duplicates in a tree still match). */
export function isLecternError(value: unknown): value is LecternError {
  return (
    value instanceof Error &&
    value.name === "LecternError" &&
    errorCodes.includes((value as { code?: unknown }).code as ErrorCode)
  );
}

/** Whatever was thrown, as a LecternError: expected failures pass through, aborts become `interrupted`, all else is our bug (`internal`). */
export function toLecternError(thrown: unknown): LecternError {
  if (isLecternError(thrown)) return thrown;
  if (thrown instanceof Error && (thrown.name === "AbortError" || thrown.name === "TimeoutError")) {
    return new LecternError(thrown.name === "AbortError" ? "interrupted" : "bound", thrown.message, { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LecternError("internal", `Unexpected failure: ${message}`, {
    cause: thrown,
    fix: "This is a bug in Lectern. Run again with --log-level debug and report what it prints.",
  });
}
