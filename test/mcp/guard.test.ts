import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import {
  type Answer,
  answerTo,
  callTool,
  connected,
  echoTool,
  fakeClock,
  type Script,
  textAnswer,
  textOf,
  until,
  ways,
} from "./support.ts";

type Odd = (id: number, send: (message: unknown) => void) => Answer | Promise<Answer>;

/** A server that does something odd with each tools/call; whatever `on` returns is the answer. */
const oddServer = (on: Odd, way: Partial<Script> = {}): Script => ({
  ...way,
  on: (method, _params, message, send) => (method === "tools/call" ? on(message.id as number, send) : undefined),
});
const modernWays = ways.filter((way) => way.era === "modern");
const rightAnswer = { content: [{ type: "text", text: "right" }] };

describe.each(ways)("$name", (way) => {
  const odd = (on: Odd): Script => oddServer(on, way);

  test("answers that nobody asked for are ignored", async () => {
    await using connection = await connected(
      odd((id, send) => {
        for (const wrong of [id + 1, null, `${id}x`, id + 0.5, -1, {}, [id]])
          send({ jsonrpc: "2.0", id: wrong, result: { content: "wrong" } });
        return { result: rightAnswer };
      }),
    );
    expect(textOf(await callTool(connection.toolbox))).toBe("right");
  });

  test("the first answer counts, later ones with the same id do not", async () => {
    await using connection = await connected(
      odd((id, send) => {
        send({ jsonrpc: "2.0", id, result: rightAnswer });
        send({ jsonrpc: "2.0", id, result: { content: "second" } });
        send({ jsonrpc: "2.0", id, error: { code: -1, message: "third" } });
        return "nothing";
      }),
    );
    expect(textOf(await callTool(connection.toolbox))).toBe("right");
    expect(textOf(await callTool(connection.toolbox))).toBe("right");
  });

  test("an answer whose id became a string, and one inside a batch, are understood", async () => {
    const forms = [
      (id: number) => ({ jsonrpc: "2.0", id: String(id), result: rightAnswer }),
      (id: number) => [{ jsonrpc: "2.0", id, result: rightAnswer }],
    ];
    for (const form of forms) {
      const script = odd((id, send) => {
        send(form(id));
        return "nothing";
      });
      await using connection = await connected(script);
      expect(textOf(await callTool(connection.toolbox))).toBe("right");
    }
  });

  test.each([
    ["both result and error", { result: rightAnswer, error: { code: -1, message: "also" } }],
    ["neither", {}],
    ["null", { result: null }],
    ["text", { result: "x" }],
    ["a list", { result: [] }],
  ])("an answer that is %s fails at once instead of waiting for its time to be over", async (_what, answer) => {
    await using connection = await connected(odd(() => answer as Answer));
    expect(await callTool(connection.toolbox)).toMatchObject({ isError: true });
  });

  test.each([
    ["x"],
    [{ message: "no code" }],
    [{ code: "E1", message: "code is text" }],
    [null],
    [{ code: -32000, message: "E".repeat(5_000_000) }],
  ])("an odd error object is a readable failure", async (error) => {
    await using connection = await connected(odd(() => ({ error })));
    const result = await callTool(connection.toolbox);
    expect(result.isError).toBe(true);
    expect(textOf(result).length).toBeLessThan(1_000);
  });

  test("aborting a call ends it at once, tells the server, and drops the answer that comes late", async () => {
    let release: (answer: Answer) => void = () => {};
    await using connection = await connected(odd(() => new Promise<Answer>((resolve) => (release = resolve))));
    const stop = new AbortController();
    const call = callTool(connection.toolbox, "echo", {}, stop.signal);
    await until(() => connection.server.received.some(({ method }) => method === "tools/call"));
    stop.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
    await until(() => connection.server.received.some(({ method }) => method === "notifications/cancelled"));
    release(textAnswer("late"));
    const next = callTool(connection.toolbox);
    await until(() => connection.server.received.filter(({ method }) => method === "tools/call").length === 2);
    release(textAnswer("next"));
    expect(textOf(await next)).toBe("next");
  });
});

test("keys that would change prototypes are data", async () => {
  const result = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"content":[{"type":"text","text":"ok","__proto__":{"polluted":1}}]}',
  );
  expect(textOf(await answerTo(result))).toBe("ok");
  expect(({} as JsonObject).polluted).toBeUndefined();
});

test("a result nested a hundred thousand levels deep keeps its text", async () => {
  const structuredContent = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  for (const way of ways) {
    await using connection = await connected(oddServer(() => ({ result: { ...rightAnswer, structuredContent } }), way));
    expect(textOf(await callTool(connection.toolbox))).toBe("right");
  }
});

test("a flood of change notices leads to one more reading of the list, not to thousands", async () => {
  await using connection = await connected();
  const { server } = connection;
  const lists = (): number => server.received.filter(({ method }) => method === "tools/list").length;
  for (let n = 0; n < 20_000; n++) server.send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
  await until(() => lists() > 1);
  expect(textOf(await callTool(connection.toolbox, "echo", { text: "alive" }))).toBe("alive");
  expect(lists()).toBeLessThan(4);
});

test("a server that announces a change with every list it gives is read ever more seldom", async () => {
  let lists = 0;
  const on: Script["on"] = (method, _params, _message, send) => {
    if (method !== "tools/list") return undefined;
    lists += 1;
    send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    return { result: { tools: [{ ...echoTool, description: `version ${lists}` }] } };
  };
  await using connection = await connected({ on });
  using clock = fakeClock();
  await clock.passes(2_000);
  expect(lists).toBeGreaterThan(4);
  await clock.passes(300_000);
  expect(lists).toBeLessThan(40);
  expect(connection.toolbox.servers()[0]?.state).toBe("ready");
});

test.each(["resources/updated", "cancelled", "subscriptions/acknowledged", "elicitation/complete", "made/up"])(
  "a flood of notices that nobody waits for (%s) holds nothing up",
  async (notice) => {
    const on: Script["on"] = (method, _params, _message, send) => {
      if (method !== "tools/call") return undefined;
      const params = { uri: "note://1", requestId: 99_999, elicitationId: "x", _meta: {} };
      for (let n = 0; n < 20_000; n++) send({ jsonrpc: "2.0", method: `notifications/${notice}`, params });
      return { result: rightAnswer };
    };
    await using connection = await connected({ on });
    expect(textOf(await callTool(connection.toolbox))).toBe("right");
  },
);

test.each([
  ["instructions that are no text", { instructions: { a: [1] } }],
  ["capabilities that are a list", { capabilities: [] }],
  ["capabilities that are text", { capabilities: "tools" }],
])("%s cost a server nothing", async (_, odd) => {
  const on: Script["on"] = (method, params) => {
    if (method !== "initialize") return undefined;
    const about = { protocolVersion: params.protocolVersion, capabilities: {}, serverInfo: { name: "odd", version: "1" } };
    return { result: { ...about, ...odd } };
  };
  await using connection = await connected({ on });
  expect(textOf(await callTool(connection.toolbox, "echo", { text: "works" }))).toBe("works");
});

const answersTo = (received: readonly JsonObject[], prefix: string): number[] =>
  received.flatMap(({ id, error }) =>
    typeof id === "string" && id.startsWith(prefix) ? [Number((error as JsonObject | undefined)?.code)] : [],
  );

test("requests for sampling and roots are refused politely", async () => {
  await using connection = await connected();
  const { server } = connection;
  server.send({ jsonrpc: "2.0", id: "q1", method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } });
  server.send({ jsonrpc: "2.0", id: "q2", method: "roots/list" });
  server.send({ jsonrpc: "2.0", id: "q3", method: "host/exec", params: { cmd: "id" } });
  await until(() => answersTo(server.received, "q").length === 3);
  expect(answersTo(server.received, "q")).toEqual([-32601, -32601, -32601]);
});

test("a server can have only so many questions open at a time", async () => {
  let asked = 0;
  const elicit = () => {
    asked += 1;
    return new Promise<never>(() => {});
  };
  await using connection = await connected({}, { elicit });
  const params = { mode: "form", message: "?", requestedSchema: { type: "object", properties: {} } };
  for (let n = 0; n < 100; n++) connection.server.send({ jsonrpc: "2.0", id: `q${n}`, method: "elicitation/create", params });
  await until(() => answersTo(connection.server.received, "q").length === 84);
  expect(asked).toBe(16);
  expect(new Set(answersTo(connection.server.received, "q"))).toEqual(new Set([-32000]));
});

test("an answer of the newer revision that forgot to say it is complete is taken as complete; an unknown kind is not", async () => {
  for (const way of modernWays) {
    expect(textOf(await answerTo(rightAnswer, way))).toBe("right");
    expect(await answerTo({ ...rightAnswer, resultType: "banana" }, way)).toMatchObject({ isError: true });
  }
});

test.each(modernWays)("a server cannot have megabytes of its state carried along, nor ask for ever ($name)", async (way) => {
  const params = { mode: "form", message: "?", requestedSchema: { type: "object", properties: {} } };
  const ask = { resultType: "input_required", inputRequests: { a: { method: "elicitation/create", params } } };
  expect(textOf(await answerTo({ ...ask, requestState: "S".repeat(2_000_000) }, way))).toContain("state");
  let rounds = 0;
  const asking = oddServer(() => ({ result: { ...ask, requestState: String(rounds++) } }), way);
  await using connection = await connected(asking, { elicit: async () => ({ action: "accept", content: {} }) });
  expect(await callTool(connection.toolbox)).toMatchObject({ isError: true });
  expect(rounds).toBeLessThan(20);
});
