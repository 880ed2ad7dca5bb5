import { expect, test } from "vitest";
import type { AzureModelOptions } from "../../src/azure/index.ts";
import type { LecternError } from "../../src/core/errors.ts";
import { type Answer, forgetfulServer, type ReplyServer, replyServer } from "./reply-server.ts";
import { collect, errorAnswer, failureOf, hurriedClock, modelAt, responsesText } from "./support.ts";

const throttled = errorAnswer(429, { code: "429", message: "slow down" }, { "retry-after": "30" });
const outOfQuota = errorAnswer(429, { code: "insufficient_quota", message: "You exceeded your current quota." });

async function pair(
  first: readonly Answer[],
  second: readonly Answer[],
): Promise<AsyncDisposableStack & { a: ReplyServer; b: ReplyServer }> {
  const stack = new AsyncDisposableStack();
  const a = stack.use(await replyServer(...first));
  const b = stack.use(await replyServer(...second));
  return Object.assign(stack, { a, b });
}

function poolAt({ a, b }: { a: ReplyServer; b: ReplyServer }, options: Partial<AzureModelOptions> = {}, second: object = {}) {
  const failover = [
    { name: "B", endpoint: b.url, deployment: "backup", credential: { type: "api_key" as const, key: "k2" }, ...second },
  ];
  return modelAt(a.url, { name: "A", failover, ...options });
}

test("the first switch is immediate and announced", async () => {
  await using servers = await pair([throttled], [responsesText("from B")]);
  const clock = hurriedClock();
  const model = poolAt(servers, { clock });
  const got = await collect(model);
  expect([got.text, got.notices, clock.slept]).toEqual(["from B", ["failover"], []]);
  expect(model.describe()).toMatchObject({ deployment: "backup", requests: 2 });
  expect(servers.b.requests[0]?.headers["api-key"]).toBe("k2");
});

test("a backend whose quota is used up is asked once, another one answers, and it gets its chance again", async () => {
  await using servers = await pair([outOfQuota, responsesText("from A")], [responsesText("from B")]);
  let passed = 0;
  const clock = { ...hurriedClock(), now: () => Date.now() + passed };
  const model = poolAt(servers, { clock });
  const got = await collect(model);
  expect([got.text, got.notices, servers.a.requests.length]).toEqual(["from B", ["failover"], 1]);
  expect((await collect(model)).text).toBe("from B");
  expect(servers.a.requests).toHaveLength(1);
  passed = 5 * 60_000 + 1_000;
  expect((await collect(model)).text).toBe("from A");
});

test("a quota that is used up, with no other backend, costs one request a question", async () => {
  await using server = await replyServer(outOfQuota);
  const model = modelAt(server.url);
  for (const asked of [1, 2]) {
    expect(await failureOf(collect(model))).toMatchObject({ code: "rate_limited", message: expect.stringContaining("used up") });
    expect(server.requests).toHaveLength(asked);
  }
});

test("a backend that asked for a pause is left alone until it is over, then preferred again", async () => {
  await using servers = await pair([throttled, responsesText("from A")], [responsesText("from B")]);
  let passed = 0;
  const clock = { ...hurriedClock(), now: () => Date.now() + passed };
  const model = poolAt(servers, { clock });
  await collect(model);
  expect((await collect(model)).text).toBe("from B");
  expect(servers.a.requests).toHaveLength(1);
  passed = 31_000;
  expect((await collect(model)).text).toBe("from A");
});

test("a conversation stays with the backend that answered it", async () => {
  await using servers = await pair([throttled, responsesText("from A")], [responsesText("from B")]);
  let passed = 0;
  const clock = { ...hurriedClock(), now: () => Date.now() + passed };
  const model = poolAt(servers, { clock });
  await collect(model, { conversationId: "one" });
  passed = 60_000;
  expect((await collect(model, { conversationId: "one" })).text).toBe("from B");
  expect((await collect(model, { conversationId: "two" })).text).toBe("from A");
});

test.each([401, 403, 404])("a backend that answers %i is called set up wrongly, and another one answers", async (status) => {
  await using servers = await pair(
    [errorAnswer(status, { code: "DeploymentNotFound", message: "does not exist" })],
    [responsesText("from B")],
  );
  const got = await collect(poolAt(servers));
  expect(got.text).toBe("from B");
  expect(got.events[0]).toMatchObject({
    type: "notice",
    code: "failover",
    message: expect.stringContaining("A is set up wrongly"),
  });
});

test("a backend without a token is passed over", async () => {
  await using servers = await pair([responsesText("no")], [responsesText("from B")]);
  const credential = { type: "token" as const, getToken: async () => null };
  expect((await collect(poolAt(servers, { credential }))).text).toBe("from B");
});

test("when all are throttled the one that is ready first is waited for", async () => {
  const sooner = errorAnswer(429, { code: "429", message: "slow down" }, { "retry-after": "3" });
  await using servers = await pair([throttled, responsesText("from A")], [sooner, responsesText("from B")]);
  const clock = hurriedClock();
  expect((await collect(poolAt(servers, { clock }))).text).toBe("from B");
  expect(clock.slept).toEqual([3250]);
});

/** Time passes by `passed` alone. */
function stoppedClock() {
  const slept: number[] = [];
  const clock = { passed: 0, slept, now: () => clock.passed, random: () => 0.5, sleep };
  async function sleep(ms: number): Promise<void> {
    slept.push(ms);
    clock.passed += ms;
  }
  return clock;
}

test.each([
  ["refuses the key", errorAnswer(401, { code: "401", message: "Access denied due to invalid subscription key." })],
  ["has used up its quota", outOfQuota],
  ["asks for a longer one", errorAnswer(429, { code: "429", message: "slow down" }, { "retry-after": "50" })],
])("a backend that asked for a pause is asked again after it, where the other one %s", async (_, refusal) => {
  const soon = errorAnswer(429, { code: "429", message: "slow down" }, { "retry-after": "3" });
  await using servers = await pair([soon, responsesText("from A")], [refusal]);
  const clock = stoppedClock();
  const got = await collect(poolAt(servers, { clock }));
  expect([got.text, got.notices, servers.b.requests.length]).toEqual(["from A", ["failover", "retry"], 1]);
  expect(clock.slept).toEqual([3250]);
});

test("backends whose quotas are all used up asked for no pause, so none is waited for", async () => {
  await using servers = await pair([outOfQuota, responsesText("from A")], [outOfQuota]);
  const clock = stoppedClock();
  const model = poolAt(servers, { clock });
  expect(await failureOf(collect(model))).toMatchObject({ code: "rate_limited" });
  clock.passed = 280_000;
  expect([(await collect(model)).text, clock.slept]).toEqual(["from A", []]);
});

test("a rejected request is not sent to another backend", async () => {
  await using servers = await pair([errorAnswer(400, { code: "x", message: "bad" })], [responsesText("no")]);
  expect(await failureOf(collect(poolAt(servers)))).toMatchObject({ code: "bad_request" });
  expect(servers.b.requests).toHaveLength(0);
});

test("failover never leaves the residency of the first backend unless told to", async () => {
  await using servers = await pair([throttled], [responsesText("from B")]);
  const strict = poolAt(servers, { residency: "eu", deadlineMs: 1000 }, { residency: "us" });
  expect(((await failureOf(collect(strict))) as LecternError).code).toBe("rate_limited");
  expect(servers.b.requests).toHaveLength(0);
  const free = poolAt(servers, { residency: "eu", allowResidencyChange: true }, { residency: "us" });
  expect((await collect(free)).text).toBe("from B");
});

test("a pinned backend is the only one asked", async () => {
  await using servers = await pair([responsesText("no")], [errorAnswer(503, "")]);
  expect(await failureOf(collect(poolAt(servers, { pin: "B" })))).toMatchObject({ code: "service" });
  expect(servers.a.requests).toHaveLength(0);
});

test("a backend that fails ten times in a row is passed over for a while", async () => {
  await using servers = await pair([errorAnswer(500, "")], [responsesText("from B")]);
  const model = poolAt(servers);
  for (let i = 0; i < 15; i++) await collect(model);
  expect(servers.a.requests).toHaveLength(10);
});

test("while the only backend is down each question costs one attempt", async () => {
  await using server = await replyServer(errorAnswer(500, ""));
  const model = modelAt(server.url);
  for (let i = 0; i < 3; i++) await failureOf(collect(model));
  const before = server.requests.length;
  await failureOf(collect(model));
  expect(server.requests.length - before).toBe(1);
});

test("a kept connection that had died is no reason to leave the backend", async () => {
  await using a = await forgetfulServer(responsesText("from A"));
  await using b = await replyServer(responsesText("from B"));
  const failover = [{ name: "B", endpoint: b.url, deployment: "d", credential: { type: "api_key" as const, key: "k" } }];
  const model = modelAt(a.url, { name: "A", failover });
  await collect(model);
  expect(await collect(model)).toMatchObject({ text: "from A", notices: [] });
  expect(b.requests).toHaveLength(0);
});
