import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../../src/cli/run.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { lectern } from "../support/cli.ts";

const data = resolve(import.meta.dirname, "../../data");
const handbook = ["--source", join(data, "handbook")];
const folder = mkdtempSync(join(tmpdir(), "lectern-knowledge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("knowledge index tells what the base holds", async () => {
  const { code, stdout } = await lectern(["knowledge", "index", ...handbook, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ documents: 40, languages: ["en"], problems: [] });
});

test("knowledge search finds a passage with its line", async () => {
  const { stdout } = await lectern(["knowledge", "search", "vacation days a year", ...handbook, "--json"]);
  expect(JSON.parse(stdout).results[0]).toMatchObject({ path: "leave/vacation.md", line: expect.any(Number) });
});

test("knowledge get shows some lines of a document, and says when there is none", async () => {
  const { stdout } = await lectern(["knowledge", "get", "leave/vacation.md", "--lines", "11-11", ...handbook]);
  expect(stdout).toBe("## How much you have\n");
  expect((await lectern(["knowledge", "get", "leave/none.md", ...handbook])).code).toBe(2);
});

test.each(["0-3", "9-3", "x", "3-"])("knowledge get refuses the lines %s", async (lines) => {
  const { code, stderr } = await lectern(["knowledge", "get", "leave/vacation.md", "--lines", lines, ...handbook]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`--lines is "${lines}"; it must be A-B`) });
});

test.each([
  [["--auth", "token", "--token-file", "t"], /^lectern: --auth is for HTTP, .*\n {2}fix: Add --http/],
  [["--issuer", "https://i.example"], /^lectern: --issuer is for HTTP/],
  [
    ["--http", "127.0.0.1:0", "--issuer", "https://i.example"],
    /^lectern: --issuer would be ignored: --auth is none\.\n {2}fix: Add --auth oidc/,
  ],
  [["--http", "127.0.0.1:0", "--auth", "token", "--audience", "kb"], /^lectern: --audience would be ignored: --auth is token/],
  [["--http", "127.0.0.1:0", "--token-file", "t"], /^lectern: --token-file would be ignored: --auth is none/],
])("a server whose sign-in flags would be ignored does not start: %j", async (flags, message) => {
  const { code, stderr } = await lectern(["knowledge", "serve", ...handbook, ...flags]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
});

test("knowledge lint names expired pages and broken links with their line, and can fail a build", async () => {
  mkdirSync(join(folder, "kb"));
  writeFileSync(join(folder, "kb/a.md"), "# Badges\n\nLost badges cost 12 pounds. See [keys](keys.md) for the rest of it.\n");
  const { code, stdout } = await lectern(["knowledge", "lint", "--source", join(folder, "kb"), "--json", "--strict"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).findings).toContainEqual(expect.objectContaining({ rule: "broken-link", path: "a.md", line: 3 }));
  expect((await lectern(["knowledge", "lint", ...handbook, "--json"])).stdout).toContain('"rule":"expired"');
});

test("knowledge eval prints recall and rank on a question file", async () => {
  const { code, stdout } = await lectern(["knowledge", "eval", join(data, "questions.jsonl"), ...handbook, "--json"]);
  const report = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(report.unanswerable).toBe(10);
  expect(report.all.questions).toBe(30);
  expect(report.all.file.at5).toBeGreaterThan(0.8);
});

test("knowledge topics lists folders with titles", async () => {
  expect((await lectern(["knowledge", "topics", ...handbook])).stdout).toMatch(/leave[\s\S]*Vacation/);
});

test.each([
  ["knowledge serve", ["knowledge", "serve", ...handbook]],
  ["emulate", ["emulate"]],
])("%s that is stopped while it opens ends, instead of serving nobody", async (_, args) => {
  const ending = new AbortController();
  const idle = new PassThrough();
  const io = { stdin: idle, stdout: new PassThrough(), stderr: new PassThrough(), env: { HOME: folder }, cwd: folder };
  const code = runCli(args, { ...io, signal: ending.signal });
  // Loading the command takes longer than this turn of the loop; either way the end must come.
  setImmediate(() => ending.abort());
  expect([0, 130]).toContain(await code);
});

test("an address that is in use is the same error for every command that listens: a setting to be changed", async () => {
  await using taken = await startEmulator();
  const { port } = new URL(taken.url);
  for (const args of [
    ["emulate", "--port", port],
    ["knowledge", "serve", ...handbook, "--http", `127.0.0.1:${port}`],
  ]) {
    const { code, stderr } = await lectern(args);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\)\\.\\n  fix: Choose another`, "i"),
    );
  }
});

test("behind a proxy, the sign-in metadata names the address that clients use", async () => {
  const stderr = new PassThrough();
  const ending = new AbortController();
  const oidc = ["--auth", "oidc", "--issuer", "http://127.0.0.1:9", "--jwks", "http://127.0.0.1:9/keys", "--audience", "kb"];
  const listening = ["--http", "127.0.0.1:0", "--public-url", "https://kb.example.com/"];
  const code = runCli(["knowledge", "serve", ...handbook, ...oidc, ...listening], {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr,
    env: { HOME: folder },
    cwd: folder,
    signal: ending.signal,
  });
  const [ready] = (await once(stderr, "data")) as [Buffer];
  const { url } = JSON.parse(ready.toString()) as { url: string };
  const metadata = await fetch(new URL("/.well-known/oauth-protected-resource/mcp", url));
  expect(await metadata.json()).toMatchObject({ resource: "https://kb.example.com/mcp" });
  ending.abort();
  expect(await code).toBe(0);
});
