import type { RunEvent } from "../../core/events.ts";
import type { Command } from "../command.ts";
import { noticeLine } from "../render/plain.ts";
import { openSession, sessionConfig, sessionOptions } from "../session.ts";

export const tools: Command = {
  name: "tools",
  summary: "List what the model is offered.",
  usage: "[FLAGS]",
  examples: [
    ["lectern tools --emulator --source ./handbook", "The knowledge tools."],
    ["lectern tools --explain", "What was changed for Azure's limits (names, schemas), and why."],
  ],
  options: [
    ...sessionOptions,
    { name: "explain", type: "boolean", summary: "Say what was changed for Azure OpenAI's limits, and why." },
    { name: "json", type: "boolean", summary: "Print JSON." },
  ],
  async run(args, io) {
    const config = await sessionConfig(args, io);
    const told: RunEvent[] = [];
    await using lectern = await openSession(config, args, io, { onEvent: (event) => told.push(event) });
    const { explainTools } = await import("../../app/explain-tools.ts");
    const rows = explainTools(lectern.tools(), lectern.mcp?.flags());
    for (const line of told.map(noticeLine)) if (line !== undefined) io.stderr.write(`${line}\n`);
    if (args.flag("json")) {
      io.stdout.write(`${JSON.stringify(rows)}\n`);
      return 0;
    }
    if (rows.length === 0)
      io.stderr.write("The model is offered no tools. Name documents with --source, or add servers under mcpServers.\n");
    for (const row of rows) {
      io.stdout.write(
        `${row.server}: ${row.tool}${row.wireName === row.tool ? "" : `  (as ${row.wireName})`}\n    ${row.description.split("\n")[0]}\n`,
      );
      if (args.flag("explain")) for (const change of row.changes) io.stdout.write(`    changed: ${change}\n`);
      for (const flag of row.flags) io.stdout.write(`    look at it: ${flag}\n`);
    }
    return 0;
  },
};
