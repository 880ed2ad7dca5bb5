/**
 * `lectern mcp call` in small, for drivers: calls a tool of an ad-hoc server and prints its text.
 * node test/support/mcp-call.ts --command "CMD ARGS" [--timeout S] [--era auto|modern|legacy] TOOL key=value...
 * Exit 0 only if the tool answered without error; 4 for a server that cannot be used or a failing tool, 2 for a missing tool name.
 */
import { isLecternError } from "../../src/core/errors.ts";
import { callOnce } from "../../src/mcp/index.ts";

const words = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = words.indexOf(`--${name}`);
  return at === -1 ? undefined : words.splice(at, 2)[1];
};
const command = option("command");
const url = option("url");
const era = option("era") as "auto" | "modern" | "legacy" | undefined;
const timeoutMs = Number(option("timeout") ?? 60) * 1000;
const [tool, ...pairs] = words;
const args = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
const [file = "", ...rest] = (command ?? "").split(" ");
const server =
  url === undefined
    ? ({ type: "stdio", command: file, args: rest, era: era ?? "auto" } as const)
    : ({ type: "http", url } as const);
try {
  const result = await callOnce(server, { tool: tool ?? "", arguments: args }, { timeoutMs, baseEnv: process.env });
  process.stdout.write(`${result.content.map((block) => ("text" in block ? block.text : `[${block.type}]`)).join("\n")}\n`);
  process.exitCode = result.isError ? 4 : 0;
} catch (error) {
  process.stderr.write(`${isLecternError(error) ? `${error.message}\n${error.fix ?? ""}` : String(error)}\n`);
  process.exitCode = isLecternError(error) && error.code === "usage" ? 2 : 4;
}
