import { LecternError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";

export const knowledgeGet: Command = {
  name: "knowledge get",
  summary: "Show a document, whole or some lines of it.",
  usage: "PATH|URI --source PATH [FLAGS]",
  examples: [
    ["lectern knowledge get leave/vacation.md --source ./handbook", "The document as the model reads it."],
    ["lectern knowledge get leave/vacation.md --lines 10-20 --source ./handbook", "Lines 10 to 20."],
  ],
  words: 1,
  options: [
    ...knowledgeOptions,
    { name: "lines", type: "string", value: "A-B", summary: "Only these lines, counted from 1." },
    { name: "json", type: "boolean", summary: "Print JSON, with owner, dates and hash." },
  ],
  async run(args, io) {
    const [id] = args.positionals;
    if (id === undefined)
      throw new LecternError("usage", "Which document?", { fix: "lectern knowledge get leave/vacation.md --source ./handbook" });
    const range = /^(\d+)(?:-(\d+))?$/.exec(args.string("lines") ?? "1-999999999");
    if (!range || Number(range[1]) < 1 || Number(range[2] ?? range[1]) < Number(range[1]))
      throw new LecternError("usage", `--lines is "${args.string("lines")}"; it must be A-B, lines counted from 1.`, {
        fix: "For example --lines 10-20.",
      });
    const { openStore } = await import("../../app/knowledge-server.ts");
    await using store = await openStore(await knowledgeConfig(args, io), { watch: false });
    const document = await store.get(id, { reader: { groups: args.strings("as-group") } });
    if (!document)
      throw new LecternError("usage", `There is no document "${id}".`, { fix: "lectern knowledge search finds paths." });
    const text = document.text
      .split("\n")
      .slice(Number(range[1]) - 1, Number(range[2] ?? range[1]))
      .join("\n");
    io.stdout.write(args.flag("json") ? `${JSON.stringify({ ...document, text })}\n` : `${text}\n`);
    if (!args.flag("json") && document.remark) io.stderr.write(`${document.remark}\n`);
    return 0;
  },
};
