import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { lectern } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-newcomer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const docs = join(folder, "docs");
mkdirSync(docs);
writeFileSync(
  join(docs, "leave.md"),
  "---\nowner: People\n---\nHow long you may be away.\n\n# Parental leave\n\nIt lasts 18 weeks.\n",
);
writeFileSync(join(docs, "opening-hours.md"), "We open at nine.\n");
const source = ["--source", docs];

test.each([
  [["tools", "--emulator"], /offered no tools\. Name documents with --source/],
  [["mcp", "tools"], /No MCP servers are configured\./],
])("%j with nothing to list says so", async (args, notice) => {
  const { code, stdout, stderr } = await lectern(args);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: expect.stringMatching(notice) });
});

test.each([
  [["How", "long", "is", "parental", "leave"], "To ask that: lectern ask"],
  [["chat", "hello"], "See lectern chat --help."],
  [["chat", "./handbook"], "--source ./handbook"],
  [["knowledge", "lint", "handbook"], "--source handbook"],
  [["mcp", "call", "--url", "nonsense", "echo"], "--url http://127.0.0.1"],
  [["mcp", "call", "--url", "ftp://127.0.0.1/mcp", "echo"], "--url http://127.0.0.1"],
])("%j is a usage error whose fix says what was probably meant", async (args, fix) => {
  const { code, stderr } = await lectern(args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(fix) });
});

test("an address with its placeholder still in it is named as that, not told to be written in the same form", async () => {
  const address = "https://<resource>.openai.azure.com";
  const { code, stderr } = await lectern(["ask", "hello", "--endpoint", address, "--deployment", "d"], {
    env: { AZURE_OPENAI_API_KEY: "0123456789abcdef" },
  });
  expect(code).toBe(3);
  expect(stderr).toContain(`still holds a placeholder: ${address}`);
});

test("lectern init where nothing can be written is an error with a fix, not a bug", async () => {
  const { code, stderr } = await lectern(["init", "--yes", "--no-test"], { cwd: join(folder, "gone") });
  expect(code).toBe(3);
  expect(stderr).toMatch(/lectern\.config\.json cannot be written: .*\n {2}fix: /);
});

test("a place as answers and searches print it can be handed to knowledge get", async () => {
  const { stdout: found } = await lectern(["knowledge", "search", "weeks", ...source]);
  expect(found).toMatch(/^leave\.md:4 {2}Parental leave\n/);
  const { code, stdout } = await lectern(["knowledge", "get", "leave.md:6", ...source]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "# Parental leave\n\nIt lasts 18 weeks.\n\n" });
});

test("a document is shown without the empty lines that its front matter leaves; lines asked for are shown as they are", async () => {
  expect((await lectern(["knowledge", "get", "leave.md", ...source])).stdout).toMatch(/^How long you may be away\./);
  expect((await lectern(["knowledge", "get", "leave.md", "--lines", "3-4", ...source])).stdout).toBe(
    "\nHow long you may be away.\n",
  );
});

test.each([
  [["leave.md", "--lines", "900"], "leave.md has 9 lines; line 900 is not among them."],
  [["leave.md:900"], "leave.md has 9 lines; line 900 is not among them."],
  [["leave.md:0"], 'There is no document "leave.md:0".'],
  [["leave.md", "--lines", "5-2"], '--lines is "5-2"; it must be A-B'],
])("knowledge get of %j is a usage error that says what there is", async (place, message) => {
  const { code, stdout, stderr } = await lectern(["knowledge", "get", ...place, ...source]);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
});

test("a passage that no heading stands above is listed with its document's title", async () => {
  const { stdout } = await lectern(["knowledge", "search", "nine", ...source]);
  expect(stdout).toMatch(/^opening-hours\.md:1 {2}\S/);
});

test("the installed command says which Node it needs on one that is too old, and nothing of a newer one is needed to say it", () => {
  const main = resolve(import.meta.dirname, "../../src/cli/main.ts");
  const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`;
  const hook = `data:text/javascript,${encodeURIComponent(older)}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", hook, main, "--version"], { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({
    status: 3,
    stdout: "",
    stderr: expect.stringMatching(/^lectern: Node 24 or newer is needed; this is 20\.20\.2\.\n {2}fix: /),
  });
  // A named import is looked up before the first line runs.
  expect(readFileSync(main, "utf8")).not.toMatch(/^import\s*(?:type\s*)?\{/m);
});

test("piped questions bring no prompts", async () => {
  const { stderr } = await lectern(["chat", "--emulator", "--no-tools"], { stdin: "Hello\nHello again\n" });
  expect(stderr).not.toMatch(/^> /m);
});
