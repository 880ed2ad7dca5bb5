import { resolve } from "node:path";
import { expect, test } from "vitest";
import { createLectern, type ServedContent, type ServedTool } from "../../src/index.ts";
import { lectern as cli } from "../support/cli.ts";
import { testConfig } from "../support/config.ts";
import { calls, collect, says, scripted } from "../support/fakes.ts";

const sample = resolve(import.meta.dirname, "../../data/kb.json");

test("the tools of all servers are listed with name and description before a question is asked", async () => {
  const { code, stdout } = await cli(["tools", "--emulator", "--source", sample]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^knowledge: search_knowledge_base.*\n {4}Finds the passages/m);
  expect(stdout).toMatch(/^knowledge: get_knowledge_base.*\n {4}Returns the entire knowledge base/m);
});

test("the list of tools is asked for once and handed to the model unchanged in every round", async () => {
  const call = (id: string) => calls({ id, name: "tools__probe", arguments: "{}" });
  const model = scripted(call("a"), call("b"), says("done"));
  await using lectern = await createLectern({
    config: await testConfig(),
    model,
    tools: [probe([{ type: "text", text: "ok" }])],
  });
  await collect(lectern.ask("Go"));
  expect(model.requests).toHaveLength(3);
  expect(new Set(model.requests.map((request) => request.tools)).size).toBe(1);
});

const probe = (content: readonly ServedContent[]): ServedTool => ({
  name: "probe",
  description: "Answers.",
  inputSchema: { type: "object", properties: {} },
  call: () => ({ content }),
});

test.each<[string, readonly ServedContent[], RegExp]>([
  [
    "two texts",
    [
      { type: "text", text: "first" },
      { type: "text", text: "second" },
    ],
    /first[\s\S]*second/,
  ],
  ["an image", [{ type: "image", mimeType: "image/png", data: "AAAA" }], /"type":"image","mimeType":"image\/png","data":"AAAA"/],
  ["an embedded document", [{ type: "resource", resource: { uri: "file:///a.md", text: "inside" } }], /inside/],
  ["a link", [{ type: "resource_link", uri: "https://wiki.example/b", name: "page b" }], /page b: https:\/\/wiki\.example\/b/],
  ["nothing at all", [], /the tool answered without content/],
])("a tool result with %s reaches the model", async (_, content, seen) => {
  const model = scripted(calls({ id: "a", name: "tools__probe", arguments: "{}" }), says("done"));
  await using lectern = await createLectern({ config: await testConfig(), model, tools: [probe(content)] });
  await collect(lectern.ask("Go"));
  const shown = model.requests[1]!.messages.findLast((message) => message.role === "tool");
  expect(JSON.stringify(shown?.content)).toMatch(seen);
});
