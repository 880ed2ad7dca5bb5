import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { version } from "../../src/core/version.ts";
import { lectern } from "../support/cli.ts";

test.each([
  [["aks", "hello"], 'Unknown command "aks".', "Did you mean lectern ask?"],
  [["mcp", "lits"], "lectern mcp needs one of:", "Did you mean lectern mcp list?"],
  [["knowledge"], "lectern knowledge needs one of:", "serve"],
  [["ask", "--sorce", "x", "hi"], "Unknown flag --sorce for lectern ask.", "Did you mean --source?"],
  [["ask", "--emulater", "hi"], "Unknown flag --emulater for lectern ask.", "Did you mean --emulator?"],
  [["ask", "--frobnicate", "hi"], "Unknown flag --frobnicate", "All flags: lectern ask --help."],
  [["ask", "--source"], "--source needs a value ([NAME=]PATH).", "lectern ask --help"],
  [["knowledge", "lint", "./handbook"], 'takes no words beside its flags: "./handbook" is one too many.', "--source ./handbook"],
  [["knowledge", "get", "a.md", "b.md"], 'takes 1 word beside its flags: "b.md"', "See lectern knowledge get --help."],
  [["mcp", "trust", "a", "b", "--yes"], 'takes 1 word beside its flags: "b"', "See lectern mcp trust --help."],
  [["chat", "How long?"], 'takes no words beside its flags: "How long?"', "See lectern chat --help."],
  [["ask", "--json=yes", "hi"], "--json takes no value.", "Write just --json."],
  [["--emulator", "ask", "hi"], 'Unknown command "--emulator".', "The command comes first: lectern ask --emulator"],
  [["How long is parental leave?"], "Unknown command", 'To ask that: lectern ask "…".'],
  [["frobnicate"], 'Unknown command "frobnicate".', "lectern --help lists the commands."],
])("%j is a usage error that says what was meant", async (args, message, fix) => {
  const { code, stderr, stdout } = await lectern(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).toContain(fix);
});

test("a comment behind a command, which zsh hands on, is no part of it", async () => {
  expect(await lectern(["completion", "bash", "#", "the", "script"])).toEqual(await lectern(["completion", "bash"]));
});

test("the first screen lists every command, begins with what to try, and names the exit codes", async () => {
  const { stdout, code } = await lectern(["--help"]);
  expect(code).toBe(0);
  expect(stdout.indexOf("lectern demo")).toBeLessThan(stdout.indexOf("Commands"));
  for (const { name, summary } of commands)
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary.replace(/[.*+?^$()[\]|]/g, "\\$&")}$`, "m"));
  expect(stdout).toContain("Exit codes: 0 ok");
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(140);
});

test("the help of a command shows its examples before its flags", async () => {
  const { stdout } = await lectern(["mcp", "trust", "--help"]);
  expect(stdout.indexOf("lectern mcp trust github")).toBeGreaterThan(0);
  expect(stdout.indexOf("Examples")).toBeLessThan(stdout.indexOf("Usage: lectern mcp trust"));
  expect(stdout.indexOf("Usage: lectern mcp trust")).toBeLessThan(stdout.indexOf("--endpoint  "));
});

test("a question that begins with a dash is asked after --", async () => {
  const { code, stdout } = await lectern(["ask", "--emulator", "--json", "--", "--help is what?"]);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as { question: string }).question).toBe("--help is what?");
});

test.each([
  ["after --", ["ask", "--emulator", "--", "", "--json"]],
  ["as the value of another flag", ["ask", "--deployment=--json", "--timeout", "soon", "hello"]],
  ["as a word of an unknown command", ["frobnicate", "--", "--stream-json"]],
])("--json %s is no wish for JSON: the error is told to people", async (_, args) => {
  const { stdout, stderr, code } = await lectern(args, { env: { LECTERN_TIMEOUT: "never" } });
  expect(code).toBeGreaterThan(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^lectern: /);
});

test.each([[["frobnicate", "--json"]], [["ask", "--json", "--frobnicate"]], [["ask", "--json", "--emulator"]]])(
  "where JSON is asked for, a usage error is JSON too: %j",
  async (args) => {
    const { stdout, stderr } = await lectern(args);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "usage", message: expect.any(String) } });
  },
);

test.each([
  ["for people", [], "", /^lectern: Stopped\.\n$/],
  ["for programs", ["--json"], '"code":"interrupted"', /^$/],
])("Ctrl-C before the command has begun ends it %s as one during it does", async (_, flags, stdout, stderr) => {
  const result = await lectern(["ask", "--emulator", ...flags, "hello"], { signal: AbortSignal.abort() });
  expect(result.code).toBe(130);
  expect(result.stdout).toContain(stdout);
  expect(result.stderr).toMatch(stderr);
});

test.each([40, 60, 80, 120])("help fits a terminal of %d columns; only lines to be copied stay whole", async (columns) => {
  for (const args of [["--help"], ["ask", "--help"], ["knowledge", "serve", "--help"], ["knowledge", "--help"]]) {
    const { stdout } = await lectern(args, { columns });
    const long = stdout
      .split("\n")
      .filter((line) => line.length > columns && !line.startsWith("  lectern ") && !line.includes(" | "));
    expect(long).toEqual([]);
  }
});

test.each(["--version", "-v", "-V", "version"])("%s prints the version", async (word) => {
  expect(await lectern([word])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});
