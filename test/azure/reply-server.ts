import { EventEmitter, once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { JsonObject } from "../../src/core/json.ts";

/** One scripted answer of the fake service. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Writes the body in pieces of this many bytes. */
  readonly pieceBytes?: number;
  /** What happens after the body: `end` (default) closes properly, `cut` resets the connection, `hang` leaves it open. */
  readonly ending?: "end" | "cut" | "hang";
  /** Never answers at all. */
  readonly silent?: boolean;
}

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: JsonObject;
}

export interface ReplyServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  /** Resolves once this many answers were cut off by the client. */
  closed(count: number): Promise<void>;
}

/** A fake service on loopback that gives its answers in order, the last one for ever. A function may choose by request. */
export async function replyServer(...answers: readonly (Answer | ((request: SeenRequest) => Answer))[]): Promise<ReplyServer> {
  const requests: SeenRequest[] = [];
  const gone = new EventEmitter();
  let goneCount = 0;
  const server = createServer(async (request, response) => {
    response.on("close", () => {
      if (response.writableFinished) return;
      goneCount++;
      gone.emit("gone");
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const seen = { path: request.url ?? "", headers: request.headers, text, body: JSON.parse(text || "{}") as JsonObject };
    requests.push(seen);
    const scripted = answers[Math.min(requests.length, answers.length) - 1] ?? {};
    await give(response, typeof scripted === "function" ? scripted(seen) : scripted);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    async closed(count) {
      while (goneCount < count) await once(gone, "gone");
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function give(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.silent) return;
  response.writeHead(answer.status ?? 200, answer.headers);
  response.flushHeaders();
  const body = Buffer.from(answer.body ?? "");
  const step = answer.pieceBytes ?? Math.max(1, body.length);
  for (let i = 0; i < body.length; i += step) {
    response.write(body.subarray(i, i + step));
    if (i % (step * 16) === 0) await new Promise(setImmediate);
  }
  if (answer.ending === "cut") setImmediate(() => response.socket?.resetAndDestroy());
  else if (answer.ending !== "hang") response.end();
}

/** A service that destroys a connection at its second request; it answers nobody before `together` connections stand. */
export async function forgetfulServer(
  answer: Answer,
  together = 1,
): Promise<AsyncDisposable & { readonly url: string; readonly sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (sockets.has(request.socket)) return void request.socket.destroy();
    sockets.add(request.socket);
    waiting.push(() => void give(response, answer));
    request.resume().on("end", () => {
      if (sockets.size >= together) for (const go of waiting.splice(0)) go();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
