import type { Command } from "../command.ts";
import { oneLine } from "../render/plain.ts";
import { loadForServers, serverOptions } from "../servers.ts";

export const mcpTools: Command = {
  name: "mcp tools",
  summary: "List the tools of the configured MCP servers.",
  usage: "[SERVER] [FLAGS]",
  examples: [["lectern mcp tools", "Every tool with its parameters."]],
  options: [...serverOptions, { name: "json", type: "boolean", summary: "Print JSON." }],
  async run(args, io) {
    const { listServers } = await import("../../app/mcp.ts");
    const { tools, servers } = await listServers(await loadForServers(args, io), { env: io.env, signal: io.signal });
    const [only] = args.positionals;
    const wanted = tools.filter((tool) => only === undefined || tool.server === only);
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(wanted)}\n`);
    else
      for (const tool of wanted)
        io.stdout.write(
          `${tool.server}/${tool.tool}(${Object.keys((tool.inputSchema.properties ?? {}) as object).join(", ")})\n    ${oneLine(tool.description, 200)}\n`,
        );
    for (const server of servers)
      if (server.reason && server.state !== "ready") io.stderr.write(`! ${server.name}: ${server.reason}\n`);
    return 0;
  },
};
