import { parseJson } from "../core/json.ts";
import type { Backend } from "./backend.ts";
import { ChatReader } from "./chat/from-azure.ts";
import { connectionFailure, isUntrusted } from "./connection-errors.ts";
import { unpack } from "./content-encoding.ts";
import { type ErrorContext, type HeaderMap, header } from "./error-reply.ts";
import { classifyHttpError } from "./errors.ts";
import { FailedAttempt, type Failure } from "./failure.ts";
import type { Surface } from "./prepare-tools.ts";
import type { Reply, ReplyListener, ReplyReader } from "./reply.ts";
import { brokenReply } from "./reply.ts";
import { ResponsesReader } from "./responses/from-azure.ts";
import { maskSecrets, serviceWords } from "./service-words.ts";
import { maxEventBytes, SseParser } from "./sse.ts";
import { issuerOf } from "./trust.ts";
import type { Exchange, WireListener, WireTimeouts } from "./wire.ts";
import { exchange, WireError } from "./wire.ts";

/** Longest part of an error body that is read, in bytes. */
const maxErrorBytes = 64 * 1024;

/** In UTF-16 units. */
const maxStringBody = 16 * 1024;

export interface AttemptOptions {
  readonly backend: Backend;
  readonly surface: Surface;
  readonly body: string;
  /** Not on a kept connection. */
  readonly fresh: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: WireTimeouts;
  readonly listener: ReplyListener;
  /** Gets hold of the exchange, to pause or abort it. */
  readonly onExchange: (exchange: Exchange) => void;
}

/** One request and its reply. Throws FailedAttempt, or WireError "aborted" after `abort`. */
export async function attempt(options: AttemptOptions): Promise<Reply> {
  const { backend, surface } = options;
  // node:http writes a short string together with the headers, but a long one at twice the cost of bytes.
  const body = options.body.length > maxStringBody ? Buffer.from(options.body) : options.body;
  const answer = new Answer(options);
  const running = exchange({
    origin: backend.origin,
    fresh: options.fresh,
    path: backend.path(surface),
    headers: {
      ...options.headers,
      "content-type": "application/json",
      accept: "text/event-stream",
      "accept-encoding": "identity",
      "content-length": Buffer.byteLength(body),
    },
    body,
    timeouts: options.timeouts,
    listener: answer,
  });
  options.onExchange(running);
  // While the service thinks.
  answer.prepare();
  try {
    await running.done;
  } catch (thrown) {
    if (thrown instanceof WireError && thrown.fault.kind !== "aborted") throw await answer.brokenBy(thrown);
    throw thrown;
  }
  return answer.finish();
}

/** What comes back from one request: a stream, a JSON body in place of one, or an error. */
class Answer implements WireListener {
  readonly #options: AttemptOptions;
  #status = 0;
  readonly #origin: { context: ErrorContext; headers: HeaderMap; readonly secrets: readonly string[] };
  #prepared: ReplyReader | undefined;
  #reader: ReplyReader | undefined;
  #sse: SseParser | undefined;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #begun = false;
  /** Content encoding, where a gateway compressed the body unasked; it is then unpacked as a whole. */
  #encoding: string | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
    const { backend, surface, headers } = options;
    this.#origin = {
      context: backend.errorContext(surface),
      headers: {},
      get secrets() {
        return backend.secretsOf(headers);
      },
    };
  }

  /** Makes the reader for a reply, most likely the thing that comes. */
  prepare(): ReplyReader {
    const { surface, listener } = this.#options;
    this.#prepared ??= surface === "chat" ? new ChatReader(listener, this.#origin) : new ResponsesReader(listener, this.#origin);
    return this.#prepared;
  }

  head(status: number, headers: HeaderMap): void {
    this.#status = status;
    this.#origin.headers = headers;
    const encoding = header(headers, "content-encoding");
    if (encoding !== undefined && !/^\s*(identity)?\s*$/i.test(encoding)) this.#encoding = encoding;
    if (status < 200 || status >= 300) return;
    this.#reader = this.prepare();
    const isStream = /\bevent-stream\b/i.test(header(headers, "content-type") ?? "");
    if (isStream && this.#encoding === undefined) this.#sse = new SseParser(this.#reader.event);
  }

  data(chunk: Buffer): boolean {
    if (!this.#begun) this.#begin(chunk);
    if (this.#sse === undefined) return this.#keep(chunk);
    try {
      this.#sse.push(chunk);
    } catch (thrown) {
      throw thrown instanceof RangeError ? brokenReply(thrown.message, this.#origin, thrown) : thrown;
    }
    this.#reader!.flush();
    return this.#reader!.complete;
  }

  finish(): Reply {
    this.#options.backend.noteHeaders(this.#origin.headers);
    if (this.#reader === undefined) throw new FailedAttempt(this.#classify());
    if (this.#sse !== undefined) this.#sse.end();
    else this.#readWhole(this.#reader);
    const reply = this.#reader.finish();
    if (reply.served !== undefined) this.#options.backend.served = reply.served;
    const spilled = header(this.#origin.headers, "x-ms-is-spilled-over")?.toLowerCase() === "true";
    return spilled ? { ...reply, notices: [...reply.notices, spillover(this.#origin.headers)] } : reply;
  }

  /** Some gateways send JSON or a web page and call it an event stream. */
  #begin(chunk: Buffer): void {
    this.#begun = true;
    const first = /^\s*[{[<]/.exec(chunk.subarray(0, 64).toString("latin1"));
    if (first !== null) this.#sse = undefined;
  }

  /** The connection failed: an error status that was read so far still says more than the failure. */
  async brokenBy(error: WireError): Promise<FailedAttempt> {
    this.#options.backend.noteHeaders(this.#origin.headers);
    if (this.#status >= 300 && this.#keptBytes > 0) return new FailedAttempt(this.#classify());
    const issuer = isUntrusted(error) ? await issuerOf(this.#options.backend.origin) : undefined;
    return new FailedAttempt(connectionFailure(error, this.#origin, issuer));
  }

  #classify(): Failure {
    const { headers, context, secrets } = this.#origin;
    return classifyHttpError({ status: this.#status, headers, body: maskSecrets(this.#text(), secrets) }, context);
  }

  #keep(chunk: Buffer): boolean {
    const limit = this.#reader === undefined ? maxErrorBytes : maxEventBytes;
    this.#keptBytes += chunk.length;
    if (this.#keptBytes <= limit) this.#kept.push(chunk);
    else if (this.#reader !== undefined) throw brokenReply(`it is larger than ${limit} bytes`, this.#origin);
    return false;
  }

  /** A gateway may answer a request for a stream with one JSON body, or with a stream under another content type. */
  #readWhole(reader: ReplyReader): void {
    const body = this.#text();
    const start = body.trimStart();
    if (start === "") throw brokenReply("it is empty", this.#origin);
    if (start.startsWith("<"))
      throw brokenReply("it is a web page; a proxy or a network's login page has answered", this.#origin);
    if (/^(data|event|id|retry)?:/.test(start)) {
      const parser = new SseParser(reader.event);
      parser.push(Buffer.from(body));
      parser.end();
      reader.flush();
      return;
    }
    const json = parseJson(body);
    if (json === undefined) throw brokenReply("it is neither an event stream nor JSON", this.#origin);
    reader.whole(json);
  }

  #text(): string {
    const body = Buffer.concat(this.#kept);
    if (this.#encoding === undefined) return body.toString("utf8");
    try {
      const unpacked = unpack(body, this.#encoding);
      if (unpacked !== undefined) return unpacked.toString("utf8");
    } catch (cause) {
      // An error status says enough without its body.
      if (this.#reader !== undefined) throw brokenReply("it claims to be compressed and is not", this.#origin, cause);
    }
    if (this.#reader === undefined) return "";
    throw brokenReply(`it is compressed in a way that was not asked for (${serviceWords(this.#encoding)})`, this.#origin);
  }
}

/** Azure itself passed the question on to a standard deployment, because the provisioned one was full. */
function spillover(headers: HeaderMap): { readonly code: string; readonly message: string } {
  const to = header(headers, "x-ms-deployment-name");
  const where = to === undefined ? "" : ` (${serviceWords(to)})`;
  return { code: "spillover", message: `The provisioned deployment was full; Azure's spillover deployment${where} answered.` };
}
