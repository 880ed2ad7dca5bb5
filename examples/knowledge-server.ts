// An MCP server of your own: the knowledge tools on your files, and one more tool beside them, over stdio.
// Put it into any MCP client's configuration: {"command": "node", "args": ["examples/knowledge-server.ts", "./my-folder"]}
// From a checkout the imports are the source; in a project that installed the package: "lectern", "lectern/knowledge", "lectern/serve".
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServedTool } from "../src/index.ts";
import { createKnowledgeApp, openKnowledge } from "../src/knowledge/index.ts";
import { serveStdio } from "../src/serve/index.ts";

const folder = process.argv[2] ?? fileURLToPath(new URL("../data/handbook", import.meta.url));

// The index lives outside your folder and is reused: only changed files are read again.
await using store = await openKnowledge({
  sources: [{ name: "docs", path: folder }],
  cacheDir: process.env.LECTERN_CACHE_DIR ?? join(tmpdir(), "lectern-example"),
});

const countDocuments: ServedTool = {
  name: "count_documents",
  description: "How many documents the knowledge base holds, and in which languages they are written.",
  inputSchema: { type: "object", properties: {} },
  annotations: { readOnlyHint: true, openWorldHint: false },
  call: () => {
    const { documents, chunks, languages } = store.counts();
    return { content: [{ type: "text", text: `${documents} documents, ${chunks} passages, in ${languages.join(", ")}.` }] };
  },
};

const knowledge = createKnowledgeApp(store, { name: "my-knowledge", version: "1.0.0" });
const serving = serveStdio({ ...knowledge, tools: [...knowledge.tools, countDocuments] });
// stdout belongs to the protocol; people are told on stderr.
for (const { path, reason } of store.problems()) console.error(`skipped ${path}: ${reason}`);
await serving.closed;
