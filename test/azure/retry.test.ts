import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { backoffMs, createRetryBudget } from "../../src/azure/retry.ts";
import { hintedWaitMs } from "../../src/azure/retry-hints.ts";
import type { LecternError } from "../../src/core/errors.ts";
import { forgetfulServer, replyServer } from "./reply-server.ts";
import { chatText, collect, errorAnswer, failureOf, hurriedClock, modelAt, responsesText, sse } from "./support.ts";

const stream = { "content-type": "text/event-stream" };
const throttle = (headers: Readonly<Record<string, string>>, message = "slow down") =>
  errorAnswer(429, { code: "429", message }, headers);

test("the longest hint wins, and unreadable hints count as none", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  const hint = (headers: Record<string, string>, message = "") => hintedWaitMs(headers, message, now);
  expect(hint({ "retry-after": "1", "retry-after-ms": "0" })).toBe(1000);
  expect(hint({ "retry-after": "1", "retry-after-ms": "22000" })).toBe(22_000);
  expect(hint({ "retry-after": "Mon, 23 Nov 2026 10:00:30 GMT" })).toBe(30_000);
  expect(hint({ "retry-after": "1" }, "Please retry after 45 seconds.")).toBe(45_000);
  expect(hint({}, "Try again in 250ms")).toBe(250);
  for (const after of ["soon", "-5", "0", "", "Mon, 23 Nov 2026 09:00:00 GMT"])
    expect(hint({ "retry-after": after })).toBeUndefined();
});

test("waits double from a floor of 250 ms, never undercut the hint, and carry chance on top", () => {
  expect([1, 2, 3].map((attempt) => backoffMs(attempt, undefined, 0))).toEqual([250, 500, 1000]);
  expect(backoffMs(1, 4000, 0.5)).toBe(4125);
  expect(backoffMs(3, 10, 1)).toBe(2000);
});

test.each([408, 409, 429, 500, 502, 503, 504])("a %i is tried again, after at least the floor, and announced", async (status) => {
  await using server = await replyServer(
    errorAnswer(status, { code: String(status), message: "x" }, { "retry-after-ms": "0" }),
    responsesText("back"),
  );
  const clock = hurriedClock();
  const got = await collect(modelAt(server.url, { clock }));
  expect([got.text, got.notices, server.requests.length]).toEqual(["back", ["retry"], 2]);
  expect(clock.slept).toEqual([375]);
});

test.each([400, 401, 403, 404, 413, 422])("a %i is not tried again", async (status) => {
  await using server = await replyServer(errorAnswer(status, { code: "x", message: "no" }));
  await failureOf(collect(modelAt(server.url, { api: "responses" })));
  expect(server.requests).toHaveLength(1);
});

test("four attempts are made, no more", async () => {
  await using server = await replyServer(errorAnswer(503, ""));
  const error = (await failureOf(collect(modelAt(server.url)))) as LecternError;
  expect([error.code, error.status, server.requests.length]).toEqual(["service", 503, 4]);
});

test("a wait beyond the deadline fails at once and says when to come back", async () => {
  await using server = await replyServer(throttle({ "retry-after": "86400" }));
  const clock = hurriedClock();
  const error = (await failureOf(collect(modelAt(server.url, { clock })))) as LecternError;
  expect([error.code, error.retryAfterMs, clock.slept]).toEqual(["rate_limited", 86_400_000, []]);
  expect(error.message).toContain("come back in 86400 s");
});

test("the deadline covers all attempts and waits together", async () => {
  await using server = await replyServer(throttle({ "retry-after": "25" }));
  const clock = hurriedClock();
  const error = (await failureOf(collect(modelAt(server.url, { clock })))) as LecternError;
  expect([error.code, clock.slept.length, server.requests.length]).toEqual(["rate_limited", 2, 3]);
});

test("the next question respects the pause the service asked for, and asks all the same where the deadline allows no such wait", async () => {
  await using server = await replyServer(
    throttle({ "retry-after": "30" }),
    responsesText("patient"),
    throttle({ "retry-after": "90" }),
    responsesText("asked"),
  );
  const clock = hurriedClock();
  const model = modelAt(server.url, { clock, maxAttempts: 1 });
  await failureOf(collect(model));
  expect(await collect(model)).toMatchObject({ text: "patient", notices: ["cooling"] });
  expect(clock.slept.map(Math.round)).toEqual([expect.closeTo(30_000, -3)]);
  await failureOf(collect(model));
  expect(await collect(model)).toMatchObject({ text: "asked", notices: [] });
});

const throttles: Readonly<Record<string, readonly object[]>> = {
  "response.failed without error, then error": [
    { type: "response.failed", sequence_number: 1, response: { status: "failed", error: null, output: [] } },
    {
      type: "error",
      sequence_number: 2,
      error: { type: "too_many_requests", code: "rate_limit_exceeded", message: "over", headers: { a: "b" } },
    },
  ],
  "error, then response.failed with it": [
    { type: "response.created", response: { status: "in_progress" } },
    { type: "error", sequence_number: 1, error: { type: "too_many_requests", code: "rate_limit_exceeded", message: "over" } },
    { type: "response.failed", response: { status: "failed", error: { code: "rate_limit_exceeded", message: "over" } } },
  ],
  "response.failed with nothing but a message": [
    { type: "response.failed", response: { status: "failed", error: { message: "Your requests have exceeded rate limit." } } },
  ],
  "a flat error event": [{ type: "error", code: "rate_limit_exceeded", message: "over", param: null }],
};

test.each(Object.entries(throttles))("a throttle inside a 200 stream is a throttle: %s", async (_, events) => {
  await using server = await replyServer(
    { headers: { ...stream, "retry-after": "4" }, body: sse(events) },
    responsesText("later"),
  );
  const clock = hurriedClock();
  expect((await collect(modelAt(server.url, { clock }))).text).toBe("later");
  expect(clock.slept).toEqual([4125]);
  await using always = await replyServer({ headers: { ...stream, "retry-after": "400" }, body: sse(events) });
  expect(await failureOf(collect(modelAt(always.url)))).toMatchObject({ code: "rate_limited", retryAfterMs: 400_000 });
});

test("an error in a chat stream is an error, even when text came before it", async () => {
  const broken = {
    headers: stream,
    body: sse([{ choices: [{ index: 0, delta: { content: "half" } }] }, { error: { code: "500", message: "boom" } }]),
  };
  await using server = await replyServer(broken, chatText("whole"));
  const got = await collect(modelAt(server.url, { api: "chat" }));
  expect([got.text, got.resets]).toEqual(["whole", 1]);
});

test("a refused connection is tried again and named", async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
  const address = free.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => free.close(resolve));
  const model = modelAt(`http://127.0.0.1:${port}`);
  const error = (await failureOf(collect(model))) as LecternError;
  expect(error.code).toBe("network");
  expect(error.message).toContain(`127.0.0.1:${port}`);
  expect(model.describe().requests).toBe(4);
});

test("a kept connection that died meanwhile is replaced at once, without a wait", async () => {
  const answer = responsesText("ok");
  const seen = new WeakSet<object>();
  const server = createHttpServer((request, response) => {
    if (seen.has(request.socket)) return void request.socket.destroy();
    seen.add(request.socket);
    request.resume().on("end", () => response.writeHead(200, answer.headers).end(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const clock = hurriedClock();
  const model = modelAt(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, { clock });
  for (let i = 0; i < 3; i++) expect(await collect(model)).toMatchObject({ text: "ok", notices: [] });
  expect([clock.slept, model.describe().requests]).toEqual([[], 4]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("where one kept connection had died the others are not tried either", async () => {
  await using server = await forgetfulServer(responsesText("ok"), 6);
  const model = modelAt(server.url);
  await Promise.all(Array.from({ length: 6 }, () => collect(model)));
  expect(await collect(model)).toMatchObject({ text: "ok", notices: [] });
  expect(model.describe().requests).toBe(8);
});

test("a request that never left does not count as an attempt", async () => {
  await using server = await forgetfulServer(responsesText("ok"));
  const model = modelAt(server.url, { maxAttempts: 1 });
  await collect(model);
  const [socket] = server.sockets;
  socket!.resetAndDestroy();
  const got = await new Promise((resolve, reject) => {
    socket!.once("close", () => {
      // The reset reaches the system while this process, held up, has not yet looked at its end of the connection.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      collect(model).then(resolve, reject);
    });
  });
  expect(got).toMatchObject({ text: "ok", notices: [] });
  expect(model.describe().requests).toBe(3);
});

test("a service that never answers is given up at the deadline", async () => {
  await using server = await replyServer({ silent: true });
  const error = (await failureOf(collect(modelAt(server.url, { deadlineMs: 80 })))) as LecternError;
  expect(error.code).toBe("network");
  expect(error.message).toContain("did not answer within 0.1 s");
});

test("aborting ends the reply with the signal's reason and closes the connection", async () => {
  await using server = await replyServer({
    ...responsesText("never whole"),
    body: sse([{ type: "response.output_text.delta", delta: "a" }]),
    ending: "hang",
  });
  const controller = new AbortController();
  const model = modelAt(server.url);
  const reason = new Error("enough");
  const running = (async () => {
    for await (const event of model.stream(
      { messages: [{ role: "user", content: "x" }], tools: [] },
      { signal: controller.signal },
    )) {
      if (event.type === "text") controller.abort(reason);
    }
  })();
  expect(await failureOf(running)).toBe(reason);
  await server.closed(1);
});

test("a reader that leaves early closes the connection", async () => {
  await using server = await replyServer({
    headers: stream,
    body: sse([{ type: "response.output_text.delta", delta: "a" }]),
    ending: "hang",
  });
  for await (const event of modelAt(server.url).stream({ messages: [{ role: "user", content: "x" }], tools: [] })) {
    if (event.type === "text") break;
  }
  await server.closed(1);
  expect(server.requests).toHaveLength(1);
});

test("an aborted signal sends nothing", async () => {
  await using server = await replyServer(responsesText("no"));
  const error = await failureOf(collect(modelAt(server.url), {}, AbortSignal.abort(new Error("before"))));
  expect([(error as Error).message, server.requests.length]).toEqual(["before", 0]);
});

test("in an outage the budget ends retries, and replies fill it again", () => {
  let now = 0;
  const budget = createRetryBudget({ size: 4, now: () => now });
  expect([1, 2, 3, 4, 5].map(() => budget.take())).toEqual([true, true, true, true, false]);
  budget.refund(2);
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
  now += 10_000;
  expect([budget.take(), budget.take()]).toEqual([true, false]);
});

test("a total outage of 200 questions costs at most 1.1 times their number", async () => {
  await using server = await replyServer(errorAnswer(503, ""));
  const model = modelAt(server.url);
  for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 20 }, () => failureOf(collect(model))));
  expect(server.requests.length).toBeLessThanOrEqual(220);
});

test("after a failure each attempt has a connection of its own, since the kept one may lead to the same sick machine", async () => {
  const answer = responsesText("ok");
  const connections: unknown[] = [];
  const server = createHttpServer((request, response) => {
    connections.push(request.socket);
    const sick = connections.filter((socket) => socket === request.socket).length > 1;
    request.resume().on("end", () => {
      if (sick) response.writeHead(503).end();
      else response.writeHead(200, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const model = modelAt(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  await collect(model);
  expect(await collect(model)).toMatchObject({ text: "ok", notices: ["retry"] });
  expect(new Set(connections).size).toBe(2);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
