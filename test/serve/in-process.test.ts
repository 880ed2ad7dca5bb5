import { Client } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import type { ResourcesChange } from "../../src/core/served-tools.ts";
import { createInProcessTransport } from "../../src/serve/in-process.ts";
import { toyApp } from "../support/toy-app.ts";

async function officialClient(mode: "auto" | "legacy", app = toyApp(), groups: readonly string[] = []) {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(createInProcessTransport(app, { caller: { subject: null, groups, scopes: [] } }));
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

test("a change of restricted documents reaches only clients who may see them", async () => {
  for (const mode of ["auto", "legacy"] as const) {
    const listeners = new Set<(change?: ResourcesChange) => void>();
    const app = toyApp({
      resources: {
        list: async () => ({ resources: [] }),
        templates: () => [],
        read: async (uri) => ({ uri, text: "" }),
      },
      onChanged: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const change = (group: string): void => {
      for (const listener of listeners) listener({ kind: "documents", concerns: ({ groups }) => groups.includes(group) });
    };
    await using client = await officialClient(mode, app, ["legal"]);
    const heard: string[] = [];
    const told = new Promise((resolve) => {
      client.setNotificationHandler("notifications/resources/list_changed", () => void heard.push("list"));
      client.setNotificationHandler("notifications/resources/updated", (notice) => resolve(heard.push(notice.params.uri)));
    });
    if (mode === "auto") await client.listen({ resourcesListChanged: true, resourceSubscriptions: ["kb://a"] });
    else await client.subscribeResource({ uri: "kb://a" });
    change("hr");
    await client.listTools();
    expect(heard).toEqual([]);
    change("legal");
    await told;
    expect(heard).toEqual(["list", "kb://a"]);
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
