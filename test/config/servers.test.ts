import { join } from "node:path";
import { expect, test } from "vitest";
import { expandServer, inputVariable, usedVariables, variablesFor } from "../../src/config/expand.ts";
import { variable, World } from "./world.ts";

const only = async (world: World, options: Parameters<World["load"]>[0] = {}) => (await world.load(options)).servers[0]!;

test("Claude's .mcp.json is read as a file of the project", async () => {
  using world = new World({
    ".mcp.json": {
      mcpServers: {
        git: { command: "uvx", args: ["mcp-server-git"], env: { DEPTH: 3, ON: true, OFF: null } },
        web: { type: "http", url: "https://x.example/mcp", headers: { a: "b" }, timeout: 5000 },
      },
    },
  });
  const { servers } = await world.load();
  expect(servers).toMatchObject([
    {
      name: "git",
      type: "stdio",
      command: "uvx",
      args: ["mcp-server-git"],
      env: { DEPTH: "3", ON: "true" },
      origin: { kind: "project_file" },
    },
    { name: "web", type: "http", url: "https://x.example/mcp", headers: { a: "b" }, timeoutMs: 5000 },
  ]);
  expect(servers[0]!.env).not.toHaveProperty("OFF");
});

test("VS Code's file is read with its comments, inputs, envFile and folders", async () => {
  using world = new World({
    ".vscode/mcp.json": `{
      // asked for once
      "inputs": [{ "id": "api-key", "type": "promptString", "description": "Key of the shop", "password": true },
                 { "id": "region", "type": "pickString", "options": ["eu", "us"], "default": "eu" }],
      "servers": {
        "shop": { "type": "stdio", "command": "${variable("workspaceFolder")}/bin/shop", "args": ["${variable("input:region")}", "${variable("env:SHOP_MODE")}"],
                  "envFile": "${variable("workspaceFolder")}/.shop", "env": { "KEY": "${variable("input:api-key")}" }, },
      },
    }`,
    ".shop": "A=1\nKEY=low\n",
  });
  const server = await only(world);
  const filled = expandServer(server, { LECTERN_INPUT_API_KEY: "k", SHOP_MODE: "test" });
  expect(filled).toMatchObject({ command: join(world.project, "bin/shop"), args: ["eu", "test"], env: { A: "1", KEY: "k" } });
});

test("claude_desktop_config.json is read when it is named, other programs' keys left alone", async () => {
  using world = new World({
    "claude_desktop_config.json": {
      globalShortcut: "x",
      mcpServers: { files: { command: "npx", args: ["-y", "f"], autoApprove: [] } },
    },
  });
  expect((await world.load()).servers).toEqual([]);
  expect(await only(world, { configFile: "claude_desktop_config.json" })).toMatchObject({
    name: "files",
    origin: { kind: "flag" },
  });
});

test("a file of another program that is broken costs its servers, not the answer", async () => {
  using world = new World({ ".mcp.json": "{ nope", "lectern.config.json": { mcpServers: { a: { command: "a" } } } });
  const { servers, notices } = await world.load();
  expect(servers.map((server) => server.name)).toEqual(["a"]);
  expect(notices).toMatchObject([
    { code: "server_file_unreadable", message: expect.stringContaining(".mcp.json cannot be read: line 1, column 3") },
  ]);
});

test("an entry that makes no sense is left out with its name and the reason, the others stay", async () => {
  using world = new World({ ".mcp.json": { mcpServers: { bad: { command: 7 }, none: {}, good: { command: "g" } } } });
  const { servers, notices } = await world.load();
  expect(servers.map((server) => server.name)).toEqual(["good"]);
  expect(notices.map((notice) => notice.message)).toEqual([
    expect.stringContaining("mcpServers.bad.command is a number; it must be text; the server is left out."),
    expect.stringContaining("mcpServers.none needs either"),
  ]);
});

test("mcpFiles: false leaves other programs' files unread", async () => {
  using world = new World({ ".mcp.json": { mcpServers: { a: { command: "a" } } }, "lectern.config.json": { mcpFiles: false } });
  expect((await world.load()).servers).toEqual([]);
});

test("a server that a stronger file switches off stays off", async () => {
  using world = new World({
    "~/.config/lectern/config.json": { mcpServers: { noisy: { disabled: true } } },
    ".mcp.json": { mcpServers: { noisy: { command: "n" }, other: { command: "o" } } },
  });
  expect((await world.load()).servers.map((server) => server.name)).toEqual(["other"]);
});

test("the same server in the files of several programs is one server, and no matter for a notice", async () => {
  const server = { command: "npx", args: ["x"] };
  using world = new World({
    ".mcp.json": { mcpServers: { x: server } },
    ".vscode/mcp.json": { servers: { x: { type: "stdio", ...server } } },
  });
  const config = await world.load();
  expect([config.servers.length, config.notices]).toEqual([1, []]);
});

test.each([
  ["my server", "my-server"],
  ["@scope/thing", "scope-thing"],
  ["__proto__", "proto__"],
  ["…", "server"],
  ["x".repeat(80), "x".repeat(64)],
])("a server named %j is called %j", async (written, name) => {
  using world = new World({ ".mcp.json": `{"mcpServers":{${JSON.stringify(written)}:{"command":"c"}}}` });
  expect((await only(world)).name).toBe(name);
});

test("relative folders and files of a server start from its file, VS Code's from the workspace", async () => {
  using world = new World({
    "lectern.config.json": { mcpServers: { a: { command: "a", cwd: "tools", envFile: ".vars" } } },
    ".vscode/mcp.json": { servers: { b: { command: "b", cwd: "tools" } } },
  });
  const { servers } = await world.load();
  expect(servers.map(({ name, cwd }) => [name, cwd])).toEqual([
    ["a", join(world.project, "tools")],
    ["b", join(world.project, "tools")],
  ]);
  expect(servers[0]!.envFile).toBe(join(world.project, ".vars"));
});

const server = async (entry: object) => {
  using world = new World({ "lectern.config.json": { mcpServers: { s: entry } } });
  return await only(world);
};

test.each([
  [variable("A"), { A: "1" }, "1"],
  [variable("env:A"), { A: "1" }, "1"],
  [variable("A:-two"), {}, "two"],
  [variable("A:-two"), { A: "" }, "two"],
  [variable("A:-"), {}, ""],
  [`${variable("A")}-${variable("B")}`, { A: "1", B: variable("A") }, `1-${variable("A")}`],
  ["$A and $(A)", { A: "1" }, "$A and $(A)"],
])("%j with %j becomes %j", async (text, env, expected) => {
  expect(expandServer(await server({ command: "c", args: [text] }), env).args).toEqual([expected]);
});

test.each([
  [{ command: "c", args: [variable("TOKEN")] }, /mcpServers\.s uses \$\{TOKEN\}, but TOKEN is not set/],
  [{ command: "c", args: [variable("input:pat")] }, /LECTERN_INPUT_PAT is not set/],
  [{ command: "c", args: [variable("command:x.y")] }, /which only the editor can fill in/],
  [{ command: "c", envFile: "gone" }, /the envFile cannot be read/],
  [{ url: "file:///etc/passwd" }, /the url is no http\(s\) address/],
  [{ url: "https://user:pass@x.example" }, /holds a user name/],
])("%j cannot be filled in, and the error says why without any value", async (entry, message) => {
  const configured = await server(entry);
  expect(() => expandServer(configured, {})).toThrow(message);
});

test("an input's answer has a variable, named after it", () => {
  expect(inputVariable("github-pat.v2")).toBe("LECTERN_INPUT_GITHUB_PAT_V2");
});

test("the variables of a definition are known before anything is filled in", async () => {
  const configured = await server({
    command: "c",
    args: [variable("B"), variable("workspaceFolder")],
    env: { X: variable("env:A"), Y: variable("input:z") },
  });
  expect(usedVariables(configured)).toEqual(["A", "B", "LECTERN_INPUT_Z"]);
});

test("a server of the user's own file sees nothing of the project's .env", async () => {
  using world = new World({
    "~/.config/lectern/config.json": { mcpServers: { own: { command: "o" } } },
    ".mcp.json": { mcpServers: { theirs: { command: "t" } } },
    ".env": "A=project\n",
  });
  const config = await world.load();
  const seen = config.servers.map((entry) => [entry.name, variablesFor(entry, config).A]);
  expect(Object.fromEntries(seen)).toEqual({ own: undefined, theirs: "project" });
});
