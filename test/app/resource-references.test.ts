import { expect, test } from "vitest";
import { referencedResources } from "../../src/app/resource-references.ts";
import type { McpToolbox } from "../../src/mcp/toolbox.ts";

function mcpWith(...names: string[]): { readonly mcp: McpToolbox; readonly read: string[] } {
  const read: string[] = [];
  const mcp: Pick<McpToolbox, "servers" | "readResource"> = {
    servers: () => names.map((name) => ({ name, type: "stdio", state: "ready", reason: null, tools: 0, quarantined: [] })),
    readResource: async (server, uri) => {
      read.push(`${server} ${uri}`);
      return { uri, mimeType: null, text: `text of ${uri}` };
    },
  };
  return { mcp: mcp as McpToolbox, read };
}

test("a resource named as @server:uri is read and handed in with the question", async () => {
  const { mcp, read } = mcpWith("files");
  const found = await referencedResources("What does @files:file:///a/b.md say, and (@files:kb://x/y)?", mcp);
  expect(read).toEqual(["files file:///a/b.md", "files kb://x/y"]);
  expect(found[0]).toEqual({ name: "files:file:///a/b.md", text: "text of file:///a/b.md" });
});

test("addresses, handles and unknown servers are ordinary text", async () => {
  const { mcp, read } = mcpWith("files");
  expect(await referencedResources("Write to ann@files:8080 or @other:thing or @files.", mcp)).toEqual([]);
  expect(read).toEqual([]);
});
