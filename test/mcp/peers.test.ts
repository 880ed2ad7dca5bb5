import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createToolbox, type McpToolbox, type ServerConfig } from "../../src/mcp/index.ts";
import { peer } from "../support/peers.ts";
import { textOf } from "./support.ts";

const modules = peer("node_modules/@modelcontextprotocol");
const everything = `${modules}/server-everything/dist/index.js`;
const folder = mkdtempSync(join(tmpdir(), "lectern-peers-"));
const started: ChildProcess[] = [];
const baseEnv = { PATH: process.env.PATH, HOME: folder };

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const node = (...args: string[]): ServerConfig => ({ type: "stdio", command: process.execPath, args });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Starts a peer's HTTP server and waits until it accepts connections. */
async function listening(args: string[], env: Record<string, string>, port: number): Promise<void> {
  started.push(spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: "ignore" }));
  for (;;) {
    const open = await fetch(`http://127.0.0.1:${port}/none`).then(
      () => true,
      () => false,
    );
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const connect = (config: ServerConfig): Promise<McpToolbox> => createToolbox({ p: config }, { baseEnv });
const call = (toolbox: McpToolbox, tool: string, args: object) =>
  toolbox.call({ id: "c1", name: `p__${tool}`, arguments: JSON.stringify(args) });

(modules === undefined ? describe.skip : describe.concurrent)("other people's servers", () => {
  test("server-everything works over stdio, with images, links and progress", async () => {
    await using toolbox = await connect(node(everything));
    expect(toolbox.servers()[0]).toMatchObject({ state: "ready", reason: null });
    expect(toolbox.flags()).toEqual([]);
    expect(textOf(await call(toolbox, "echo", { message: "hi" }))).toBe("Echo: hi");
    const image = await call(toolbox, "get-tiny-image", {});
    expect(image.content.map((block) => block.type)).toContain("image");
    const steps: number[] = [];
    const long = { id: "c", name: "p__trigger-long-running-operation", arguments: '{"duration":0.3,"steps":3}' };
    const done = await toolbox.call(long, { onProgress: ({ progress }) => steps.push(progress) });
    expect(done.isError).toBe(false);
    expect(steps.length).toBeGreaterThan(0);
    const [resource] = await toolbox.listResources("p");
    expect((await toolbox.readResource("p", resource!.uri)).text).not.toBe("");
  });

  test("the model reads server-everything's resources, text and binary", async () => {
    await using toolbox = await createToolbox({ p: node(everything) }, { baseEnv, offersResources: () => true });
    const listed = textOf(await call(toolbox, "read_resource", {}));
    const [, uri] = /^- (demo:\S+\.md)/m.exec(listed) ?? [];
    expect(textOf(await call(toolbox, "read_resource", { uri }))).toMatch(/everything/i);
    expect(listed).toContain("demo://resource/dynamic/text/{resourceId}");
    expect(textOf(await call(toolbox, "read_resource", { uri: "demo://resource/dynamic/text/1" }))).toContain("Resource 1");
    expect(textOf(await call(toolbox, "read_resource", { uri: "demo://resource/dynamic/blob/1" }))).toContain(
      "binary data left out",
    );
    expect((await call(toolbox, "read_resource", { uri: "demo://nowhere" })).isError).toBe(true);
  });

  test("server-everything works over Streamable HTTP", async () => {
    const port = await freePort();
    await listening([everything, "streamableHttp"], { PORT: String(port) }, port);
    await using toolbox = await connect({ type: "http", url: `http://127.0.0.1:${port}/mcp` });
    expect(textOf(await call(toolbox, "echo", { message: "over HTTP" }))).toBe("Echo: over HTTP");
  });

  test("server-everything works over the older SSE transport, found out by itself", async () => {
    const port = await freePort();
    await listening([everything, "sse"], { PORT: String(port) }, port);
    await using toolbox = await connect({ type: "http", url: `http://127.0.0.1:${port}/sse` });
    expect(textOf(await call(toolbox, "echo", { message: "over SSE" }))).toBe("Echo: over SSE");
  });

  test("server-filesystem reads inside its folder and refuses outside of it", async () => {
    writeFileSync(join(folder, "note.txt"), "remember the milk");
    await using toolbox = await connect(node(`${modules}/server-filesystem/dist/index.js`, folder));
    expect(toolbox.flags()).toEqual([]);
    expect(textOf(await call(toolbox, "read_text_file", { path: join(folder, "note.txt") }))).toBe("remember the milk");
    expect((await call(toolbox, "read_text_file", { path: "/etc/hostname" })).isError).toBe(true);
  });

  test("server-memory keeps what it is told", async () => {
    const entities = [{ name: "Ada", entityType: "person", observations: ["likes engines"] }];
    const memory: ServerConfig = {
      ...node(`${modules}/server-memory/dist/index.js`),
      type: "stdio",
      command: process.execPath,
      env: { MEMORY_FILE_PATH: join(folder, "memory.json") },
    };
    await using toolbox = await connect(memory);
    expect(toolbox.flags()).toEqual([]);
    await call(toolbox, "create_entities", { entities });
    expect(textOf(await call(toolbox, "search_nodes", { query: "engines" }))).toContain("Ada");
  });

  test("a FastMCP server works over stdio, its failures are answers and its instructions are passed on", async () => {
    await using toolbox = await connect(node(peer("fastmcp-server.mjs")!));
    expect(textOf(await call(toolbox, "price", { thing: "lamp" }))).toBe("lamp: 12 euros");
    expect(await call(toolbox, "fail", {})).toMatchObject({ isError: true });
    expect(toolbox.instructions()).toEqual([{ server: "p", text: "Ask for prices." }]);
  });

  test("a FastMCP server works over HTTP", async () => {
    const port = await freePort();
    await listening([peer("fastmcp-server.mjs")!, String(port)], {}, port);
    await using toolbox = await connect({ type: "http", url: `http://127.0.0.1:${port}/mcp` });
    expect(textOf(await call(toolbox, "price", { thing: "desk" }))).toBe("desk: 12 euros");
  });

  test("@playwright/mcp lists its large schemas without a quarantined tool", async () => {
    await using toolbox = await connect(node(peer("node_modules/@playwright/mcp/cli.js")!));
    expect(toolbox.tools().length).toBeGreaterThan(20);
    expect(toolbox.servers()[0]?.quarantined).toEqual([]);
    expect(toolbox.flags()).toEqual([]);
  });
});
