import { expect, test, vi } from "vitest";
import { isJsonObject } from "../../src/core/json.ts";
import type { ToolResult } from "../../src/core/tools.ts";
import { createToolbox, planSpawn } from "../../src/mcp/index.ts";
import {
  type Answer,
  answerTo,
  callTool,
  connected,
  echoTool,
  fakeClock,
  fixtureServer,
  isRunning,
  type Script,
  scripted,
  textAnswer,
  textOf,
  until,
  type Way,
  ways,
} from "./support.ts";

// The numbers are those of the complaints about other hosts that each test answers: reference/mcp.md, section 5.
// Those about names, schemas and 128 tools on the way to Azure are tested in test/azure, those about Entra tokens on servers in test/serve.
const baseEnv = { PATH: process.env.PATH };

test("2: two servers may have tools of the same name", async () => {
  const [a, b] = [scripted({ on: (m) => (m === "tools/call" ? { result: { content: "from a" } } : undefined) }), scripted()];
  await using toolbox = await createToolbox({ a: a.config, b: b.config });
  expect(toolbox.tools().map((tool) => tool.name)).toEqual(["a__echo", "b__echo"]);
  expect(textOf(await toolbox.call({ id: "1", name: "a__echo", arguments: '{"text":"x"}' }))).toBe("from a");
  expect(textOf(await toolbox.call({ id: "2", name: "b__echo", arguments: '{"text":"from b"}' }))).toBe("from b");
});

test("5: one bad tool does not remove the others, and is named with its reason", async () => {
  const tools = [echoTool, { name: "bad" }, null, 5, { ...echoTool, name: "" }, { ...echoTool, name: "good" }];
  for (const way of ways) {
    await using connection = await connected({ ...way, tools });
    expect(connection.toolbox.tools().map((tool) => tool.tool)).toEqual(["echo", "good"]);
    expect(connection.toolbox.servers()[0]).toMatchObject({ state: "degraded", quarantined: { length: 4 } });
    expect(connection.events).toContainEqual(
      expect.objectContaining({
        type: "notice",
        code: "tool_quarantined",
        message: expect.stringContaining("input schema is missing"),
      }),
    );
  }
});

test("9: text and structured answer are not both shown; a structured answer alone is shown as JSON", async () => {
  expect(textOf(await answerTo({ content: [{ type: "text", text: "12 degrees" }], structuredContent: { t: 12 } }))).toBe(
    "12 degrees",
  );
  expect(JSON.parse(textOf(await answerTo({ structuredContent: { t: 12 } })))).toEqual({ t: 12 });
});

test("10: images, audio, links and embedded resources arrive", async () => {
  const { content } = await answerTo({
    content: [
      { type: "image", mimeType: "image/png", data: "iVBORw0KGgo=" },
      { type: "audio", mimeType: "audio/wav", data: "UklGRg==" },
      { type: "resource_link", uri: "https://example.org/a", name: "A" },
      { type: "resource", resource: { uri: "note://1", mimeType: "text/plain", text: "remember" } },
      { type: "hologram", x: 1 },
    ],
  });
  expect(content.map((block) => block.type)).toEqual(["image", "audio", "link", "resource", "text"]);
  expect(content.at(-1)).toMatchObject({ text: '[content of type "hologram" cannot be shown]' });
});

test("11: an answer that does not fit its output schema is kept", async () => {
  const outputSchema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
  for (const way of ways) {
    const tools = [{ ...echoTool, outputSchema }];
    expect(textOf(await answerTo({ content: [{ type: "text", text: "kept" }] }, { ...way, tools }))).toBe("kept");
    const wrong = { content: [{ type: "text", text: "kept" }], structuredContent: { n: "x" } };
    expect(textOf(await answerTo(wrong, { ...way, tools }))).toBe("kept");
  }
});

/** A server that reports progress every 20 s and answers after `steps` reports, or never. */
function progressing(way: Way, steps: number, answer: Answer): Script {
  return {
    ...way,
    on: async (method, params, _message, send) => {
      if (method !== "tools/call") return undefined;
      const meta = isJsonObject(params._meta) ? params._meta : {};
      for (let progress = 1; progress <= steps; progress++) {
        await new Promise((resolve) => setTimeout(resolve, 20_000));
        send({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: meta.progressToken, progress } });
      }
      return answer;
    },
  };
}

/** What a call gives after `seconds` on a fake clock; undefined where it is still running. */
async function after(seconds: number, script: Script): Promise<ToolResult | undefined> {
  await using connection = await connected(script, { callTimeoutMs: 30_000, maxCallMs: 200_000 });
  using clock = fakeClock();
  const call = callTool(connection.toolbox);
  await clock.passes(seconds * 1_000);
  return await Promise.race([call, Promise.resolve(undefined)]);
}

test.each(ways)("12: progress extends the time for a call ($name)", async (way) => {
  const result = await after(121, progressing(way, 6, textAnswer("slow but done")));
  expect(result && textOf(result)).toBe("slow but done");
});

test.each(ways)("12: however much progress is reported, a call ends at its hard maximum ($name)", async (way) => {
  expect(await after(199, progressing(way, 100, "nothing"))).toBeUndefined();
  expect(await after(201, progressing(way, 100, "nothing"))).toMatchObject({ isError: true });
});

test.each(ways)("12: a call without progress ends when its time is over ($name)", async (way) => {
  expect(await after(29, progressing(way, 0, "nothing"))).toBeUndefined();
  const result = await after(31, progressing(way, 0, "nothing"));
  expect(result && textOf(result)).toContain("did not answer in time");
});

test("13: closing ends stubborn servers and the helpers they started", async () => {
  const shutdown = { graceMs: 50, termMs: 50 };
  const toolbox = await createToolbox({ s: fixtureServer("helper", "stubborn") }, { baseEnv, shutdown });
  const { pid, helper } = JSON.parse(textOf(await callTool(toolbox, "pid")));
  expect(await isRunning(helper)).toBe(true);
  await toolbox[Symbol.asyncDispose]();
  expect([await isRunning(pid), await isRunning(helper)]).toEqual([false, false]);
});

test("14: a megabyte of error output neither blocks the server nor reaches the terminal", async () => {
  const written = vi.spyOn(process.stderr, "write");
  await using toolbox = await createToolbox({ s: fixtureServer("noisy") }, { baseEnv });
  expect(textOf(await callTool(toolbox, "echo", { text: "heard" }))).toBe("heard");
  expect(written).not.toHaveBeenCalled();
  written.mockRestore();
});

test("15: npx on Windows is started through cmd.exe with every argument literal", () => {
  const plan = planSpawn(
    { command: "npx", args: ["-y", "a server", 'say "hi" & del'], env: {} },
    {
      platform: "win32",
      baseEnv: { Path: "C:\\tools;C:\\nodejs", PATHEXT: ".EXE;.CMD", ComSpec: "C:\\Windows\\cmd.exe", SECRET: "x" },
      fileExists: (path) => path === "C:\\nodejs\\npx.cmd",
    },
  );
  expect(plan).toMatchObject({ file: "C:\\Windows\\cmd.exe", windowsVerbatimArguments: true, detached: false });
  expect(plan.args.slice(0, 3)).toEqual(["/d", "/s", "/c"]);
  expect(plan.args[3]).toContain("npx.cmd");
  expect(plan.args[3]).not.toMatch(/[^^]&/);
  expect(Object.keys(plan.env)).toEqual(["Path", "PATHEXT", "ComSpec"]);
});

test("18: a server that crashes fails the call it was doing, is started again and works", async () => {
  const events: string[] = [];
  await using toolbox = await createToolbox(
    { s: fixtureServer("good") },
    { baseEnv, onEvent: (event) => event.type === "server" && events.push(event.state) },
  );
  const failed = await callTool(toolbox, "die");
  expect(failed).toMatchObject({ isError: true });
  expect(textOf(failed)).toContain("exited with code 7");
  expect(textOf(failed)).toContain("not repeated");
  expect(textOf(await callTool(toolbox, "echo", { text: "back" }))).toBe("back");
  expect(events).toEqual(["connecting", "ready", "backing_off", "connecting", "ready"]);
});

test("19: a changed tool list is noticed in both protocol revisions", async () => {
  for (const way of ways) {
    let tools: unknown[] = [echoTool];
    await using connection = await connected({
      ...way,
      tools: () => tools,
      on: (method, params, message) => {
        if (method !== "subscriptions/listen") return undefined;
        const meta = { _meta: { "io.modelcontextprotocol/subscriptionId": message.id } };
        connection.server.send({
          jsonrpc: "2.0",
          method: "notifications/subscriptions/acknowledged",
          params: { notifications: params.notifications, ...meta },
        });
        return "nothing";
      },
    });
    const before = connection.toolbox.tools();
    expect(connection.toolbox.tools()).toBe(before);
    tools = [echoTool, { ...echoTool, name: "later" }];
    connection.server.send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    await until(() => connection.toolbox.tools().length === 2);
    expect(connection.toolbox.tools().map((tool) => tool.tool)).toEqual(["echo", "later"]);
    if (way.era === "modern") expect(connection.server.received.map((m) => m.method)).toContain("subscriptions/listen");
  }
});

test("20: an answer of many passages is cut like any other, and says so where the model reads it", async () => {
  const results = Array.from({ length: 10 }, (_, n) => ({ uri: `kb://x/${n}`, path: `${n}.md`, text: `${n}`.repeat(100) }));
  const answer = { result: { structuredContent: { results } } };
  await using connection = await connected(
    { on: (method) => (method === "tools/call" ? answer : undefined) },
    { maxResultCharacters: 300 },
  );
  const { toolbox } = connection;
  const { passages, preamble } = await callTool(toolbox);
  expect(passages?.map(({ text }) => text.length)).toEqual([100, 100, 96]);
  const [next] = /\{"id":"r\d+","from":300\}/.exec(preamble ?? "")!;
  const rest = await toolbox.call({ id: "c", name: "lectern__read_more", arguments: next });
  expect(textOf(rest)).toMatch(/^2222\n\n3{100}\n\n/);
  expect(rest.from).toEqual({ server: "s", tool: "echo" });
  const guessed = await toolbox.call({ id: "c", name: "lectern__read_more", arguments: '{"id":"r1","from":0}' });
  expect(guessed.isError).toBe(true);
});

test("20: a huge result is cut with a notice, and its rest can be read in pieces", async () => {
  const text = Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n");
  await using connection = await connected(
    { on: (method) => (method === "tools/call" ? { result: { content: [{ type: "text", text }] } } : undefined) },
    { maxResultCharacters: 300 },
  );
  const { toolbox } = connection;
  expect(toolbox.tools().map((tool) => tool.name)).toEqual(["s__echo"]);
  let shown = textOf(await callTool(toolbox));
  expect(shown).toContain(`${text.length} characters in all`);
  let read = shown.slice(0, 300);
  for (let next = /\{"id":"r\d+","from":\d+\}/.exec(shown); next; next = /\{"id":"r\d+","from":\d+\}/.exec(shown)) {
    shown = textOf(await toolbox.call({ id: "c", name: "lectern__read_more", arguments: next[0] }));
    read += shown.replace(/\n\n\[\d+ characters more.*$/s, "");
  }
  expect(read).toBe(text);
  expect(toolbox.tools().map((tool) => tool.name)).toEqual(["s__echo", "lectern__read_more"]);
});

test("24: a toolbox is usable as soon as it exists; there is no moment before connecting", async () => {
  await using connection = await connected();
  const many = await Promise.all(Array.from({ length: 20 }, (_, n) => callTool(connection.toolbox, "echo", { text: `n${n}` })));
  expect(many.map(textOf)).toEqual(Array.from({ length: 20 }, (_, n) => `n${n}`));
});
