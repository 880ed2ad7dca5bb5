import { counted } from "../../core/counted.ts";
import type { Command } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";
import { progressBar } from "../render/progress.ts";
import { styleFor } from "../render/style.ts";

export const knowledgeLint: Command = {
  name: "knowledge lint",
  summary: "Name what may be wrong with a knowledge base.",
  usage: "--source PATH [FLAGS]",
  examples: [
    [
      "lectern knowledge lint --source ./handbook",
      "Broken links, near-duplicates, expired, outdated and empty pages, missing owners, unreadable files.",
    ],
  ],
  options: [
    ...knowledgeOptions,
    { name: "json", type: "boolean", summary: "Print JSON." },
    { name: "strict", type: "boolean", summary: "Exit 1 when anything was found." },
  ],
  async run(args, io) {
    const { lint } = await import("../../app/knowledge-tools.ts");
    const bar = progressBar(io, "reading");
    const report = await lint(await knowledgeConfig(args, io), bar.update).finally(bar.end);
    const style = styleFor(io, { noColor: args.flag("no-color") });
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(report)}\n`);
    else {
      for (const { path, line, rule, message } of report.findings)
        io.stdout.write(`${style.bold(`${path}${line === null ? "" : `:${line}`}`)}  ${rule}  ${message}\n`);
      const { length } = report.findings;
      io.stderr.write(`${counted(report.documents, "document")}, ${counted(length, "finding")}\n`);
    }
    return args.flag("strict") && report.findings.length > 0 ? 1 : 0;
  },
};
