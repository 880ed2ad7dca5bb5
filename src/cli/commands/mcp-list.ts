import type { Command } from "../command.ts";
import { loadForServers, serverOptions } from "../servers.ts";

export const mcpList: Command = {
  name: "mcp list",
  summary: "Show the configured MCP servers and how each of them is.",
  usage: "[FLAGS]",
  examples: [["lectern mcp list", "Connects to each trusted server; the others are named, not started."]],
  options: [...serverOptions, { name: "json", type: "boolean", summary: "Print JSON." }],
  async run(args, io) {
    const { listServers } = await import("../../app/mcp.ts");
    const { servers } = await listServers(await loadForServers(args, io), { env: io.env, signal: io.signal });
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(servers)}\n`);
    else if (servers.length === 0)
      io.stderr.write("No MCP servers are configured. Add them under mcpServers in lectern.config.json.\n");
    else {
      for (const { name, state, command, tools, reason, quarantined } of servers) {
        io.stdout.write(`${name}: ${state}, ${tools} tool${tools === 1 ? "" : "s"}\n    ${command.replaceAll("\n", "\n    ")}\n`);
        if (reason) io.stdout.write(`    ${reason}\n`);
        for (const held of quarantined) io.stdout.write(`    not offered: ${held.tool}: ${held.reason}\n`);
      }
    }
    return 0;
  },
};
