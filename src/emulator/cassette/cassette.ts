import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { LecternError } from "../../core/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";

/** One recorded request with its answer, redacted. */
export interface Exchange {
  readonly request: {
    readonly method: string;
    /** With query. */
    readonly path: string;
    readonly headers: JsonObject;
    readonly body: Json;
  };
  readonly response: {
    readonly status: number;
    readonly headers: JsonObject;
    readonly body: Json;
    /** Text of a `text/event-stream` body, one entry an event, in place of `body`. */
    readonly sse: readonly string[] | null;
  };
}

const version = 1;

/** A cassette as text: indented JSON, so that a diff of two recordings can be read. */
function cassetteText(exchanges: readonly Exchange[]): string {
  return `${JSON.stringify({ version, exchanges }, null, 2)}\n`;
}

/** Writes a cassette as a whole, readable by its owner only. */
export function writeCassette(file: string, exchanges: readonly Exchange[]): void {
  const part = `${file}.part`;
  writeFileSync(part, cassetteText(exchanges), { mode: 0o600 });
  renameSync(part, file);
}

function broken(source: string, what: string): never {
  throw new LecternError("config", `${source} is no cassette: ${what}.`, {
    fix: "Record one with --record FILE --upstream URL.",
  });
}

/** The events of a stream, each with the empty line that ends it. */
export const splitEvents = (sse: string): string[] => sse.split(/(?<=\n\r?\n)/).filter((event) => event !== "");

function toExchange(value: Json, source: string): Exchange {
  const request =
    isJsonObject(value) && isJsonObject(value.request) ? value.request : broken(source, "an exchange has no request");
  const response =
    isJsonObject(value) && isJsonObject(value.response) ? value.response : broken(source, "an exchange has no response");
  if (typeof request.path !== "string" || typeof response.status !== "number")
    broken(source, "an exchange has no path or status");
  const { sse } = response;
  const events = typeof sse === "string" ? splitEvents(sse) : Array.isArray(sse) ? sse.map(String) : null;
  return {
    request: {
      method: typeof request.method === "string" ? request.method : "POST",
      path: request.path,
      headers: isJsonObject(request.headers) ? request.headers : {},
      body: request.body ?? null,
    },
    response: {
      status: response.status,
      headers: isJsonObject(response.headers) ? response.headers : {},
      body: response.body ?? null,
      sse: events,
    },
  };
}

/** Reads a cassette: `{exchanges: [...]}`, a list of exchanges, or one exchange. `source` names it in errors. Throws `config`. */
export function parseCassette(json: Json | undefined, source = "cassette"): Exchange[] {
  if (json === undefined) return broken(source, "it is not JSON");
  const list = Array.isArray(json) ? json : isJsonObject(json) && Array.isArray(json.exchanges) ? json.exchanges : [json];
  return list.map((entry: Json) => toExchange(entry, source));
}

/** Reads a cassette file. Throws `config` where it cannot be read. */
export function readCassette(file: string): Exchange[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new LecternError("config", `The cassette ${file} cannot be read.`, { cause, fix: "Check the path given to --replay." });
  }
  return parseCassette(parseJson(text), file);
}
