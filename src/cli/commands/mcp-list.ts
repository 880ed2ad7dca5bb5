import { counted } from "../../core/counted.ts";
import type { Command } from "../command.ts";
import { loadForServers, printNoServers, printNotices, serverOptions } from "../servers.ts";

export const mcpList: Command = {
  name: "mcp list",
  summary: "Show the configured MCP servers and how each of them is.",
  usage: "[FLAGS]",
  examples: [
    ["lectern mcp list", "Connects to each trusted server; the others are named, not started."],
    ["lectern mcp list --config ~/mcp.json", "The servers of any file in Claude's or VS Code's shape; naming it is trusting it."],
  ],
  options: [...serverOptions, { name: "json", type: "boolean", summary: "Print JSON." }],
  async run(args, io) {
    const { listServers } = await import("../../app/mcp.ts");
    const config = await loadForServers(args, io);
    const { servers } = await listServers(config, { env: io.env, signal: io.signal });
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(servers)}\n`);
    else if (servers.length === 0) printNoServers(io);
    else {
      for (const { name, state, trusted, command, tools, reason, quarantined, flags } of servers) {
        const how = trusted ? `${state.replaceAll("_", " ")}, ${counted(tools, "tool")}` : "waits for approval";
        io.stdout.write(`${name}: ${how}\n    ${command.replaceAll("\n", "\n    ")}\n`);
        if (reason) io.stdout.write(`    ${reason}\n`);
        for (const held of quarantined) io.stdout.write(`    not offered: ${held.tool}: ${held.reason}\n`);
        for (const flag of flags) io.stdout.write(`    look at: ${flag.tool}: ${flag.reason}\n`);
      }
    }
    printNotices(config, io);
    return 0;
  },
};
