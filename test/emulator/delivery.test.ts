import { once } from "node:events";
import { createServer, get, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { type Answer, send } from "../../src/emulator/http.ts";

/** A server that gives this answer to every request, and tells of each when its sending begins. */
async function serving(answer: Answer, onSending: (response: ServerResponse, sending: Promise<void>) => void) {
  const server = createServer((_request, response) => onSending(response, send(response, answer)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

test("a stream that waits for its reader many times leaves no listener behind each time", async () => {
  const events = Array.from({ length: 15 }, () => "x".repeat(1024 * 1024));
  const listeners: number[] = [];
  await using server = await serving({ status: 200, headers: {}, events, delivery: { betweenDelayMs: 0 } }, (response) =>
    response.once("finish", () => listeners.push(response.listenerCount("close"))),
  );
  const [reply] = (await once(get({ port: server.port, host: "127.0.0.1" }), "response")) as [NodeJS.ReadableStream];
  await once(reply.resume(), "end");
  expect(listeners).toHaveLength(1);
  expect(listeners[0]).toBeLessThan(5);
});

test("what waits for its turn on a connection ends with it", async () => {
  const sendings: Promise<void>[] = [];
  const { promise: allBegun, resolve } = Promise.withResolvers<void>();
  const answer = { status: 200, headers: {}, body: "all of it", delivery: { stallAt: 3 } };
  await using server = await serving(answer, (_response, sending) => {
    if (sendings.push(sending) === 3) resolve();
  });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(3));
  await allBegun;
  socket.destroy();
  await expect(Promise.all(sendings)).resolves.toHaveLength(3);
});
