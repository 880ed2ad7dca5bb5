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

const entry = { command: "npx", args: ["-y", "x"] };
test.each([
  ["VS Code's settings.json", "settings.json", { "editor.fontSize": 14, mcp: { servers: { x: entry } } }],
  ["a settings.json with mcpServers (Gemini CLI)", "settings.json", { theme: "dark", mcpServers: { x: entry } }],
  ["VS Code's settings under mcp.json", "mcp.json", { mcp: { servers: { x: entry } } }],
  ["a workspace file of VS Code", "team.code-workspace", { folders: [], settings: { mcp: { servers: { x: entry } } } }],
  ["Claude Code's file of the user", ".claude.json", { numStartups: 3, mcpServers: { x: entry } }],
  ["Windsurf's file", "mcp_config.json", { mcpServers: { x: entry } }],
])("the servers of %s are read when it is named", async (_, name, content) => {
  // Editors write comments into any of them.
  using world = new World({ [name]: `// mine\n${JSON.stringify(content)}` });
  const { servers, notices, root } = await world.load({ configFile: name });
  expect([servers.map(({ name: server, command }) => [server, command]), notices]).toEqual([[["x", "npx"]], []]);
  expect(root).toBe(world.project);
});

test("inputs of VS Code's settings fill in its servers", async () => {
  const mcp = { inputs: [{ id: "region", default: "eu" }], servers: { x: { command: "x", args: [variable("input:region")] } } };
  using world = new World({ "settings.json": { mcp } });
  expect(expandServer(await only(world, { configFile: "settings.json" }), {}).args).toEqual(["eu"]);
});

test("a settings.json that holds Lectern's own settings is Lectern's, mistakes in it included", async () => {
  using world = new World({ "settings.json": { mcpServers: { x: entry }, limits: { maxRounds: 3 }, theme: "dark" } });
  expect(await world.failure({ configFile: "settings.json" })).toMatchObject({ message: expect.stringContaining('"theme"') });
});

test("a file with servers under several names gives all of them", async () => {
  using world = new World({ ".vscode/mcp.json": { servers: { a: entry }, mcpServers: { b: entry } } });
  expect((await world.load()).servers.map(({ name }) => name)).toEqual(["a", "b"]);
});

test.each([
  [{ context_servers: { x: entry } }, '"context_servers"'],
  [{ x: entry }, '"x"'],
  [{ mcp: { x: { type: "local", command: ["npx", "x"] } } }, '"mcp"'],
])("a file whose servers stand elsewhere, %j, is told what to write", async (content, found) => {
  using world = new World({ ".mcp.json": content });
  expect((await world.load()).notices).toEqual([
    { code: "server_file_without_servers", message: expect.stringMatching(new RegExp(`the file has ${found}.*"mcpServers": `)) },
  ]);
});

test("a file without any servers is no matter for a notice", async () => {
  for (const content of [{}, { mcpServers: {} }, { inputs: [], servers: {} }]) {
    using world = new World({ ".mcp.json": content });
    expect((await world.load()).notices).toEqual([]);
  }
  using claude = new World({ "claude_desktop_config.json": { globalShortcut: "x" }, ".claude.json": { numStartups: 3 } });
  for (const configFile of ["claude_desktop_config.json", ".claude.json"])
    expect((await claude.load({ configFile })).notices).toEqual([]);
});

test("servers that Claude keeps for single folders are named, not passed over", async () => {
  const projects = { "/home/me/a": { mcpServers: { files: entry } }, "/home/me/b": { mcpServers: {} }, "/home/me/c": null };
  for (const content of [{ projects }, { projects, mcpServers: { x: entry } }]) {
    using world = new World({ ".claude.json": content });
    const { notices } = await world.load({ configFile: ".claude.json" });
    expect(notices).toMatchObject([{ message: expect.stringMatching(/: "files" are Claude's for single folders .* not read/) }]);
  }
});

test("servers that are a list make the file unreadable, not empty", async () => {
  using world = new World({ ".mcp.json": { servers: [entry] } });
  expect((await world.load()).notices).toMatchObject([
    { code: "server_file_unreadable", message: expect.stringContaining("no object") },
  ]);
});

test.each([
  ["lectern.config.json", {}],
  [".mcp.json", {}],
])("words of other programs are understood in %s: address, type, switched off, null", async (file) => {
  using world = new World({
    [file]: {
      mcpServers: {
        windsurf: { serverUrl: "https://a.example/mcp" },
        gemini: { httpUrl: "https://b.example/mcp" },
        cline: { type: "streamableHttp", url: "https://c.example/mcp", alwaysAllow: ["x"] },
        copilot: { type: "local", ...entry, env: null, url: null },
        off: { ...entry, enabled: false },
        away: { ...entry, isActive: false },
      },
    },
  });
  const { servers, notices } = await world.load();
  expect(servers.map(({ name, type, url = "" }) => [name, type, url])).toEqual([
    ["windsurf", "http", "https://a.example/mcp"],
    ["gemini", "http", "https://b.example/mcp"],
    ["cline", "http", "https://c.example/mcp"],
    ["copilot", "stdio", ""],
  ]);
  expect(notices).toEqual([]);
});

test("a copied timeout in seconds does not become one of milliseconds, and a sandbox of the editor is not promised", async () => {
  using world = new World({
    ".vscode/mcp.json": { servers: { a: { ...entry, timeout: 60 }, b: { ...entry, sandboxEnabled: true } } },
  });
  const { servers, notices } = await world.load();
  expect(servers.map(({ timeoutMs }) => timeoutMs)).toEqual([undefined, undefined]);
  expect(notices.map(({ message }) => message)).toEqual([
    expect.stringMatching(/servers\.a has a timeout of 60, .*milliseconds \(60 seconds are 60000\)/),
    expect.stringContaining("servers.b is to run in VS Code's sandbox"),
  ]);
});

test.each([
  ["servers", /VS Code's "servers" is called "mcpServers" here/],
  ["mcp", /under "mcpServers" here/],
  ["inputs", /LECTERN_INPUT_API_KEY/],
])("a copied %s in Lectern's own file is told what to write", async (key, fix) => {
  using world = new World({ "lectern.config.json": { [key]: {} } });
  expect((await world.failure()).fix).toMatch(fix);
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
    ".cursor/mcp.json": { mcpServers: { c: { command: "c", cwd: "tools" } } },
  });
  const { servers } = await world.load();
  expect((await only(world, { configFile: ".cursor/mcp.json" })).cwd).toBe(join(world.project, "tools"));
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
  [variable("cwd:-."), {}, "."],
  [`${variable("A")}-${variable("B")}`, { A: "1", B: variable("A") }, `1-${variable("A")}`],
  ["$A and $(A)", { A: "1" }, "$A and $(A)"],
])("%j with %j becomes %j", async (text, env, expected) => {
  expect(expandServer(await server({ command: "c", args: [text] }), env).args).toEqual([expected]);
});

test.each([
  [{ command: "c", args: [variable("TOKEN")] }, /mcpServers\.s uses \$\{TOKEN\}, but TOKEN is not set/],
  [{ command: "c", args: [variable("input:pat")] }, /LECTERN_INPUT_PAT is not set/],
  [{ command: "c", args: [variable("command:x.y")] }, /which only the editor can fill in/],
  [{ command: "c", args: [variable("fileDirname")] }, /which only the editor can fill in/],
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
