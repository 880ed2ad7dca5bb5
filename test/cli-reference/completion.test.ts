import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { lectern } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-completion-"));
const script = join(folder, "lectern.bash");
beforeAll(async () => {
  writeFileSync(script, (await lectern(["completion", "bash"])).stdout);
  writeFileSync(join(folder, "handbook.md"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): string[] {
  const replies = ["$", "{COMPREPLY[@]}"].join("");
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lectern; printf "%s\\n" "${replies}"`;
  const out = execFileSync("bash", ["-c", program, "bash", script, "lectern", ...words], { cwd: folder, encoding: "utf8" });
  return out.split("\n").filter((line) => line !== "");
}

test("bash takes the script", () => {
  expect(() => execFileSync("bash", ["-n", script])).not.toThrow();
});

test("bash completes commands, the second word of a family, and flags", () => {
  expect(offered("as")).toEqual(["ask"]);
  expect(offered("mcp", "t")).toEqual(["tools", "trust"]);
  expect(offered("ask", "--fail")).toEqual(["--fail-on-unanswered"]);
  expect(offered("mcp", "trust", "github", "--ye")).toEqual(["--yes"]);
});

test("bash completes values: words where there are a few, paths where a path is meant, nothing else", () => {
  expect(offered("ask", "--api", "r")).toEqual(["responses"]);
  expect(offered("ask", "--auth", "k")).toEqual(["key"]);
  expect(offered("knowledge", "serve", "--auth", "o")).toEqual(["oidc"]);
  expect(offered("ask", "--source", "hand")).toEqual(["handbook.md"]);
  expect(offered("ask", "--timeout", "")).toEqual([]);
  expect(offered("completion", "p")).toEqual(["pwsh"]);
});

const inShell = (shell: string, args: readonly string[]) => spawnSync(shell, args, { cwd: folder, encoding: "utf8" });
const isInstalled = (shell: string): boolean => inShell(shell, ["-c", "exit 0"]).status === 0;

test.skipIf(!isInstalled("fish"))("fish completes commands, families, flags and values without a word of complaint", async () => {
  const { stdout } = await lectern(["completion", "fish"]);
  const lines = ["kn", "mcp t", "ask --fail", "knowledge serve --auth o", "mcp trust github --ye", "ask --timeout ", "--v"];
  const asked = lines.map((line) => `echo "> ${line}"; complete -C "lectern ${line}"`).join("\n");
  const script = written("lectern.fish", stdout);
  const fish = inShell("fish", ["--no-config", "-c", `source $argv[1]\n${asked}`, script]);
  expect(fish.stderr).toBe("");
  expect(fish.stdout.split("\n").map((line) => line.split("\t")[0])).toEqual([
    ...["> kn", "knowledge", "> mcp t", "tools", "trust", "> ask --fail", "--fail-on-unanswered"],
    ...["> knowledge serve --auth o", "oidc", "> mcp trust github --ye", "--yes", "> ask --timeout ", "> --v", "--version", ""],
  ]);
});

test("the script for fish computes no index inside quotes, where fish refuses it", async () => {
  const { stdout } = await lectern(["completion", "fish"]);
  expect(stdout).not.toMatch(/"[^"\n]*\[[^\]"\n]*\(/);
});

test.skipIf(!isInstalled("zsh"))("zsh takes the script", async () => {
  const { stdout } = await lectern(["completion", "zsh"]);
  expect(inShell("zsh", ["-n", written("_lectern", stdout)])).toMatchObject({ status: 0, stderr: "" });
});

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test.each(["bash", "zsh", "fish", "pwsh"])("the script for %s knows every command and every flag", async (shell) => {
  const { stdout, code } = await lectern(["completion", shell]);
  expect(code).toBe(0);
  for (const registered of commands) {
    const command = await registered.load();
    expect(stdout).toContain(command.name.split(" ").at(-1));
    for (const option of command.options) expect(stdout).toMatch(new RegExp(`(?:--|-l )${option.name}\\b`));
  }
});

test.each(["zsh", "fish", "pwsh"])("quotes are balanced in the script for %s, whatever stands in a summary", async (shell) => {
  const { stdout } = await lectern(["completion", shell]);
  const lines = stdout.split("\n").filter((line) => !line.startsWith("#"));
  const escapes = shell === "fish" ? /\\'/g : shell === "zsh" ? /'\\''/g : /''/g;
  for (const line of lines) expect([line, (line.replace(escapes, "").match(/'/g)?.length ?? 0) % 2]).toEqual([line, 0]);
});

test.each([
  [["completion", "bsh"], "Did you mean lectern completion bash?"],
  [["completion"], "Name one of: bash, zsh, fish, pwsh."],
])("%s is a usage error with a fix", async (args, fix) => {
  const { code, stderr } = await lectern(args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(fix) });
});
