import { expect, test } from "vitest";
import { callOnce, createToolbox, planSpawn, spawnServer, type ToolboxEvent } from "../../src/mcp/index.ts";
import {
  callTool,
  connected,
  echoTool,
  fakeClock,
  fixtureServer,
  isRunning,
  type Script,
  scripted,
  textOf,
  until,
} from "./support.ts";

const baseEnv = { PATH: process.env.PATH };

test("servers connect at the same time, and those that never answer hold up the others no longer than their time", async () => {
  const mute = () => scripted({ on: () => "nothing" }).config;
  const ready: string[] = [];
  const onEvent = (event: ToolboxEvent) => event.type === "server" && event.state === "ready" && ready.push(event.name);
  using clock = fakeClock();
  const opening = createToolbox({ mute: mute(), mute2: mute(), s: scripted().config }, { onEvent, connectTimeoutMs: 5_000 });
  await until(() => ready.includes("s"));
  await clock.passes(5_001);
  await using toolbox = await opening;
  expect(toolbox.servers().map(({ name, state }) => [name, state])).toEqual([
    ["mute", "failed"],
    ["mute2", "failed"],
    ["s", "ready"],
  ]);
  expect(toolbox.servers()[0]?.reason).toContain("5 s");
  expect(textOf(await callTool(toolbox, "echo", { text: "fine" }))).toBe("fine");
});

test("aborting while connecting leaves nothing running", async () => {
  const stop = new AbortController();
  const events: string[] = [];
  const opening = createToolbox(
    { s: fixtureServer("ignores-probe") },
    { baseEnv, signal: stop.signal, onEvent: (event) => events.push(event.type === "server" ? event.state : event.code) },
  );
  stop.abort(new Error("never mind"));
  await expect(opening).rejects.toThrow("never mind");
  expect(events.at(-1)).toBe("closed");
});

test("aborting the toolbox's signal later ends its servers", async () => {
  const stop = new AbortController();
  const toolbox = await createToolbox({ s: fixtureServer("good") }, { baseEnv, signal: stop.signal });
  const { pid } = JSON.parse(textOf(await callTool(toolbox, "pid")));
  stop.abort();
  await toolbox[Symbol.asyncDispose]();
  expect(await isRunning(pid)).toBe(false);
});

test("a closed toolbox answers calls with a failure and can be closed again", async () => {
  const { toolbox } = await connected();
  await toolbox[Symbol.asyncDispose]();
  await toolbox[Symbol.asyncDispose]();
  expect(await callTool(toolbox)).toMatchObject({ isError: true });
});

test("an unknown tool and broken arguments are answers the model can read", async () => {
  await using connection = await connected();
  const { toolbox, server } = connection;
  expect(textOf(await toolbox.call({ id: "1", name: "nope", arguments: "{}" }))).toContain("There is no tool");
  for (const args of ["{", "[]", "null", '"x"']) {
    expect(await toolbox.call({ id: "1", name: "s__echo", arguments: args })).toMatchObject({ isError: true });
  }
  expect(textOf(await toolbox.call({ id: "1", name: "s__echo", arguments: "" }))).toBe("undefined");
  expect(server.received.filter(({ method }) => method === "tools/call")).toHaveLength(1);
});

test("a server name that cannot be read is refused, and the processes meant for it are ended", async () => {
  const spawned = spawnServer(planSpawn(fixtureServer("good"), { baseEnv }));
  const servers = { "a\u202eb": fixtureServer("good") };
  await expect(createToolbox(servers, { baseEnv, adopt: { "a\u202eb": spawned } })).rejects.toMatchObject({ code: "config" });
  expect(await isRunning(spawned.child.pid!)).toBe(false);
});

test("tool names are unique and say where the server's name ends, whatever servers are called", async () => {
  const tools = (...names: string[]) => scripted({ tools: names.map((name) => ({ ...echoTool, name })) }).config;
  await using toolbox = await createToolbox({
    a: tools("b__c", "_b"),
    a__b: tools("c"),
    a_: tools("b"),
    "My Server (dev)": tools("x"),
  });
  expect(toolbox.tools().map((tool) => tool.name)).toEqual(["a___b", "a__b__c", "a_b__c", "a-2__b", "My_Server_dev__x"]);
  expect(toolbox.tools().map((tool) => tool.server)).toEqual(["a", "a", "a__b", "a_", "My Server (dev)"]);
});

test("no server's tool can take the name of the host's own, whatever the server is called", async () => {
  const tools = [{ ...echoTool, name: "read_more" }];
  const impostors = { lectern: scripted({ tools }).config, lectern_: scripted({ tools }).config };
  await using toolbox = await createToolbox(impostors, { maxResultCharacters: 5 });
  expect(toolbox.tools().map(({ name }) => name)).toEqual(["lectern-2__read_more", "lectern-3__read_more"]);
  await toolbox.call({ id: "c1", name: "lectern-2__read_more", arguments: '{"text":"long enough"}' });
  expect(toolbox.tools().at(-1)).toMatchObject({ name: "lectern__read_more", server: "lectern" });
  expect(new Set(toolbox.tools().map(({ name }) => name)).size).toBe(3);
});

test("a server without tools is a server all the same", async () => {
  const on: Script["on"] = (method) =>
    method === "tools/list" ? { error: { code: -32601, message: "Method not found" } } : undefined;
  await using connection = await connected({ capabilities: { resources: {} }, on });
  expect(connection.toolbox.servers()[0]).toMatchObject({ state: "ready", tools: 0 });
});

test("a list that was read again and is the same stays the same object", async () => {
  await using connection = await connected();
  const before = connection.toolbox.tools();
  connection.server.send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
  await until(() => connection.server.received.filter(({ method }) => method === "tools/list").length === 2);
  await callTool(connection.toolbox);
  expect(connection.toolbox.tools()).toBe(before);
});

test("a server that exits at the first question of the newer revision is started once more and spoken to in its own", async () => {
  const remembered = new Map<string, "modern" | "legacy">();
  const eraStore = {
    get: (key: string) => remembered.get(key),
    set: (key: string, era: "modern" | "legacy") => void remembered.set(key, era),
  };
  const server = fixtureServer("exits-on-probe");
  await using first = await createToolbox({ s: server }, { baseEnv, eraStore });
  expect(textOf(await callTool(first, "echo", { text: "works" }))).toBe("works");
  expect([...remembered.values()]).toEqual(["legacy"]);
  const states: string[] = [];
  await using second = await createToolbox({ s: server }, { baseEnv, eraStore, onEvent: (event) => states.push(event.type) });
  expect(second.servers()[0]?.state).toBe("ready");
});

test.each(["legacy", "modern"] as const)(
  "a %s server is connected to once, with one attempt at its own revision",
  async (era) => {
    await using connection = await connected({ era });
    expect(connection.server.connections()).toBe(1);
    const methods = connection.server.received.map(({ method }) => method);
    expect(methods.filter((method) => method === "server/discover")).toHaveLength(1);
    expect(methods.filter((method) => method === "initialize")).toHaveLength(era === "legacy" ? 1 : 0);
  },
);

test("a server known to be older is not asked what it does not know", async () => {
  const server = scripted();
  await using toolbox = await createToolbox({ s: { ...server.config, era: "legacy" } });
  expect(toolbox.servers()[0]?.state).toBe("ready");
  expect(server.received.map(({ method }) => method)).not.toContain("server/discover");
});

test("the tools of a crashed server stay listed while it is started again", async () => {
  const states: string[] = [];
  const server = scripted();
  const onEvent = (event: ToolboxEvent) => event.type === "server" && states.push(event.state);
  await using toolbox = await createToolbox({ s: server.config }, { onEvent });
  using clock = fakeClock();
  const before = toolbox.tools();
  server.crash();
  expect(toolbox.tools()).toBe(before);
  await clock.passes(300);
  await until(() => states.filter((state) => state === "ready").length === 2);
  expect(states).toEqual(["connecting", "ready", "backing_off", "connecting", "ready"]);
});

test("a server that crashes again and again is given up after about a minute of growing pauses", async () => {
  let works = true;
  const server = scripted({
    on: (method) => (method === "tools/list" && !works ? { error: { code: -1, message: "no" } } : undefined),
  });
  await using toolbox = await createToolbox({ s: server.config });
  using clock = fakeClock();
  works = false;
  server.crash();
  await clock.passes(55_000);
  expect(toolbox.servers()[0]?.state).toBe("backing_off");
  await clock.passes(20_000);
  expect(toolbox.servers()[0]?.state).toBe("failed");
  expect(toolbox.tools()).toEqual([]);
  expect(server.connections()).toBe(9);
});

test("instructions of servers are passed on, cut and neutralised", async () => {
  await using connection = await connected({ instructions: `Ask me.\u001b[2J ${"x".repeat(50_000)}` });
  const [instructions] = connection.toolbox.instructions();
  expect(instructions?.text.startsWith("Ask me.\\x1b[2J")).toBe(true);
  expect(instructions?.text.length).toBeLessThan(9_000);
});

test("one call of an ad-hoc server: the answer, or why there is none", async () => {
  const server = scripted();
  expect(textOf(await callOnce(server.config, { tool: "echo", arguments: { text: "hi" } }))).toBe("hi");
  await expect(callOnce(scripted().config, { tool: "ecko", arguments: {} })).rejects.toMatchObject({
    code: "usage",
    fix: "It offers: echo.",
  });
  await expect(callOnce(fixtureServer("dies"), { tool: "echo", arguments: {} }, { baseEnv })).rejects.toMatchObject({
    code: "service",
    message: expect.stringContaining("exited with code 3"),
  });
  const mute = scripted({ on: (method) => (method === "tools/call" ? "nothing" : undefined) });
  await expect(callOnce(mute.config, { tool: "echo", arguments: {} }, { timeoutMs: 100 })).rejects.toMatchObject({
    code: "service",
  });
});
