import { expect, test } from "vitest";
import { commandLine } from "../../src/app/trust.ts";
import type { ServerConfig } from "../../src/config/config.ts";

const server = (kind: ServerConfig["origin"]["kind"], parts: Partial<ServerConfig>): ServerConfig => ({
  name: "s",
  type: "stdio",
  args: [],
  env: {},
  headers: {},
  knowledge: false,
  workspaceFolder: "/",
  inputs: {},
  origin: { kind, name: "a file" },
  ...parts,
});
const variable = (name: string): string => `$\{${name}}`;

test("a server of the user's own is shown without the secrets in its arguments and address", () => {
  const args = [
    "--compat",
    "v1",
    "--api-key",
    "nightjar-77",
    "--accessToken=nightjar-88",
    "--key",
    variable("KEY"),
    "http://u:nightjar@h/?sig=nightjar9",
  ];
  expect(commandLine(server("user_file", { command: "kb", args }))).toBe(
    `kb --compat v1 --api-key ... --accessToken=... --key ${variable("KEY")} "http://…@h/?sig=…"`,
  );
  const url = `https://kb.example/mcp?api_key=nightjar-99&lang=de&sub-key=${variable("SUB")}#nightjar`;
  expect(commandLine(server("user_file", { type: "http", url }))).toBe(
    `http "https://kb.example/mcp?api_key=…&lang=de&sub-key=${variable("SUB")}#…"`,
  );
});

test("a server that a project names is shown to the letter, since it is read before it is approved", () => {
  const args = ["--api-key", "nightjar-77"];
  expect(commandLine(server("project_file", { command: "kb", args }))).toBe("kb --api-key nightjar-77");
});
