import { fileURLToPath } from "node:url";
import type { Command } from "../command.ts";
import { styleFor } from "../render/style.ts";
import { openSession, sessionConfig } from "../session.ts";
import { answer } from "./ask.ts";

/** The questions of the original example and one that the sample base does not answer. */
const questions = [
  "What is our company's vacation policy?",
  "How do I request a new software licence?",
  "How do I report a security incident?",
  "Summarise all our remote work policies.",
  "What is the remote work policy and how do I submit expense reports?",
  "How many days of paternity leave do contractors in Norway get?",
];

export const demo: Command = {
  name: "demo",
  summary: "Ask the sample handbook six questions, on the emulator.",
  usage: "",
  examples: [["lectern demo", "No account, no network: a local emulator stands in for Azure OpenAI."]],
  options: [
    { name: "json", type: "boolean", summary: "Print one JSON object per question." },
    { name: "quiet", type: "boolean", summary: "The answers only." },
  ],
  async run(args, io) {
    const sample = fileURLToPath(new URL("../../../data", import.meta.url));
    const style = styleFor(io, { noColor: args.flag("no-color") });
    const withSample = {
      ...args,
      strings: (name: string) =>
        name === "source" ? [`qa=${sample}/kb.json`, `handbook=${sample}/handbook`] : args.strings(name),
    };
    const config = await sessionConfig(withSample, io, { emulator: true });
    await using assistant = await openSession(config, withSample, io);
    if (!args.flag("quiet"))
      io.stderr.write(
        "The embedded emulator stands in for Azure OpenAI: it quotes what it finds and makes nothing up, but it is no language model.\n",
      );
    for (const question of questions) {
      if (!args.flag("json")) io.stdout.write(`\n${style.bold(`> ${question}`)}\n`);
      await answer(assistant, { question, attachments: [], args, io });
    }
    if (!args.flag("quiet")) {
      // In a checkout nothing has put `lectern` on the PATH.
      const lectern = import.meta.filename.endsWith(".ts") ? "bin/lectern" : "lectern";
      const { table, widthFor } = await import("../help.ts");
      const next = [
        [`${lectern} ask --emulator --source ./your-folder "your question"`, "your own documents, still no account"],
        [`${lectern} init`, "asks for your Azure OpenAI, documents and MCP servers, and tries them"],
      ] as const;
      io.stderr.write(`\nNext\n${table(next, widthFor(io.stderr.columns)).join("\n")}\n`);
    }
    return 0;
  },
};
