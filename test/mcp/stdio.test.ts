import { expect, test } from "vitest";
import { createToolbox, planSpawn, spawnServer } from "../../src/mcp/index.ts";
import { connectTimeoutFor, notReady, type ServerConfig } from "../../src/mcp/servers.ts";
import { callTool, fixtureServer, isRunning, textOf, until } from "./support.ts";

const baseEnv = { PATH: process.env.PATH, AZURE_OPENAI_API_KEY: "never-to-be-seen" };

test("a stdio server is started, listed, called and ended", async () => {
  const toolbox = await createToolbox({ s: fixtureServer("good") }, { baseEnv });
  expect(toolbox.tools().map((tool) => tool.name)).toEqual(["s__die", "s__echo", "s__env", "s__pid"]);
  expect(textOf(await callTool(toolbox, "echo", { text: "héllo" }))).toBe("héllo");
  const { pid } = JSON.parse(textOf(await callTool(toolbox, "pid")));
  await toolbox[Symbol.asyncDispose]();
  expect(await isRunning(pid)).toBe(false);
});

test("a server gets the reduced environment and nothing of the host's secrets", async () => {
  await using toolbox = await createToolbox({ s: { ...fixtureServer("good"), env: { MODE: "test" } } }, { baseEnv });
  const names: string[] = JSON.parse(textOf(await callTool(toolbox, "env")));
  expect(names).toContain("MODE");
  expect(names).not.toContain("AZURE_OPENAI_API_KEY");
});

test("a server that dies at start is named with its exit code and last words, without its secrets and escapes", async () => {
  await using toolbox = await createToolbox({ bad: fixtureServer("dies"), s: fixtureServer("good") }, { baseEnv });
  const bad = toolbox.servers().find((server) => server.name === "bad");
  expect(bad?.state).toBe("failed");
  expect(bad?.reason).toContain("exited with code 3");
  expect(bad?.reason).toContain("no database");
  expect(bad?.reason).not.toContain("abcdef123456");
  expect(textOf(await callTool(toolbox, "echo", { text: "still here" }))).toBe("still here");
});

test("a program that does not exist is said to be missing", async () => {
  await using toolbox = await createToolbox({ s: { type: "stdio", command: "lectern-no-such-program" } }, { baseEnv });
  expect(toolbox.servers()[0]).toMatchObject({ state: "failed", reason: expect.stringContaining("not found") });
});

test.concurrent.each([
  ["messages framed as for editors", "process.stdout.write('Content-Length: 20\\r\\n\\r\\n{}')", "Content-Length: 20"],
  ["plain words", "console.log('Listening on port 3000, token=abcdef123456')", "Listening on port 3000"],
])("a program that writes %s in place of messages is told by what it wrote", async (_what, code, said) => {
  const program = `${code};console.error("written");setInterval(()=>{},1000)`;
  const config = { type: "stdio", command: process.execPath, args: ["-e", program] } as const;
  const spawned = spawnServer(planSpawn(config, { baseEnv }));
  await until(() => spawned.stderrTail() !== "");
  const options = { baseEnv, connectTimeoutMs: 1_000, shutdown: { graceMs: 20 }, adopt: { s: spawned } };
  await using toolbox = await createToolbox({ s: config }, options);
  const [status] = toolbox.servers();
  expect(status).toMatchObject({ state: "failed", reason: expect.stringContaining("was not ready within 1 s") });
  expect(status?.reason).toContain(said);
  expect(status?.reason).not.toContain("abcdef123456");
});

test("a program that prints its usage and ends is told by what it printed", async () => {
  const config = { type: "stdio", command: process.execPath, args: ["-e", "console.log('usage: tool [--port N]')"] } as const;
  await using toolbox = await createToolbox({ s: config }, { baseEnv });
  expect(toolbox.servers()[0]?.reason).toMatch(/^it exited with code 0; .* no MCP message .*: "usage: tool \[--port N\]"$/);
});

test.each([
  ["npx", ["-y", "x"], 30_000],
  ["/usr/local/bin/uvx", ["x"], 30_000],
  ["cmd", ["/c", "npx", "x"], 30_000],
  ["C:\\Program Files\\nodejs\\npx.cmd", ["x"], 30_000],
  ["docker", ["run", "-i", "x"], 30_000],
  ["node", ["npx.js"], 15_000],
])("%s %j has %d ms to be ready: it may have to be downloaded first, or not", (command, args, ms) => {
  const config = { type: "stdio", command, args } as const;
  expect(connectTimeoutFor(config)).toBe(ms);
  expect(notReady(config, ms).includes("by hand")).toBe(ms === 30_000);
});

test("a command line where a program's name belongs is told how to write it", async () => {
  const config = { type: "stdio", command: "lectern-no-such-program --port 1" } as const;
  await using toolbox = await createToolbox({ s: config }, { baseEnv });
  expect(toolbox.servers()[0]?.reason).toContain("belong into args");
});

test("a process the caller started already is adopted, not started again", async () => {
  const config = fixtureServer("good");
  const spawned = spawnServer(planSpawn(config, { baseEnv }));
  await using toolbox = await createToolbox({ s: config }, { baseEnv, adopt: { s: spawned } });
  expect(JSON.parse(textOf(await callTool(toolbox, "pid"))).pid).toBe(spawned.child.pid);
});

test("what a failing server says never repeats a secret it was given, by whatever name and in whatever form", async () => {
  const env = {
    KB_TOKEN: "k7-nightjar-91",
    ACCESS: "Qm7wZk2TfLx9RbVe4HsNp",
    KB_FOLDER: "/srv/handbook2026/Docs",
    MODEL: "gpt-4o-2024",
  };
  const says = `console.error("token is", process.env.KB_TOKEN, Buffer.from(process.env.KB_TOKEN).toString("base64url"), "for", process.env.ACCESS, "in", process.env.KB_FOLDER, process.env.MODEL); process.exit(3)`;
  const config = { type: "stdio", command: process.execPath, args: ["-e", says], env } as const;
  await using toolbox = await createToolbox({ s: config }, { baseEnv });
  expect(toolbox.servers()[0]?.reason).toBe(
    "it exited with code 3; last error output: token is [redacted] [redacted] for [redacted] in /srv/handbook2026/Docs gpt-4o-2024",
  );
});

test("what is cut of a server's words shows no half of a secret it was given", async () => {
  const secret = `k7-nightjar-91-${"walrus-".repeat(20)}`;
  const answer = `JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(line).id, error: { code: -32000, message: "x".repeat(230) + " " + process.env.KB_TOKEN } })`;
  const scripts = [
    `console.log("Usage: server [options] and so on and on, now with " + process.env.KB_TOKEN)`,
    `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => console.log(${answer}))`,
  ];
  const servers = scripts.map((script): [string, ServerConfig] => [
    `s${script.length}`,
    { type: "stdio", command: process.execPath, args: ["-e", script], env: { KB_TOKEN: secret } },
  ]);
  await using toolbox = await createToolbox(Object.fromEntries(servers), { baseEnv });
  const reasons = toolbox.servers().map(({ reason }) => reason);
  expect(reasons).toEqual([expect.stringContaining("[redacted]"), expect.stringContaining("[redacted]")]);
  expect(reasons.join()).not.toContain("nightjar");
});

test("names of models, folders and files that a server was given stay readable in what it says", async () => {
  const env = { MODEL: "Meta-Llama-3.1-70B-Instruct", SOURCE: "src/Server2/Data/index.ts", SSH_KEY: "/home/Me/.ssh/id_2.pem" };
  const says = "console.error(process.env.MODEL, process.env.SOURCE, process.env.SSH_KEY); process.exit(3)";
  const config = { type: "stdio", command: process.execPath, args: ["-e", says], env } as const;
  await using toolbox = await createToolbox({ s: config }, { baseEnv });
  expect(toolbox.servers()[0]?.reason).toContain(Object.values(env).join(" "));
});

test("what a server writes in place of messages never repeats a secret it was given", async () => {
  const config = {
    type: "stdio",
    command: process.execPath,
    args: ["-e", "console.log('hello ' + process.env.KB_PASSWORD)"],
    env: { KB_PASSWORD: "k7-nightjar-91" },
  } as const;
  await using toolbox = await createToolbox({ s: config }, { baseEnv });
  expect(toolbox.servers()[0]?.reason).toContain('"hello [redacted]"');
});
