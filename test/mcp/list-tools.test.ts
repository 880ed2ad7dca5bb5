import { expect, test } from "vitest";
import { listTools } from "../../src/mcp/list-tools.ts";
import { echoTool } from "./support.ts";

const named = (name: string) => ({ ...echoTool, name });
const onePage = (tools: readonly unknown[]) => listTools({ server: "s", fetchPage: async () => ({ tools }) });

test("tools are listed in one order, whatever the server's", async () => {
  const names = async (order: string[]) => (await onePage(order.map(named))).tools.map((tool) => tool.name);
  expect(await names(["b", "a", "c"])).toEqual(await names(["c", "b", "a"]));
});

test("of two tools with one name the first is offered and the second named", async () => {
  const list = await onePage([echoTool, { ...echoTool, description: "second" }]);
  expect(list.tools.map((tool) => tool.description)).toEqual(["Echoes text"]);
  expect(list.quarantined).toMatchObject([{ tool: "echo", reason: expect.stringContaining("same name") }]);
});

test("a list that never ends is cut and what was read is kept", async () => {
  let page = 0;
  const list = await listTools({
    server: "s",
    fetchPage: async () => ({ tools: [named(`t${page}`)], nextCursor: `c${page++}` }),
    maxPages: 5,
  });
  expect(list.tools).toHaveLength(5);
  expect(list.remarks[0]).toContain("never ends");
});

test("a list that turns in circles is cut at once", async () => {
  let pages = 0;
  const list = await listTools({ server: "s", fetchPage: async () => ({ tools: [named(`t${pages++}`)], nextCursor: "same" }) });
  expect(pages).toBe(2);
  expect(list.tools).toHaveLength(2);
});

test("definitions that are too large together are left out with a remark, and no more pages are fetched", async () => {
  let pages = 0;
  const big = (name: string) => ({ ...named(name), inputSchema: { type: "object", description: "x".repeat(5_000) } });
  const list = await listTools({
    server: "s",
    fetchPage: async () => ({ tools: [big(`a${pages}`), big(`b${pages}`)], nextCursor: `c${pages++}` }),
    maxCharacters: 20_000,
  });
  expect([list.tools.length, pages]).toEqual([3, 2]);
  expect(list.remarks[0]).toContain("characters");
});

test("more tools than anyone can use are left out with a remark", async () => {
  const list = await onePage(Array.from({ length: 2_500 }, (_, n) => named(`t${n}`)));
  expect(list.tools).toHaveLength(2_000);
  expect(list.remarks[0]).toContain("more than 2000");
});

test("an unreadable later page costs only itself, an unreadable first page is a failure", async () => {
  const fetchPage = async ({ cursor }: { cursor?: unknown }) =>
    cursor === undefined ? { tools: [echoTool], nextCursor: "2" } : { tools: null };
  expect((await listTools({ server: "s", fetchPage })).tools).toHaveLength(1);
  await expect(listTools({ server: "s", fetchPage: async () => ({ tools: "x" }) })).rejects.toMatchObject({ code: "service" });
});

test("a later page that the server refuses costs only itself, one that never comes costs the list", async () => {
  const failing = (error: unknown) => async (params: { cursor?: unknown }) => {
    if (params.cursor !== undefined) throw error;
    return { tools: [echoTool], nextCursor: "2" };
  };
  const refused = Object.assign(new Error("no such page"), { code: -32602 });
  const list = await listTools({ server: "s", fetchPage: failing(refused) });
  expect(list.tools).toHaveLength(1);
  expect(list.remarks[0]).toContain("page 2");
  const late = Object.assign(new Error("late"), { code: "REQUEST_TIMEOUT" });
  await expect(listTools({ server: "s", fetchPage: failing(late) })).rejects.toThrow("late");
});

test("a mark for the next page that is megabytes long is not sent back", async () => {
  let pages = 0;
  const fetchPage = async () => ({ tools: [named(`t${pages++}`)], nextCursor: "x".repeat(1_000_000) + pages });
  const list = await listTools({ server: "s", fetchPage });
  expect(pages).toBe(1);
  expect(list.remarks[0]).toContain("too long");
});

const nested = (depth: number): unknown => {
  let schema: unknown = { type: "string" };
  for (let n = 0; n < depth; n++) schema = { type: "object", properties: { a: schema } };
  return schema;
};

test.each([
  ["nested too deeply", { ...echoTool, inputSchema: nested(1_000) }, "nested deeper"],
  ["far too large", { ...echoTool, inputSchema: { type: "object", description: "x".repeat(300_000) } }, "larger than"],
  ["true instead of an object", { ...echoTool, inputSchema: true }, "not an object"],
  ["absent", { name: "echo" }, "missing"],
])("a schema that is %s puts the tool aside", async (_what, tool, reason) => {
  const list = await onePage([tool, named("good")]);
  expect(list.tools.map((entry) => entry.tool)).toEqual(["good"]);
  expect(list.quarantined[0]?.reason).toContain(reason);
});

test("an unusable output schema costs only itself", async () => {
  const { tools } = await onePage([{ ...echoTool, outputSchema: [] }]);
  expect(tools).toHaveLength(1);
  expect(tools[0]?.outputSchema).toBeUndefined();
});

test.each(["", "  ", "a\nb", "tab\there", "x".repeat(129), " padded", "zero\u200bwidth", "search_b\u0430se", "\u24b6"])(
  "the name %j is no name for a tool",
  async (name) => {
    expect((await onePage([named(name)])).quarantined).toHaveLength(1);
  },
);

test.each(["a.b", "a/b", "two words", "__proto__", "constructor", "then", "toString", "größe", "検索"])(
  "the name %j is accepted",
  async (name) => {
    expect((await onePage([named(name)])).tools.map((tool) => tool.name)).toEqual([`s__${name}`]);
  },
);

test("definitions keep what the model needs and nothing else", async () => {
  const extra = {
    icons: [{ src: "javascript:alert(1)" }],
    _meta: { a: 1 },
    execution: {},
    annotations: { readOnlyHint: true, evil: "x" },
  };
  const [tool] = (await onePage([{ ...echoTool, ...extra }])).tools;
  expect(Object.keys(tool ?? {}).sort()).toEqual(["annotations", "description", "inputSchema", "name", "server", "tool"]);
  expect(tool?.annotations).toEqual({ readOnlyHint: true });
});
