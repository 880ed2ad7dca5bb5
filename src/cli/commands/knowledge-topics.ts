import type { Command } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";

export const knowledgeTopics: Command = {
  name: "knowledge topics",
  summary: "List the topics of a knowledge base.",
  usage: "--source PATH [FLAGS]",
  examples: [["lectern knowledge topics --source ./handbook", "Each topic with its number of documents and some titles."]],
  options: [...knowledgeOptions, { name: "json", type: "boolean", summary: "Print JSON." }],
  async run(args, io) {
    const { openStore } = await import("../../app/knowledge-server.ts");
    await using store = await openStore(await knowledgeConfig(args, io), { watch: false });
    const topics = await store.topics({ reader: { groups: args.strings("as-group") } });
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(topics)}\n`);
    else
      for (const topic of topics)
        io.stdout.write(`${topic.name}  (${topic.documents})\n    ${topic.titles.slice(0, 8).join(" · ")}\n`);
    for (const problem of store.problems()) io.stderr.write(`! ${problem.path} ${problem.reason}\n`);
    return 0;
  },
};
