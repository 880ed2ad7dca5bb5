import { expect, test } from "vitest";
import { run } from "../../src/agent/loop.ts";
import { createPolicy } from "../../src/agent/policy.ts";
import { referencedResources } from "../../src/app/resource-references.ts";
import type { McpToolbox } from "../../src/mcp/toolbox.ts";
import { calls, collect, says, scripted, toolboxOf } from "../support/fakes.ts";

interface FakeServers {
  readonly mcp: McpToolbox;
  readonly read: string[];
}

function mcpWith(names: readonly string[], textOf = async (uri: string, _signal: AbortSignal) => `text of ${uri}`): FakeServers {
  const read: string[] = [];
  const mcp: Pick<McpToolbox, "servers" | "readResource"> = {
    servers: () => names.map((name) => ({ name, type: "stdio", state: "ready", reason: null, tools: 0, quarantined: [] })),
    readResource: async (server, uri, { signal = new AbortController().signal } = {}) => {
      read.push(`${server} ${uri}`);
      return { uri, mimeType: null, text: await textOf(uri, signal) };
    },
  };
  return { mcp: mcp as McpToolbox, read };
}

const fetched = (question: string, { mcp }: FakeServers) => referencedResources(question, mcp)?.(new AbortController().signal);

/** A resource that is never read, until whoever wants it gives up. */
const never = (_uri: string, signal: AbortSignal): Promise<string> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

test("a resource named as @server:uri is read once and handed in with the question", async () => {
  const fake = mcpWith(["files"]);
  const found = await fetched("What does @files:file:///a/b.md say, and (@files:kb://x/y), and @files:kb://x/y?", fake);
  expect(fake.read).toEqual(["files file:///a/b.md", "files kb://x/y"]);
  expect(found?.[0]).toEqual({ server: "files", name: "files:file:///a/b.md", text: "text of file:///a/b.md" });
});

test("addresses, handles and unknown servers are ordinary text", () => {
  const { mcp, read } = mcpWith(["files"]);
  expect(referencedResources("Write to ann@files:8080 or @other:thing or @files.", mcp)).toBeUndefined();
  expect(read).toEqual([]);
});

test("a resource of a server whose reading is denied is not read for anyone", () => {
  const { mcp, read } = mcpWith(["files"]);
  for (const rule of ["files/*", "read_resource", "files/read_resource"])
    expect(() => referencedResources("@files:a://1", mcp, [rule])).toThrow(expect.objectContaining({ code: "usage" }));
  expect(referencedResources("@files:a://1", mcp, ["files/write_file"])).toBeDefined();
  expect(read).toEqual([]);
});

test("a huge resource is cut, and says so", async () => {
  const fake = mcpWith(["files"], async () => "x".repeat(5_000_000));
  const found = await fetched("@files:a://1 @files:a://2", fake);
  expect(found?.map(({ text }) => text.length < 101_000)).toEqual([true, true]);
  expect(found?.[0]?.text).toContain("5000000 characters in all");
});

test("a resource that never comes ends with the turn's time", async () => {
  const fetchAttachments = referencedResources("@files:a://1", mcpWith(["files"], never).mcp)!;
  const model = scripted(says("never asked"));
  const turn = run({ question: "@files:a://1", model, toolbox: toolboxOf({}), fetchAttachments, timeoutMs: 20 });
  await expect(collect(turn)).rejects.toMatchObject({ code: "bound", details: { bound: "time" } });
  expect(model.requests).toEqual([]);
});

test("a turn is interrupted while it reads a resource", async () => {
  const stop = new AbortController();
  const waiting: typeof never = (uri, signal) => {
    stop.abort(new Error("Ctrl-C"));
    return never(uri, signal);
  };
  const fetchAttachments = referencedResources("@files:a://1", mcpWith(["files"], waiting).mcp)!;
  const toolbox = toolboxOf({});
  const turn = run({ question: "q", model: scripted(says("x")), toolbox, fetchAttachments, signal: stop.signal });
  await expect(collect(turn)).rejects.toThrow("Ctrl-C");
});

test("what a resource says counts as read: a tool with effects is asked for in that turn", async () => {
  const fetchAttachments = referencedResources("@files:a://1", mcpWith(["files"]).mcp)!;
  const plain = toolboxOf({ mail__send: () => "sent" });
  const toolbox = { ...plain, tools: () => plain.tools().map((tool) => ({ ...tool, annotations: {} })) };
  const send = { id: "c1", name: "mail__send", arguments: "{}" };
  const decisions = async (trusted: readonly string[]) => {
    const model = scripted(calls(send), says("done"));
    const policy = createPolicy({ allow: ["*"], trusted });
    const events = await collect(run({ question: "q", model, toolbox, fetchAttachments, policy }));
    return events.flatMap((event) => (event.type === "approval" ? [`${event.decision}: ${event.reason}`] : []));
  };
  expect(await decisions([])).toEqual([expect.stringMatching(/^denied: .*results of files were read/)]);
  expect(await decisions(["files"])).toEqual([expect.stringMatching(/^allowed/)]);
});

test("a quote from a resource is cited as its server's, never as a document of ours", async () => {
  const fetchAttachments = referencedResources("@files:kb://handbook/leave.md", mcpWith(["files"]).mcp)!;
  const model = scripted((request) => {
    const question = request.messages.findLast((message) => message.role === "user");
    const [, marker] = /\[\[([a-z0-9]{4}\.\d+)\]\]/.exec(String(question?.content)) ?? [];
    return says(`It says so [[${marker}]].`);
  });
  const events = await collect(run({ question: "q", model, toolbox: toolboxOf({}), fetchAttachments }));
  expect(events.at(-1)).toMatchObject({
    type: "done",
    citations: [
      { server: "files", uri: "files:read_resource#1", path: null, heading: "files:kb://handbook/leave.md", verified: true },
    ],
  });
});
