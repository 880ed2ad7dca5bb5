import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { type Connection, openConnection } from "../connection.ts";
import type { Arrival, EndpointOptions } from "./arrival.ts";
import { readJsonBody } from "./body.ts";
import { plainStream } from "./event-stream.ts";
import type { FrontHandler } from "./front.ts";
import { isRefusal, refuse } from "./refusal.ts";
import { sendEmpty, sendEvent, sendRefusal } from "./reply.ts";
import { signedIn } from "./sign-in.ts";

interface OpenStream {
  readonly connection: Connection;
  readonly subject: string | null;
  readonly response: ServerResponse;
}

export interface LegacySse {
  readonly routes: readonly (readonly [string, Readonly<Record<string, FrontHandler>>])[];
  /** Ends each stream as soon as nothing is in work on it. */
  drain(): void;
}

/** Streams open at the same time. Each is a connection, so this is not reached by accident. */
const maxStreams = 1_000;
const messagesPath = "/messages";

/**
 * The transport of 2024-11-05: the client holds one event stream open and posts its messages to the address that the stream names first.
 * Source: specification 2024-11-05, transports, HTTP with SSE. Deprecated since 2025-03-26, but clients in the field have nothing else.
 */
export function legacySse(options: EndpointOptions): LegacySse {
  const open = new Map<string, OpenStream>();
  const start = ({ caller, response }: Arrival): void => {
    if (open.size >= maxStreams) {
      sendRefusal(response, refuse(503, "Too many open streams.", { headers: { "retry-after": "30" } }));
      return;
    }
    const id = randomUUID();
    const stream = plainStream(response);
    options.pulse.keep(response);
    sendEvent(response, `event: endpoint\ndata: ${messagesPath}?sessionId=${id}\n\n`);
    const connection = openConnection(options.dispatcher, {
      send: (text) => stream.send(text),
      caller,
      checksScopes: options.authenticator.checksScopes,
    });
    open.set(id, { connection, subject: caller.subject, response });
    response.once("close", () => {
      open.delete(id);
      connection.close();
    });
  };
  const post = (arrival: Arrival): void => receive(options, arrival, findStream(open, arrival));
  return {
    routes: [
      ["/sse", { GET: signedIn(options.authenticator, start) }],
      [messagesPath, { POST: signedIn(options.authenticator, post) }],
    ],
    drain: () => {
      for (const { connection, response } of open.values()) void connection.idle().then(() => response.end());
    },
  };
}

function findStream(open: ReadonlyMap<string, OpenStream>, { request, caller }: Arrival): OpenStream | undefined {
  const id = new URLSearchParams(request.query).get("sessionId") ?? "";
  const found = open.get(id);
  return found?.subject === caller.subject ? found : undefined;
}

function receive({ maxBodyBytes }: EndpointOptions, { request, response }: Arrival, stream: OpenStream | undefined): void {
  if (stream === undefined) {
    sendRefusal(response, refuse(404, "There is no such session.", { code: -32001 }));
    return;
  }
  const { headers, raw, fail } = request;
  readJsonBody(raw, {
    headers,
    maxBytes: maxBodyBytes,
    done: (body) => {
      try {
        if (isRefusal(body)) {
          sendRefusal(response, body);
          return;
        }
        sendEmpty(response, 202);
        stream.connection.receive(body.value);
      } catch (thrown) {
        fail(thrown);
      }
    },
  });
}
