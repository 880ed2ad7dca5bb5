import { accessSync, constants } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { LecternError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { type Exchange, splitEvents, writeCassette } from "./cassette.ts";
import { Redactor } from "./redact.ts";
import { redactEvents } from "./redact-stream.ts";

export interface RecordOptions {
  /** Where the cassette is written, after each exchange. */
  readonly file: string;
  /** The real endpoint, for example `https://<resource>.openai.azure.com`. */
  readonly upstream: string;
  /** Its key. Given: clients use the emulator's key, and this one is sent on. Absent: what clients send is passed on as it is. */
  readonly key?: string;
}

/** Headers that belong to one connection (RFC 9110 section 7.6.1), or that the recorder sets itself. */
const hopByHop =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|accept-encoding|expect|x-emulate-fault)$/i;

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => !hopByHop.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]));
}

function checkFolder(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (cause) {
    throw new LecternError("config", `The cassette ${file} cannot be written.`, {
      cause,
      fix: "Give --record a file in a folder that exists and can be written to.",
    });
  }
}

/** Passes requests on to a real endpoint and keeps what was said, without secrets. */
export class Recorder {
  readonly #options: RecordOptions;
  readonly #upstream: URL;
  readonly #redactor = new Redactor();
  readonly #exchanges: Exchange[] = [];

  /** Throws `config` for an upstream that is no http address, and a folder that no cassette can be written to. */
  constructor(options: RecordOptions) {
    const upstream = URL.parse(options.upstream);
    if (upstream === null || !/^https?:$/.test(upstream.protocol)) {
      throw new LecternError("config", `The upstream ${JSON.stringify(options.upstream)} is no http address.`, {
        fix: "Give it as https://<resource>.openai.azure.com.",
      });
    }
    checkFolder(options.file);
    this.#options = options;
    this.#upstream = upstream;
    if (options.key !== undefined) this.#redactor.learn([options.key]);
  }

  get takesOwnKey(): boolean {
    return this.#options.key !== undefined;
  }

  /** Passes one request on; the answer reaches the client while it comes in. Resolves when it was told and written down. */
  async pass(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    this.#redactor.learnRequest(request.headers, request.url ?? "/");
    const answer = await this.#send(request, body, response);
    const headers = plain(answer.headers);
    response.writeHead(answer.statusCode ?? 502, headers);
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      response.write(chunk);
    }
    this.#keep(request, body, answer, Buffer.concat(chunks).toString("utf8"));
    response.end();
  }

  #send(request: IncomingMessage, body: string, response: ServerResponse): Promise<IncomingMessage> {
    const { key } = this.#options;
    const path = `${this.#upstream.pathname.replace(/\/$/, "")}${request.url ?? "/"}`;
    const passed = plain(request.headers);
    if (key !== undefined) delete passed.authorization;
    const headers = {
      ...passed,
      ...(key === undefined ? {} : { "api-key": key }),
      "accept-encoding": "identity",
      "content-length": String(Buffer.byteLength(body)),
    };
    const { request: send } = process.getBuiltinModule(this.#upstream.protocol === "https:" ? "node:https" : "node:http");
    return new Promise((resolve, reject) => {
      const outgoing = send(new URL(path, this.#upstream), { method: request.method ?? "GET", headers });
      outgoing.once("response", resolve).once("error", reject);
      response.once("close", () => outgoing.destroy());
      outgoing.end(body);
    });
  }

  #keep(request: IncomingMessage, body: string, answer: IncomingMessage, text: string): void {
    const streamed = /^text\/event-stream\b/.test(answer.headers["content-type"] ?? "");
    const asked = parseJson(body);
    const said = parseJson(text);
    const redactor = this.#redactor;
    this.#exchanges.push({
      request: {
        method: request.method ?? "GET",
        path: redactor.path(request.url ?? "/"),
        headers: redactor.headers(plain(request.headers)),
        body: body === "" ? null : asked === undefined ? redactor.text(body) : redactor.json(asked),
      },
      response: {
        status: answer.statusCode ?? 0,
        headers: redactor.headers(plain(answer.headers)),
        body: streamed ? null : said === undefined ? redactor.text(text) : redactor.json(said),
        sse: streamed ? redactEvents(splitEvents(text), redactor) : null,
      },
    });
    writeCassette(this.#options.file, this.#exchanges);
  }
}
