import { Client } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { createInProcessTransport } from "../../src/serve/in-process.ts";
import { toyApp } from "../support/toy-app.ts";

async function officialClient(mode: "auto" | "legacy", app = toyApp()) {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(createInProcessTransport(app));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test.each(["auto", "legacy"] as const)(
  "the official client, negotiating %s, lists and calls in the same process",
  async (mode) => {
    await using client = await officialClient(mode);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(["search_knowledge_base", "add", "broken"]);
    const { content } = await client.callTool({ name: "add", arguments: { a: 20, b: 22 } });
    expect(content).toEqual([{ type: "text", text: "42" }]);
    expect(client.getProtocolEra()).toBe(mode === "auto" ? "modern" : "legacy");
  },
);

test("changed resources reach the official client in both eras", async () => {
  for (const mode of ["auto", "legacy"] as const) {
    let changed = (): void => {};
    const app = toyApp({
      resources: { list: async () => ({ resources: [] }), templates: () => [], read: async () => undefined },
      onChanged: (listener) => {
        changed = listener;
        return () => {};
      },
    });
    await using client = await officialClient(mode, app);
    const told = new Promise((resolve) => client.setNotificationHandler("notifications/resources/list_changed", resolve));
    if (mode === "auto") await client.listen({ resourcesListChanged: true });
    changed();
    expect(await told).toMatchObject({ method: "notifications/resources/list_changed" });
  }
});

test("a closed transport takes no more messages and says so once", async () => {
  const transport = createInProcessTransport(toyApp());
  let closes = 0;
  transport.onclose = () => void closes++;
  await transport.start();
  await transport.close();
  await transport.close();
  expect(closes).toBe(1);
  await expect(transport.send({ jsonrpc: "2.0", id: 1, method: "ping" })).rejects.toThrow("not open");
});
