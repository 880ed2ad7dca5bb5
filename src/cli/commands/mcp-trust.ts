import { createInterface } from "node:readline/promises";
import { LecternError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { loadForServers, serverOptions } from "../servers.ts";

export const mcpTrust: Command = {
  name: "mcp trust",
  summary: "Approve an MCP server that a project file names.",
  usage: "SERVER [--yes] [FLAGS]",
  examples: [
    ["lectern mcp trust github", "Shows the whole command and asks; the approval is void when the definition changes."],
    ["lectern mcp trust github --yes", "For scripts: approves what is printed."],
  ],
  options: [...serverOptions, { name: "yes", type: "boolean", summary: "Approve without asking." }],
  async run(args, io) {
    const { commandLine, createTrust } = await import("../../app/trust.ts");
    const config = await loadForServers(args, io);
    const [name] = args.positionals;
    const server = config.servers.find((candidate) => candidate.name === name);
    if (!server) {
      throw new LecternError("usage", name === undefined ? "Which server?" : `No configuration names a server "${name}".`, {
        fix:
          config.servers.length > 0
            ? `Configured are: ${config.servers.map((candidate) => candidate.name).join(", ")}.`
            : "Add servers under mcpServers in lectern.config.json.",
      });
    }
    const trust = createTrust(config);
    io.stdout.write(`${server.origin.name}\n${commandLine(server)}\n`);
    if (trust.isApproved(server)) {
      io.stderr.write("Already approved.\n");
      return 0;
    }
    if (!args.flag("yes")) {
      if (!io.stdin.isTTY)
        throw new LecternError("usage", "There is nobody to ask here.", {
          fix: `Read the command above; then: lectern mcp trust ${server.name} --yes`,
        });
      const readline = createInterface({ input: io.stdin, output: io.stderr });
      const reply = await readline.question("May Lectern start exactly this, with your rights? [y/N] ", { signal: io.signal });
      readline.close();
      if (!/^y(es)?$/i.test(reply.trim())) {
        io.stderr.write("Not approved.\n");
        return 1;
      }
    }
    trust.approve(server);
    io.stderr.write(`Approved ${server.name}. The approval is void when its definition changes.\n`);
    return 0;
  },
};
