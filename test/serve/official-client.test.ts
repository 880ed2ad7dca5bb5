import { Client, SSEClientTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HttpServing, serveTools } from "../../src/serve/serve-tools.ts";
import { conformanceApp } from "../support/conformance-app.ts";

let serving: HttpServing;
beforeAll(async () => {
  serving = await serveTools({ server: conformanceApp() });
});
afterAll(() => serving.close());

async function connected(mode: "auto" | "legacy" | "sse") {
  const capabilities = { elicitation: {} };
  const client = new Client(
    { name: "test", version: "1" },
    { capabilities, versionNegotiation: { mode: mode === "auto" ? "auto" : "legacy" } },
  );
  client.setRequestHandler("elicitation/create", async () => ({
    action: "accept",
    content: { username: "ada", email: "a@b.c" },
  }));
  const url = new URL(serving.url);
  await client.connect(mode === "sse" ? new SSEClientTransport(new URL("/sse", url)) : new StreamableHTTPClientTransport(url));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test.each(["auto", "legacy", "sse"] as const)("the official client (%s) reads, completes and follows progress", async (mode) => {
  await using client = await connected(mode);
  expect(client.getProtocolEra()).toBe(mode === "auto" ? "modern" : "legacy");
  expect((await client.readResource({ uri: "test://template/7/data" })).contents[0]).toMatchObject({
    mimeType: "application/json",
  });
  const ref = { type: "ref/prompt", name: "test_prompt_with_arguments" } as const;
  const completed = await client.complete({ ref, argument: { name: "arg1", value: "par" } });
  expect(completed.completion.values).toEqual(["paris", "park", "party"]);
  const seen: number[] = [];
  const onprogress = ({ progress }: { progress: number }): void => void seen.push(progress);
  await client.callTool({ name: "test_tool_with_progress", arguments: {} }, { onprogress });
  expect(seen).toEqual([0, 50, 100]);
});

test.each(["auto", "legacy", "sse"] as const)("the official client (%s) is asked what a tool needs to know", async (mode) => {
  await using client = await connected(mode);
  const { content } = await client.callTool({ name: "test_elicitation", arguments: { message: "Who are you?" } });
  expect(JSON.stringify(content)).toContain("ada");
});

test.each(["auto", "legacy"] as const)("the official client (%s) hears of changed tools", async (mode) => {
  await using client = await connected(mode);
  const told = new Promise((resolve) => client.setNotificationHandler("notifications/tools/list_changed", resolve));
  if (mode === "auto") await client.listen({ toolsListChanged: true });
  // A legacy client opens its stream by itself, at its own time.
  const nudge = setInterval(() => void client.callTool({ name: "test_trigger_tool_change", arguments: {} }).catch(() => {}), 20);
  try {
    expect(await told).toMatchObject({ method: "notifications/tools/list_changed" });
  } finally {
    clearInterval(nudge);
  }
});
