import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { JsonObject } from "../../src/core/json.ts";
import { anonymous, type Caller, type ServedApp, type ServedResult } from "../../src/core/served-tools.ts";
import { chunkDocument } from "../../src/knowledge/chunk/chunk.ts";
import { createKnowledgeApp, type KnowledgeStore, type OpenKnowledgeOptions, openKnowledge } from "../../src/knowledge/index.ts";
import type { LoadedDocument } from "../../src/knowledge/load/document.ts";
import { markdownLoader } from "../../src/knowledge/load/markdown/markdown.ts";
import { createIndexWriter } from "../../src/knowledge/stores/sqlite/writer.ts";
import { createAnalyzer } from "../../src/knowledge/text/analyzer.ts";

/** A folder of its own with these files (path -> text), removed when disposed. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>) {
  const root = mkdtempSync(join(tmpdir(), "lectern-knowledge-"));
  const path = join(root, "base");
  const cacheDir = join(root, "cache");
  const write = (name: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  };
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) write(name, content);
  return { root, path, cacheDir, write, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** A store over these files; both vanish when disposed. */
export async function storeWith(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<OpenKnowledgeOptions> = {},
) {
  const folder = folderWith(files);
  const store = await openKnowledge({ sources: [{ name: "base", path: folder.path }], cacheDir: folder.cacheDir, ...options });
  const app = createKnowledgeApp(store);
  return {
    folder,
    store,
    app,
    call: (tool: string, args: JsonObject = {}, caller: Caller = anonymous) => callTool(app, tool, args, caller),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

export async function callTool(
  app: ServedApp,
  tool: string,
  args: JsonObject = {},
  caller: Caller = anonymous,
): Promise<ServedResult> {
  const found = app.tools.find((candidate) => candidate.name === tool);
  if (!found) throw new Error(`no tool ${tool}`);
  return found.call(args, { caller, signal: new AbortController().signal, progress: () => {} });
}

export const textOf = (result: ServedResult): string =>
  result.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");

export async function paths(store: KnowledgeStore, query: string): Promise<string[]> {
  return (await store.search(query)).hits.map((hit) => hit.path);
}

/** Puts a Markdown page into an index at once, as another process on it might. */
export function putPage(index: DatabaseSync, path: string, text: string): void {
  const document = markdownLoader.load(text, { path, alone: true }) as LoadedDocument;
  const writer = createIndexWriter(index, createAnalyzer());
  index.exec("BEGIN IMMEDIATE");
  const file = { source: "base", path, size: 0, mtimeMs: 0, ctimeMs: 0, hash: "", problem: null };
  writer.put({ ...file, document, chunks: chunkDocument(document) });
  writer.finish();
  index.exec("COMMIT");
}
