import { counted } from "../../core/counted.ts";
import type { Command } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";
import { progressBar } from "../render/progress.ts";

export const knowledgeIndex: Command = {
  name: "knowledge index",
  summary: "Bring the index of a knowledge base up to date.",
  usage: "--source PATH [FLAGS]",
  examples: [
    [
      "lectern knowledge index --source ./handbook",
      "Done by every command when needed; this does it ahead of time, in an image for example.",
    ],
  ],
  options: [...knowledgeOptions, { name: "json", type: "boolean", summary: "Print JSON." }],
  async run(args, io) {
    const { index } = await import("../../app/knowledge-tools.ts");
    const bar = progressBar(io, "indexing");
    const report = await index(await knowledgeConfig(args, io), bar.update).finally(bar.end);
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(report)}\n`);
    else
      io.stdout.write(
        `${counted(report.documents, "document")}, ${counted(report.chunks, "passage")}, languages: ${report.languages.join(", ")}\n`,
      );
    if (!args.flag("json")) for (const { path, reason } of report.problems) io.stderr.write(`! ${path} ${reason}\n`);
    return 0;
  },
};
