import { closest } from "../../core/closest.ts";
import { LecternError } from "../../core/errors.ts";
import type { Tool } from "../../core/tools.ts";
import type { Command } from "../command.ts";
import { oneLine } from "../render/plain.ts";
import { loadForServers, printNoServers, printNotices, serverOptions } from "../servers.ts";

export const mcpTools: Command = {
  name: "mcp tools",
  summary: "List the tools of the configured MCP servers.",
  usage: "[SERVER] [FLAGS]",
  examples: [
    ["lectern mcp tools", "Every tool with its parameters."],
    ["lectern mcp tools github --json", "The tools of one server, with their schemas, for programs."],
  ],
  words: 1,
  options: [...serverOptions, { name: "json", type: "boolean", summary: "Print JSON." }],
  async run(args, io) {
    const { listServers } = await import("../../app/mcp.ts");
    const config = await loadForServers(args, io);
    const { tools, servers } = await listServers(config, { env: io.env, signal: io.signal });
    const [only] = args.positionals;
    if (only !== undefined && !servers.some((server) => server.name === only)) throw unknownServer(only, servers);
    const wanted = tools.filter((tool) => only === undefined || tool.server === only);
    const flagsOf = (tool: Tool) =>
      servers
        .filter(({ name }) => name === tool.server)
        .flatMap(({ flags }) => flags.filter((flag) => flag.tool === tool.tool))
        .map(({ kind, reason }) => ({ kind, reason }));
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(wanted.map((tool) => ({ ...tool, flags: flagsOf(tool) })))}\n`);
    else if (servers.length === 0) printNoServers(io);
    else
      for (const tool of wanted) {
        io.stdout.write(
          `${tool.server}/${tool.tool}(${Object.keys((tool.inputSchema.properties ?? {}) as object).join(", ")})\n    ${oneLine(tool.description, 200)}\n`,
        );
        for (const { reason } of flagsOf(tool)) io.stdout.write(`    look at it: ${reason}\n`);
      }
    for (const server of servers)
      if (server.reason && server.state !== "ready") io.stderr.write(`! ${server.name}: ${server.reason}\n`);
    printNotices(config, io);
    return 0;
  },
};

function unknownServer(name: string, servers: readonly { readonly name: string }[]): LecternError {
  const names = servers.map((server) => server.name);
  const near = closest(name, names);
  const configured =
    names.length > 0 ? `Configured are: ${names.join(", ")}.` : "Add servers under mcpServers in lectern.config.json.";
  return new LecternError("usage", `No configuration names a server "${name}".`, {
    fix: near ? `Did you mean ${near}?` : configured,
  });
}
