import { afterAll, beforeAll, expect, test } from "vitest";
import { createAzureModel } from "../../src/azure/model.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Model, ModelEvent } from "../../src/core/model.ts";
import type { Tool } from "../../src/core/tools.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { createToolbox } from "../../src/mcp/toolbox.ts";
import { collect } from "../support/fakes.ts";
import { peer } from "../support/peers.ts";

/** The strict emulator is the judge: it refuses what Azure refuses. Numbers are those of the pain points that MCP hosts meet. */
let emulator: Emulator;
let model: Model;
beforeAll(async () => {
  emulator = await startEmulator({ strict: "all" });
  model = createAzureModel({ endpoint: emulator.url, deployment: "default", credential: { type: "api_key", key: emulator.key } });
});
afterAll(() => emulator.close());

const tool = (name: string, inputSchema: JsonObject = { type: "object", properties: {} }): Tool => ({
  name,
  server: "s",
  tool: name,
  description: `Does ${name}`,
  inputSchema,
});
const offer = (...tools: Tool[]): Promise<ModelEvent[]> =>
  collect(model.stream({ messages: [{ role: "user", content: "hello" }], tools }));
const accepted = { type: "finish", reason: expect.any(String) };
const quarantined = (events: readonly ModelEvent[]) =>
  events.filter((event) => event.type === "notice" && event.code === "quarantine_tool");

test.each<[string, Tool[]]>([
  ["1: names over 64 characters, with dots, spaces or other scripts", [tool("a".repeat(90)), tool("a.b c/d"), tool("検索")]],
  ["3: an object without properties", [tool("t", { type: "object" }), tool("u", {})]],
  [
    "4: anyOf, oneOf and allOf at the root",
    [
      tool("t", { anyOf: [{ type: "object", properties: { a: { type: "string" } } }, { type: "object" }] }),
      tool("u", { allOf: [{ type: "object", properties: { b: {} } }] }),
      tool("v", { oneOf: [{ type: "object" }] }),
    ],
  ],
  [
    "6: $defs and $ref",
    [tool("t", { type: "object", properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { type: "array" } } })],
  ],
  [
    "7: optional parameters, formats and open objects",
    [tool("t", { type: "object", properties: { a: { type: "string", format: "uri" } }, additionalProperties: true })],
  ],
  [
    "8: illegal and exotic nodes",
    [
      tool("t", {
        type: "object",
        properties: { a: "string", b: { not: {} }, c: null, d: [], e: { type: "array" }, f: { type: ["array", "null"] } },
        required: null,
      }),
    ],
  ],
])("%s are accepted by the strict emulator", async (_, tools) => {
  const events = await offer(...tools);
  expect(events.at(-1)).toMatchObject(accepted);
  expect(quarantined(events)).toEqual([]);
});

test("21: of more than 128 tools a choice is sent, and the rest is told", async () => {
  const events = await offer(...Array.from({ length: 300 }, (_, i) => tool(`tool_${i}`)));
  expect(events.at(-1)).toMatchObject(accepted);
  expect(events).toContainEqual(expect.objectContaining({ type: "notice", code: "tools_left_out" }));
});

const playwright = peer("node_modules/@playwright/mcp/cli.js");
test.skipIf(!playwright)("the schemas of @playwright/mcp are accepted as they are listed", { timeout: 60_000 }, async () => {
  await using toolbox = await createToolbox(
    { browser: { type: "stdio", command: process.execPath, args: [playwright!] } },
    { baseEnv: process.env },
  );
  expect(toolbox.tools().length).toBeGreaterThan(15);
  const events = await offer(...toolbox.tools());
  expect(events.at(-1)).toMatchObject(accepted);
  expect(quarantined(events)).toEqual([]);
});
