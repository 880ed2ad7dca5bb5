import { isLecternError } from "../core/errors.ts";
import { neutralise, oneLine, withoutSecrets } from "../core/neutralise.ts";
import type { ServerExit } from "./transport/spawn.ts";

/** What the protocol engine attaches to its errors. Read structurally: two copies of it in one tree do not share classes. */
interface EngineError {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly cause?: unknown;
  readonly data?: unknown;
}

/** The engine's own code (`REQUEST_TIMEOUT`, ...) or a JSON-RPC code; undefined for anything else. */
export function engineCode(error: unknown): string | number | undefined {
  const code = typeof error === "object" && error !== null ? (error as EngineError).code : undefined;
  return typeof code === "string" || typeof code === "number" ? code : undefined;
}

/** HTTP status of an engine error, where it has one. */
export function httpStatus(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { status, data } = error as EngineError;
  if (typeof status === "number") return status;
  const inner = typeof data === "object" && data !== null ? (data as { status?: unknown }).status : undefined;
  return typeof inner === "number" ? inner : undefined;
}

/** Whether the server wants us to sign in: 401 where no token was accepted. */
export function needsSignIn(error: unknown): boolean {
  return httpStatus(error) === 401 || (error instanceof Error && error.name === "UnauthorizedError");
}

/** The errno of a failed connection, through `fetch failed` and other wrappers. */
export function networkCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; typeof current === "object" && current !== null && depth < 5; depth++) {
    const code = (current as EngineError).code;
    if (
      typeof code === "string" &&
      /^(?:E[A-Z]+|EAI_[A-Z]+|(?:UND_ERR|ERR_TLS|CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)_\w+)$/.test(code)
    )
      return code;
    current = (current as EngineError).cause;
  }
  return undefined;
}

/** Code of answers the host itself puts in the place of unusable ones; outside the range JSON-RPC reserves, so no server means it. */
export const unusableAnswer = -31_900;

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name could not be looked up",
  ETIMEDOUT: "it did not answer in time",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  EPROTO: "it does not speak TLS",
  EBLOCKED: "the address is blocked",
};

/** Text as a terminal would leave it standing: colours and other escape sequences taken out whole. */
const withoutEscapes = (text: string): string =>
  text.replace(/\u001b(?:\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\)|\[[0-?]*[ -/]*[@-~]|.)/g, "");

/** A whole command line where a program's name belongs is the most frequent mistake in definitions of servers. */
function spacesHint(error: Error): string {
  const { path } = error as Error & { readonly path?: unknown };
  return typeof path === "string" && /\S\s+\S/.test(path)
    ? "; if its command holds arguments too, they belong into args, one each"
    : "";
}

/** How a process ended, for people: exit code or signal, and the last line it printed to its error output. */
export function exitText(exit: ServerExit, stderrTail: string): string {
  if (exit.error !== null) {
    const code = networkCode(exit.error);
    if (code === "ENOENT") return `the program was not found (or its working folder does not exist)${spacesHint(exit.error)}`;
    if (code === "EACCES") return "the program may not be run (no permission)";
    return `it could not be started (${oneLine(exit.error.message)})`;
  }
  const how = exit.signal === null ? `it exited with code ${exit.code}` : `it was ended by ${exit.signal}`;
  const lines = withoutSecrets(neutralise(withoutEscapes(stderrTail.slice(-4_000)))).split("\n");
  // Below Node's error stand its stack and, last of all, the version of Node.
  const words = lines.filter((line) => /\p{L}{2}/u.test(line) && !/^(\s+at |Node\.js v\d)/.test(line));
  const said = words.findLast((line) => /^\w*(Error|Exception)\b.*: /.test(line)) ?? words.at(-1);
  return said === undefined ? how : `${how}; last error output: ${oneLine(said, 400)}`;
}

/** What went wrong at a server, in one line without secrets, stack traces or control characters. */
export function reasonOf(error: unknown): string {
  if (error === undefined) return "the connection closed";
  if (isLecternError(error)) return error.message;
  const network = networkCode(error);
  if (network !== undefined) return networkReasons[network] ?? `network failure (${network})`;
  const status = httpStatus(error);
  if (needsSignIn(error)) return "it wants a sign-in (HTTP 401)";
  if (status === 403) return "it refuses access (HTTP 403)";
  if (status !== undefined) return `it answered with HTTP ${status}`;
  const code = engineCode(error);
  if (code === "REQUEST_TIMEOUT") return "it did not answer in time";
  if (code === "CONNECTION_CLOSED") return "the connection closed";
  if (code === "CAPABILITY_NOT_SUPPORTED") return "it asks a question that nobody can be asked here";
  const message = error instanceof Error ? error.message : String(error);
  return oneLine(withoutSecrets(message)).replace(/\.$/, "");
}
