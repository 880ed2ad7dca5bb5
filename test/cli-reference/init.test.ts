import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { World } from "../config/world.ts";
import { lectern } from "../support/cli.ts";
import { ctrlC, down, enter, space, Terminal } from "./terminal.ts";

let azure: Emulator;
beforeAll(async () => {
  azure = await startEmulator();
});
afterAll(() => azure.close());

const key = (): string => azure.key;
const server = resolve(import.meta.dirname, "../mcp/servers/stdio-server.mjs");
const page = { "handbook/leave.md": "# Leave\n\nEvery new parent may take twenty weeks.\n" };
const flags = (...more: string[]) => [
  "init",
  "--yes",
  "--endpoint",
  azure.url,
  "--deployment",
  "default",
  "--source",
  "handbook",
  ...more,
];
const envOf = (world: World) => ({
  HOME: world.home,
  LECTERN_STATE_DIR: join(world.home, "state"),
  LECTERN_CACHE_DIR: join(world.home, "cache"),
});
const run = (world: World, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  lectern(args, { cwd: world.project, env: { ...envOf(world), ...env } });
const written = (world: World): Record<string, unknown> =>
  JSON.parse(readFileSync(join(world.project, "lectern.config.json"), "utf8"));
const nothingWritten = (world: World): boolean => !existsSync(join(world.project, "lectern.config.json"));

test("init --yes tries the deployment and the documents, writes the setup without the key, and the next ask works with it", async () => {
  using world = new World(page);
  const setup = await run(world, flags(), { AZURE_OPENAI_API_KEY: key() });
  expect(setup.code).toBe(0);
  expect(setup.stderr).toMatch(/default.* answers by the responses API/);
  expect(setup.stderr).toMatch(/handbook: 1 document/);
  expect(written(world)).toEqual({ azure: { endpoint: azure.url, deployment: "default", auth: "key" }, sources: ["./handbook"] });
  expect(readFileSync(join(world.project, ".env.example"), "utf8")).toMatch(/^AZURE_OPENAI_API_KEY=$/m);
  expect(existsSync(join(world.project, ".env"))).toBe(false);
  const asked = await run(world, ["ask", "--json", "How many weeks may a new parent take?"], { AZURE_OPENAI_API_KEY: key() });
  expect(JSON.parse(asked.stdout)).toMatchObject({ outcome: "answered", model: { emulated: false, deployment: "default" } });
});

test.each([
  ["a wrong key", () => flags(), { AZURE_OPENAI_API_KEY: "wrong" }, 3, /refused the credential|401/],
  ["a deployment that does not exist", () => flags("--deployment", "gpt-9"), {}, 3, /gpt-9/],
  ["a folder without documents", () => flags("--source", "empty"), {}, 2, /empty does not exist/],
  ["a source outside the folder", () => flags("--source", ".."), {}, 2, /outside this folder/],
  ["an endpoint that is none", () => ["init", "--yes", "--endpoint", "https://", "--deployment", "d"], {}, 2, /is no URL/],
  [
    "an endpoint with its placeholder",
    () => ["init", "--yes", "--endpoint", "https://<resource>.openai.azure.com", "--deployment", "d"],
    {},
    2,
    /Put your own resource's name/,
  ],
  ["an endpoint without a deployment", () => ["init", "--yes", "--endpoint", azure.url], {}, 2, /needs a deployment/],
] as const)("%s is an error with a fix, and nothing is written", async (_, args, env, code, message) => {
  using world = new World(page);
  const result = await run(world, args(), { AZURE_OPENAI_API_KEY: key(), ...env });
  expect({ code: result.code, unchanged: nothingWritten(world) }).toEqual({ code, unchanged: true });
  expect(result.stderr).toMatch(message);
  expect(result.stderr).toMatch(/fix: /);
});

test("files that exist are changed only with --force, and what the answers do not speak of stays", async () => {
  const before = { limits: { maxRounds: 3 }, azure: { api: "chat" }, allow: ["files/*"] };
  using world = new World({ ...page, "lectern.config.json": before, ".env.example": "MINE=\n" });
  const args = ["init", "--yes", "--source", "handbook"];
  const refused = await run(world, args);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/lectern\.config\.json and \.env\.example would be changed; nothing was written/);
  expect(written(world)).toEqual(before);
  expect((await run(world, [...args, "--force"])).code).toBe(0);
  expect(written(world)).toEqual({ ...before, sources: ["./handbook"] });
  expect(readFileSync(join(world.project, ".env.example"), "utf8")).toMatch(/^MINE=\n[\s\S]*^AZURE_OPENAI_API_KEY=$/m);
  expect((await run(world, args)).code).toBe(0);
  // The next command to try needs no --source then.
  expect((await run(world, ["init", "--yes"])).stderr).toMatch(/^lectern ask --emulator "your question"$/m);
});

const desktop = {
  mcpServers: {
    gh: { command: "npx", args: ["-y", "gh-mcp", "--token", "s3cr3t-a"], env: { GITHUB_TOKEN: "s3cr3t-b", MODE: "read" } },
    web: { url: "https://x.example/mcp?key=s3cr3t-c", headers: { Authorization: "Bearer s3cr3t-d", "x-region": "eu" } },
    db: { command: "db-mcp", args: ["postgres://me:s3cr3t-e@db/x"] },
  },
};

test("servers of another program are taken over with every secret replaced by a variable", async () => {
  using world = new World({ "claude_desktop_config.json": desktop });
  const { code, stderr } = await run(world, ["init", "--yes", "--no-test", "--import", "claude_desktop_config.json"]);
  expect(code).toBe(0);
  const all = ["lectern.config.json", ".env.example"].map((name) => readFileSync(join(world.project, name), "utf8")).join();
  expect(all + stderr).not.toContain("s3cr3t");
  const servers = written(world).mcpServers as Record<string, { env?: object; headers?: object; args?: string[] }>;
  expect(servers.gh!.env).toEqual({ GITHUB_TOKEN: expect.stringMatching(/^\$\{GITHUB_TOKEN\}$/), MODE: "read" });
  expect(servers.web!.headers).toEqual({
    Authorization: expect.stringMatching(/^Bearer \$\{WEB_AUTHORIZATION\}$/),
    "x-region": "eu",
  });
  expect(stderr).toContain(
    "Copy .env.example to .env and fill in GH_TOKEN, GITHUB_TOKEN, WEB_AUTHORIZATION, WEB_TOKEN, DB_TOKEN.",
  );
  for (const name of ["DB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "WEB_AUTHORIZATION", "WEB_TOKEN"])
    expect(all).toMatch(new RegExp(`^${name}=$`, "m"));
});

test("an imported server is tried, written and approved; one that does not start is an error", async () => {
  using world = new World({
    "mcp.json": { mcpServers: { toys: { command: process.execPath, args: [server] } } },
    "bad.json": { mcpServers: {} },
  });
  const { code, stderr } = await run(world, ["init", "--yes", "--import", "mcp.json"]);
  expect(stderr).toMatch(/toys: \d+ tool/);
  expect(code).toBe(0);
  expect((await run(world, ["mcp", "list", "--json"])).stdout).toContain('"trusted":true');
  world.write("claude_desktop_config.json", {
    mcpServers: { dead: { command: process.execPath, args: ["-e", "process.exit(7)"] } },
  });
  const dead = await run(world, ["init", "--yes", "--force", "--import", "claude_desktop_config.json"]);
  expect({ code: dead.code, written: written(world).mcpServers }).toEqual({ code: 4, written: { toys: expect.anything() } });
  expect(dead.stderr).toMatch(/dead does not work: .*7/);
});

test("without a terminal and without --yes the fix names the flags", async () => {
  using world = new World();
  const { code, stderr } = await run(world, ["init"]);
  expect({ code, unchanged: nothingWritten(world) }).toEqual({ code: 2, unchanged: true });
  expect(stderr).toMatch(/fix: .*lectern init --yes --endpoint URL --deployment NAME --source PATH/);
});

test("at a terminal every answer is tried when it is given, a wrong one can be corrected, and the key is not kept", async () => {
  using world = new World({ ...page, ".vscode/mcp.json": { servers: { toys: { command: process.execPath, args: [server] } } } });
  const terminal = new Terminal(["init"], { cwd: world.project, env: { ...envOf(world), PATH: process.env.PATH! } });
  await terminal.answer("Who answers?", enter);
  await terminal.answer("Endpoint of the Azure OpenAI resource", `${azure.url}${enter}`);
  await terminal.answer("Name of the deployment", `gpt-9${enter}`);
  await terminal.answer("How do you prove who you are?", down + enter);
  await terminal.answer("The key, for a trial now", key() + enter);
  await terminal.answer("gpt-9", "");
  await terminal.answer("What now?", enter);
  await terminal.answer("Endpoint of the Azure OpenAI resource", enter);
  await terminal.answer("Name of the deployment", `${"\u007f".repeat(5)}default${enter}`);
  await terminal.answer("How do you prove who you are?", down + enter);
  await terminal.answer("The key, for a trial now", key() + enter);
  await terminal.answer("answers by the responses API", "");
  await terminal.answer("A folder or file of documents", enter);
  await terminal.answer("1 document", "");
  await terminal.answer("Another one", enter);
  await terminal.answer("MCP servers found", space + enter);
  await terminal.answer("May Lectern start exactly this", `y`);
  await terminal.answer("Connecting to toys: ", "");
  await terminal.answer("Write it, and .env.example?", "y");
  await terminal.answer("Done.", "");
  expect(await terminal.code).toBe(0);

  expect(terminal.plain).not.toContain(key());
  expect(written(world)).toEqual({ azure: { endpoint: azure.url, deployment: "default", auth: "key" }, sources: ["./handbook"] });
  expect((await run(world, ["mcp", "list", "--json"])).stdout).toContain('"trusted":true');
  const asked = await run(world, ["ask", "--json", "How many weeks may a new parent take?"], { AZURE_OPENAI_API_KEY: key() });
  expect(JSON.parse(asked.stdout)).toMatchObject({ outcome: "answered" });
});

test("stopping in the middle writes nothing", async () => {
  using world = new World();
  const terminal = new Terminal(["init"], { cwd: world.project, env: envOf(world) });
  await terminal.answer("Who answers?", down + enter);
  await terminal.answer("A folder or file of documents", ctrlC);
  expect(await terminal.code).toBe(130);
  expect(terminal.plain).toContain("Stopped; nothing was written.");
  expect(nothingWritten(world)).toBe(true);
});

test("Ctrl-C while an answer is tried stops the setup, with the exit code of an interruption", async () => {
  using world = new World();
  await using silent = await silentServer();
  const env = {
    ...envOf(world),
    AZURE_OPENAI_ENDPOINT: silent.url,
    AZURE_OPENAI_DEPLOYMENT_NAME: "d",
    AZURE_OPENAI_API_KEY: key(),
  };
  const terminal = new Terminal(["init"], { cwd: world.project, env });
  for (const question of ["Who answers?", "Endpoint of the", "Name of the deployment", "How do you prove"])
    await terminal.answer(question, enter);
  await terminal.answer("Asking the deployment", ctrlC);
  terminal.interrupt();
  expect(await terminal.code).toBe(130);
  expect(terminal.plain).toMatch(/lectern: Stopped\.\n$/);
  expect(nothingWritten(world)).toBe(true);
});

/** Takes connections and says nothing. */
async function silentServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const listening = createServer().listen(0, "127.0.0.1");
  await once(listening, "listening");
  const sockets = new Set<Socket>();
  listening.on("connection", (socket) => sockets.add(socket));
  return {
    url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listening.close();
    },
  };
}

test("a terminal that cannot redraw a line is told to use flags", async () => {
  using world = new World(page);
  const terminal = new Terminal(["init"], { cwd: world.project, env: { ...envOf(world), TERM: "dumb" } });
  expect(await terminal.code).toBe(2);
  expect(terminal.plain).toContain("lectern init --yes");
});
