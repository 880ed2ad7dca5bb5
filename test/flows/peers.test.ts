import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import { lectern } from "../support/cli.ts";
import { peer } from "../support/peers.ts";

const everything = peer("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
const filesystem = peer("node_modules/@modelcontextprotocol/server-filesystem/dist/index.js");
const inspector = peer("node_modules/.bin/mcp-inspector");
const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "lectern-peers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const events = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
const config = (name: string, servers: object): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ mcpServers: servers, allow: ["*"] }));
  return path;
};

test.skipIf(!everything)("lectern ask uses server-everything over stdio", async () => {
  const file = config("everything.json", { everything: { command: process.execPath, args: [everything] } });
  const { code, stdout } = await lectern([
    "ask",
    "--emulator",
    "--config",
    file,
    "--stream-json",
    "What is the sum of 17 and 25?",
  ]);
  const seen = events(stdout);
  expect(code).toBe(0);
  expect(seen).toContainEqual(expect.objectContaining({ type: "tool_call", server: "everything", tool: "get-sum" }));
  expect(seen.at(-1)).toMatchObject({
    type: "done",
    citations: [
      expect.objectContaining({
        server: "everything",
        uri: "everything:get-sum#1",
        path: null,
        quote: expect.stringContaining("42"),
      }),
    ],
  });
});

test.skipIf(!everything)("a server's resources can be read where a rule names the tool for it, and only there", async () => {
  const server = { everything: { command: process.execPath, args: [everything] } };
  const offered = async (rules: object): Promise<string[]> => {
    const file = join(folder, "resources.json");
    writeFileSync(file, JSON.stringify({ mcpServers: server, ...rules }));
    const { stdout } = await lectern(["mcp", "tools", "--config", file, "--json"]);
    return JSON.parse(stdout).map(({ tool }: { tool: string }) => tool);
  };
  expect(await offered({ allow: ["everything/*"] })).toContain("read_resource");
  expect(await offered({ allow: ["everything/echo"] })).not.toContain("read_resource");
  expect(await offered({ allow: ["everything/*"], deny: ["read_resource"] })).not.toContain("read_resource");
});

test.skipIf(!filesystem)("lectern ask uses server-filesystem over stdio", async () => {
  writeFileSync(join(folder, "notes.txt"), "The spare key hangs behind the blue door.\n");
  const file = config("filesystem.json", { files: { command: process.execPath, args: [filesystem, folder] } });
  const { code, stdout } = await lectern([
    "ask",
    "--emulator",
    "--config",
    file,
    "--stream-json",
    `Read the text file ${join(folder, "notes.txt")}: where does the spare key hang?`,
  ]);
  expect(code).toBe(0);
  expect(events(stdout)).toContainEqual(
    expect.objectContaining({ type: "tool_result", ok: true, text: expect.stringContaining("blue door") }),
  );
});

test.skipIf(!inspector)("the official inspector lists and calls the knowledge server's tools", { timeout: 60_000 }, async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(
      process.execPath,
      [
        inspector!,
        "--cli",
        process.execPath,
        join(root, "src/cli/main.ts"),
        "knowledge",
        "serve",
        "--source",
        join(root, "data/handbook"),
        ...args,
      ],
      {
        env: { PATH: process.env.PATH, HOME: folder, LECTERN_CACHE_DIR: join(folder, "cache") },
      },
    );
  const [list, call] = await Promise.all([
    run("--method", "tools/list"),
    run("--method", "tools/call", "--tool-name", "search_knowledge_base", "--tool-arg", "query=vacation days"),
  ]);
  expect(list.stdout).toMatch(/search_knowledge_base[\s\S]*get_document/);
  expect(call.stdout).toContain('Results for \\"vacation days\\":');
});
