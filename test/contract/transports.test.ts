import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLectern, type Lectern } from "../../src/app/lectern.ts";
import { testConfig } from "../support/config.ts";
import { calls, collect, says, scripted } from "../support/fakes.ts";

const handbook = resolve(import.meta.dirname, "../../data/handbook");

describe.each(["stdio", "in_process"] as const)("the knowledge server over %s", (transport) => {
  let lectern: Lectern;
  beforeAll(async () => {
    lectern = await createLectern({ config: await testConfig({ sources: [handbook] }), model: scripted(says("ok")), transport });
  });
  afterAll(() => lectern[Symbol.asyncDispose]());
  const call = (name: string, args: object) => lectern.toolbox.call({ id: "c", name, arguments: JSON.stringify(args) });

  test("offers the same tools in the same order", () => {
    expect(lectern.tools().map((tool) => `${tool.server}/${tool.tool}`)).toEqual([
      "knowledge/get_document",
      "knowledge/get_knowledge_base",
      "knowledge/list_topics",
      "knowledge/search_knowledge_base",
    ]);
  });

  test("says how it wants to be used", () => {
    expect(lectern.toolbox.instructions()).toEqual([
      { server: "knowledge", text: expect.stringContaining("search_knowledge_base") },
    ]);
  });

  test("finds passages with their place in the source", async () => {
    const result = await call("knowledge__search_knowledge_base", { query: "vacation days a year", limit: 3 });
    expect(result.isError).toBe(false);
    expect(result.preamble).toMatch(/^Results for "vacation days a year":/);
    expect(result.passages?.[0]).toMatchObject({
      path: "leave/vacation.md",
      uri: expect.stringMatching(/^kb:\/\/handbook\/leave\/vacation\.md#/),
      line: expect.any(Number),
    });
  });

  test("tells a wrong argument as an error the model can read", async () => {
    const result = await call("knowledge__search_knowledge_base", { limit: "three" });
    expect(result.isError).toBe(true);
    expect(result.content[0]).toMatchObject({ type: "text", text: expect.stringContaining("query") });
  });

  test("gives a document by its uri, and says when there is none", async () => {
    const found = await call("knowledge__get_document", { id: "leave/vacation.md" });
    expect(found.passages?.[0]?.text).toContain("27 days");
    expect((await call("knowledge__get_document", { id: "leave/nothing.md" })).isError).toBe(true);
  });

  test("a call can be aborted", async () => {
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(
      lectern.toolbox.call({ id: "c", name: "knowledge__list_topics", arguments: "{}" }, { signal: controller.signal }),
    ).rejects.toThrow("enough");
  });
});

test("a tool given in code is served over JSON-RPC and always allowed", async () => {
  await using lectern = await createLectern({
    config: await testConfig(),
    model: scripted(calls({ id: "c1", name: "tools__double", arguments: '{"n":21}' }), says("42")),
    tools: [
      {
        name: "double",
        description: "Doubles a number",
        inputSchema: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
        call: ({ n }) => ({ content: [{ type: "text", text: String(Number(n) * 2) }] }),
      },
    ],
  });
  const events = await collect(lectern.ask("What is twice 21?"));
  expect(events).toContainEqual(expect.objectContaining({ type: "tool_result", ok: true, text: "42" }));
});
