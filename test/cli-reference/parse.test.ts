import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { lectern } from "../support/cli.ts";

test.each([
  [["aks", "hello"], 'Unknown command "aks".', "Did you mean lectern ask?"],
  [["mcp", "lits"], "lectern mcp needs one of:", "Did you mean lectern mcp list?"],
  [["knowledge"], "lectern knowledge needs one of:", "serve"],
  [["ask", "--sorce", "x", "hi"], "Unknown flag --sorce for lectern ask.", "Did you mean --source?"],
  [["ask", "--emulater", "hi"], "Unknown flag --emulater for lectern ask.", "Did you mean --emulator?"],
  [["ask", "--frobnicate", "hi"], "Unknown flag --frobnicate", "All flags: lectern ask --help."],
  [["ask", "--source"], "--source needs a value ([NAME=]PATH).", "lectern ask --help"],
  [["ask", "--json=yes", "hi"], "--json takes no value.", "Write just --json."],
  [["frobnicate"], 'Unknown command "frobnicate".', "lectern --help lists the commands."],
])("%j is a usage error that says what was meant", async (args, message, fix) => {
  const { code, stderr, stdout } = await lectern(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).toContain(fix);
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
