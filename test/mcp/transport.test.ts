import fc from "fast-check";
import { expect, test } from "vitest";
import { createToolbox, planSpawn } from "../../src/mcp/index.ts";
import { LineReader } from "../../src/mcp/transport/lines.ts";
import { callTool, fixtureServer, textOf } from "./support.ts";

function reader(maxLineBytes: number, maxSkippedBytes = 1_000) {
  const lines: string[] = [];
  const heads: string[] = [];
  let endless = 0;
  const push = new LineReader({
    maxLineBytes,
    maxSkippedBytes,
    onLine: (line) => lines.push(line.toString("utf8")),
    onOversized: ({ head }) => heads.push(head.toString("utf8")),
    onEndless: () => {
      endless += 1;
    },
  });
  return { push: (text: string | Buffer) => push.push(Buffer.from(text)), lines, heads, endless: () => endless };
}

test("lines come out the same however the bytes arrive, characters cut in two included", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 8 })), fc.array(fc.nat({ max: 7 })), (texts, cuts) => {
      const expected = texts.map((text) => text.replaceAll("\n", "")).filter((text) => text !== "");
      const bytes = Buffer.from(texts.map((text) => `${text.replaceAll("\n", "")}\n`).join(""));
      const { push, lines } = reader(10_000);
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        push(bytes.subarray(at, at + cut));
        at += cut;
      }
      expect(lines).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test("a line over the limit is skipped, reported once with its beginning, and the next one read", () => {
  const { push, lines, heads } = reader(20);
  push(`{"id":7,"result":"${"x".repeat(50)}`);
  push("x".repeat(50));
  push('"}\nnext\n');
  expect(lines).toEqual(["next"]);
  expect(heads).toEqual([expect.stringContaining('{"id":7')]);
});

test("a line that never ends is noticed", () => {
  const { push, endless } = reader(20, 100);
  for (let n = 0; n < 20; n++) push("x".repeat(10));
  expect(endless()).toBeGreaterThan(0);
});

test("an answer over the message limit fails its own call at once and nothing else", async () => {
  await using toolbox = await createToolbox({ s: fixtureServer("big") }, { baseEnv: { PATH: process.env.PATH } });
  expect(textOf(await callTool(toolbox, "echo"))).toContain("larger than 16 MiB");
  expect(toolbox.servers()[0]?.state).toBe("ready");
});

const windows = { platform: "win32", baseEnv: { Path: "C:\\a;C:\\b\\", PATHEXT: ".EXE;.CMD", COMSPEC: "cmd.exe" } } as const;
const exists = (...paths: string[]) => ({ ...windows, fileExists: (path: string) => paths.includes(path) });

test("on Windows a program is found with its extension and started without a shell", () => {
  const plan = planSpawn({ command: "node", args: ["a b", 'say "x"'] }, exists("C:\\b\\node.exe"));
  expect(plan).toMatchObject({ file: "C:\\b\\node.exe", args: ["a b", 'say "x"'], windowsVerbatimArguments: false });
});

test.each([
  ["a dot in a name is no extension", { command: "acme.server" }, "C:\\b\\acme.server.cmd", "cmd.exe"],
  ["a program with its extension is taken as it is", { command: "node.EXE" }, "C:\\a\\node.EXE", "C:\\a\\node.EXE"],
  ["a path is meant from the server's folder", { command: ".\\run", cwd: "D:\\srv" }, "D:\\srv\\run.cmd", "cmd.exe"],
  ["folders in quotes are folders", { command: "node" }, "C:\\q x\\node.exe", "C:\\q x\\node.exe"],
  ["what is found nowhere is left to the system", { command: "gone" }, "C:\\a\\other.exe", "gone"],
])("on Windows %s", (_, request, present, file) => {
  const baseEnv = { ...windows.baseEnv, Path: `${windows.baseEnv.Path};"C:\\q x"` };
  expect(planSpawn(request, { ...exists(present), baseEnv }).file).toBe(file);
});

test("on Windows nothing in an argument for a batch file is acted on by cmd.exe", () => {
  const { args } = planSpawn(
    { command: "npx", args: ["%PATH%", "a&calc", "x|y", "^", "(z)", "!v!", "<f>"] },
    exists("C:\\a\\npx.cmd"),
  );
  const line = args[3]!.slice(1, -1);
  for (const special of ["%", "&", "|", "<", ">", "!", "("]) {
    for (let at = line.indexOf(special); at !== -1; at = line.indexOf(special, at + 1)) expect(line[at - 1]).toBe("^");
  }
});

test("elsewhere the command is started as it is, in its own process group", () => {
  const plan = planSpawn(
    { command: "npx", args: ["-y", "x; rm -rf /"], cwd: "/srv" },
    { platform: "linux", baseEnv: { PATH: "/bin", SECRET: "x", LC_ALL: "() { :; }" } },
  );
  expect(plan).toEqual({
    file: "npx",
    args: ["-y", "x; rm -rf /"],
    env: { PATH: "/bin" },
    cwd: "/srv",
    detached: true,
    windowsVerbatimArguments: false,
  });
});

test("a server learns how the network is reached, but no proxy's password", () => {
  const network = {
    HTTPS_PROXY: "http://proxy.example:8080",
    https_proxy: "proxy.example:8080",
    NO_PROXY: "localhost,.example",
    NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
    XDG_CACHE_HOME: "/c",
  };
  const secret = {
    HTTP_PROXY: "http://user:pass@proxy.example:8080",
    ALL_PROXY: "user:pass@proxy.example:8080",
    http_proxy: "http://token@p",
  };
  const baseEnv = { ...network, ...secret, GITHUB_TOKEN: "t", NODE_OPTIONS: "--inspect" };
  for (const platform of ["linux", "win32"] as const) {
    const { env } = planSpawn({ command: "c" }, { platform, baseEnv, fileExists: () => false });
    const { XDG_CACHE_HOME: _, ...onWindows } = network;
    expect(env).toEqual(platform === "linux" ? network : onWindows);
  }
});
