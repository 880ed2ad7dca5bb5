import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { parseEmulatorConfig } from "../../src/emulator/index.ts";
import { chatPath, errorOf, responsesPath, type Sent, sendTo, withEmulator } from "./support.ts";

type Send = (more?: object, path?: string) => Promise<Sent>;

/** An emulator with one limited deployment, on a clock that the test moves (in milliseconds). */
function withLimits(limits: JsonObject, use: (send: Send, wait: (ms: number) => void) => Promise<void>): Promise<void> {
  let now = 1_000_000;
  const config = parseEmulatorConfig({ deployments: { limited: limits } });
  return withEmulator({ now: () => now, config }, (emulator) =>
    use(
      (more = {}, path = responsesPath) => sendTo(emulator, path, { model: "limited", input: "hi", ...more }),
      (ms) => {
        now += ms;
      },
    ),
  );
}

const figures = ({ headers }: Sent, ...names: string[]): (string | null)[] =>
  names.map((name) => headers.get(`x-ratelimit-${name}`));
const statuses = async (send: Send, count: number): Promise<number[]> => {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await send()).status);
  return seen;
};

test("the older front end lets a sixtieth of the minute's requests pass in a second, and tells when the next begins", async () => {
  await withLimits({ requestsPerMinute: 300, throttling: "classic" }, async (send, wait) => {
    expect(await statuses(send, 5)).toEqual([200, 200, 200, 200, 200]);
    const refused = await send();
    expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("retry-after-ms")]).toEqual([
      429,
      "1",
      "1000",
    ]);
    expect(errorOf(refused).message).toContain("exceeded call rate limit");
    // Of the ten seconds that the headers tell of, much is left: what puzzles people who meet it.
    expect(figures(refused, "limit-requests", "remaining-requests")).toEqual(["50", "44"]);
    wait(1_000);
    expect(await statuses(send, 6)).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

test("the older front end counts ten seconds, too, and its headers tell of them: a sixth of the minute's limit", async () => {
  await withLimits({ requestsPerMinute: 48, throttling: "classic" }, async (send, wait) => {
    const first = await send();
    expect(figures(first, "limit-requests", "remaining-requests")).toEqual(["8", "7"]);
    expect(first.headers.has("x-ratelimit-renewalperiod-requests")).toBe(false);
    for (let i = 0; i < 7; i++) {
      wait(1_000);
      expect((await send()).status).toBe(200);
    }
    wait(1_000);
    const refused = await send();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
    wait(2_000);
    expect((await send()).status).toBe(200);
  });
});

test("a few requests a minute come one by one, and never more than the minute allows; refused ones count", async () => {
  await withLimits({ requestsPerMinute: 3, throttling: "classic" }, async (send, wait) => {
    const paced: number[] = [];
    for (let i = 0; i < 6; i++) {
      paced.push((await send()).status);
      wait(10_000);
    }
    expect(paced).toEqual([200, 200, 200, 429, 429, 429]);
    expect((await send()).status).toBe(200);
    wait(10_000);
    for (let i = 0; i < 3; i++) await send();
    wait(10_000);
    expect((await send()).headers.get("retry-after")).toBe("40");
  });
});

test("with a window of a minute only, the requests of a minute may come at once", async () => {
  await withLimits({ requestsPerMinute: 3, throttling: "classic", requestWindows: [60] }, async (send, wait) => {
    const first = await send();
    expect(figures(first, "limit-requests", "remaining-requests")).toEqual(["3", "2"]);
    expect(await statuses(send, 2)).toEqual([200, 200]);
    wait(20_000);
    const refused = await send();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "40"]);
    wait(40_000);
    expect((await send()).status).toBe(200);
  });
});

test("tokens of the older front end are those of a minute: the prompt's estimate and the output asked for", async () => {
  await withLimits({ tokensPerMinute: 500, throttling: "classic" }, async (send, wait) => {
    expect((await send({ max_output_tokens: 400 })).status).toBe(200);
    const refused = await send({ max_output_tokens: 400 });
    expect(errorOf(refused).message).toContain("exceeded token rate limit");
    expect(figures(refused, "remaining-tokens", "remaining-requests")).toEqual(["0", "0"]);
    expect(refused.headers.get("retry-after")).toBe("60");
    wait(60_000);
    expect((await send({ max_output_tokens: 400 })).status).toBe(200);
  });
});

test("the newer front end is a bucket that runs full again at an even pace", async () => {
  await withLimits({ requestsPerMinute: 5 }, async (send, wait) => {
    const first = await send();
    expect(figures(first, "limit-requests", "remaining-requests", "reset-requests", "renewalperiod-requests")).toEqual([
      "5",
      "4",
      "12",
      "60",
    ]);
    expect(await statuses(send, 5)).toEqual([200, 200, 200, 200, 429]);
    wait(11_000);
    const early = await send();
    // As recorded: the newer front end gives no hint that is worth following.
    expect([early.status, early.headers.get("retry-after"), early.headers.get("retry-after-ms")]).toEqual([429, "1", "0"]);
    wait(1_000);
    expect(await statuses(send, 2)).toEqual([200, 429]);
    wait(60_000);
    expect(await statuses(send, 6)).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

test("a bucket may be told to let no more than its share pass in a second", async () => {
  await withLimits({ requestsPerMinute: 120, requestWindows: [1] }, async (send, wait) => {
    expect(await statuses(send, 3)).toEqual([200, 200, 429]);
    wait(1_000);
    expect(await statuses(send, 3)).toEqual([200, 200, 429]);
  });
});

test("a request larger than the bucket of tokens never passes, and the headers say that it is the tokens", async () => {
  await withLimits({ tokensPerMinute: 4_000 }, async (send) => {
    const large = await send({ input: "x".repeat(35_000) });
    expect([large.status, ...figures(large, "type", "remaining-tokens")]).toEqual([429, "Tokens", "0"]);
    expect((await send({ input: "x".repeat(15_000) })).status).toBe(200);
  });
});

test("a throttle inside a stream tells the tokens that are short and the seconds until they are there", async () => {
  await withLimits({ tokensPerMinute: 6_000, throttling: "stream-b" }, async (send, wait) => {
    const asked = { stream: true, max_output_tokens: 4_000 };
    expect((await send(asked)).text).toContain("response.completed");
    const throttled = await send(asked);
    expect([throttled.status, throttled.text.includes("rate_limit_exceeded")]).toEqual([200, true]);
    const short = -Number(figures(throttled, "remaining-tokens")[0]);
    expect(short).toBeGreaterThan(2_000);
    const seconds = Number(throttled.headers.get("retry-after"));
    expect(seconds).toBe(Math.floor(short / 100));
    wait(1_000 * (seconds + 1));
    expect((await send(asked)).text).toContain("response.completed");
  });
});

test("chat has no throttle inside its streams: the same deployment answers it with a 429", async () => {
  await withLimits({ requestsPerMinute: 1, throttling: "stream-a" }, async (send) => {
    await send();
    const chat = await send({ input: undefined, messages: [{ role: "user", content: "hi" }], stream: true }, chatPath);
    expect([chat.status, errorOf(chat).code]).toEqual([429, "RateLimitReached"]);
  });
});

test.each([
  [[0], "requestWindows[0] is 0"],
  [[61], "requestWindows[0] is 61"],
])("the windows %j are told at the start", (requestWindows, message) => {
  expect(() => parseEmulatorConfig({ deployments: { x: { requestWindows } } })).toThrowError(message);
});

test.each(["classic", "new"] as const)("a clock that is set back keeps nobody out for long (%s)", async (throttling) => {
  await withLimits({ requestsPerMinute: 6, throttling }, async (send, wait) => {
    await statuses(send, 7);
    wait(-600_000);
    await send();
    wait(10_000);
    expect((await send()).status).toBe(200);
  });
});
