import { LecternError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { parseJson } from "../core/json.ts";
import type { Failure, Remedy } from "./failure.ts";
import { field, messageOf, text } from "./json-fields.ts";
import { serviceWords } from "./service-words.ts";

export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer that is no reply: a status of 400 and more, or an error found inside a 200. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: HeaderMap;
  /** The body as received; JSON, HTML or nothing. */
  readonly body: string;
}

/** What was asked, so that messages can name it. Holds no secret. */
export interface ErrorContext {
  readonly api: "responses" | "chat";
  readonly host: string;
  readonly deployment: string;
  readonly auth: "api_key" | "entra" | "token";
  /** Object id of the caller, where the token said so. */
  readonly principal?: string | undefined;
  /** Path of the request, without its query. */
  readonly path?: string | undefined;
  /** Name of the Azure resource, where the host tells it. */
  readonly resource?: string | undefined;
  readonly apiVersion?: string | undefined;
}

/** The service's own id of a request, to quote to its support: `apim-request-id` is the one that is always there. */
export function requestIdOf(headers: HeaderMap): string | undefined {
  return header(headers, "apim-request-id") ?? header(headers, "x-request-id") ?? header(headers, "x-ms-request-id");
}

/** One header as text; undefined where absent. */
export function header(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** An error reply with its body read: wrapped in `error` or bare, whichever it is. */
export interface AnsweredError {
  readonly reply: ErrorReply;
  readonly context: ErrorContext;
  readonly json: Json | undefined;
  readonly error: Json | undefined;
  /** `code`, or `type` where there is none. */
  readonly code: string;
  readonly type: string;
  readonly message: string;
  /** `message`, fit to be shown. */
  readonly words: string;
  readonly param: string;
}

/** Reads the body of an error reply; never throws. */
export function readError(reply: ErrorReply, context: ErrorContext): AnsweredError {
  const json = parseJson(reply.body);
  const error = field(json, "error") ?? json;
  const message = messageOf(error);
  const type = text(error, "type") ?? "";
  return {
    reply,
    context,
    json,
    error,
    code: text(error, "code") ?? type,
    type,
    message,
    words: serviceWords(message),
    param: text(error, "param") ?? "",
  };
}

export interface FailOptions {
  readonly fix?: string;
  readonly retry?: Failure["retry"];
  readonly waitMs?: number | undefined;
  readonly remedy?: Remedy | undefined;
  readonly misconfigured?: boolean;
  readonly usedUp?: boolean;
}

/** The failure that an error reply stands for; `retry` is `never` unless told otherwise. */
export function fail(answer: AnsweredError, code: LecternError["code"], message: string, options: FailOptions = {}): Failure {
  const { fix, retry = "never", waitMs, remedy, misconfigured, usedUp } = options;
  const error = new LecternError(code, message, {
    ...optional("fix", fix),
    ...optional("retryAfterMs", waitMs),
    ...optional("requestId", requestIdOf(answer.reply.headers)),
    status: answer.reply.status,
  });
  return {
    error,
    retry,
    ...optional("waitMs", waitMs),
    ...optional("remedy", remedy),
    ...optional("misconfigured", misconfigured),
    ...optional("usedUp", usedUp),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

/** The resource's name for a command, or where to put it. */
export function resourceOf(context: ErrorContext): string {
  return context.resource ?? "<resource>";
}
