import { LecternError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";

export const knowledgeGet: Command = {
  name: "knowledge get",
  summary: "Show a document, whole or some lines of it.",
  usage: "PATH|PATH:LINE|URI --source PATH [FLAGS]",
  examples: [
    ["lectern knowledge get leave/vacation.md --source ./handbook", "The document as the model reads it."],
    ["lectern knowledge get leave/vacation.md --lines 10-20 --source ./handbook", "Lines 10 to 20."],
    ["lectern knowledge get leave/vacation.md:13 --source ./handbook", "From line 13 on, as an answer names it."],
  ],
  words: 1,
  options: [
    ...knowledgeOptions,
    { name: "lines", type: "string", value: "A-B", summary: "Only these lines, counted from 1." },
    { name: "json", type: "boolean", summary: "Print JSON, with owner, dates and hash." },
  ],
  async run(args, io) {
    const [asked] = args.positionals;
    if (asked === undefined)
      throw new LecternError("usage", "Which document?", { fix: "lectern knowledge get leave/vacation.md --source ./handbook" });
    // As answers and searches print it: `leave/vacation.md:13`.
    const [, path = asked, line] = /^(.+):(\d+)$/.exec(asked) ?? [];
    const range = /^(\d+)(?:-(\d+))?$/.exec(args.string("lines") ?? `${line ?? 1}-999999999`);
    if (!range || Number(range[1]) < 1 || Number(range[2] ?? range[1]) < Number(range[1]))
      throw new LecternError("usage", `--lines is "${args.string("lines")}"; it must be A-B, lines counted from 1.`, {
        fix: "For example --lines 10-20.",
      });
    const { openStore } = await import("../../app/knowledge-server.ts");
    await using store = await openStore(await knowledgeConfig(args, io), { watch: false });
    const reader = { groups: args.strings("as-group") };
    const document = (await store.get(asked, { reader })) ?? (await store.get(path, { reader }));
    if (!document)
      throw new LecternError("usage", `There is no document "${path}".`, { fix: "lectern knowledge search finds paths." });
    const text = document.text
      .split("\n")
      .slice(Number(range[1]) - 1, Number(range[2] ?? range[1]))
      .join("\n");
    // Front matter is left out, but its lines count: empty ones at the beginning say nothing to who asked for the whole.
    const shown = args.string("lines") === undefined ? text.replace(/^(?:[ \t]*\n)+/, "") : text;
    io.stdout.write(args.flag("json") ? `${JSON.stringify({ ...document, text })}\n` : `${shown}\n`);
    if (!args.flag("json") && document.remark) io.stderr.write(`${document.remark}\n`);
    return 0;
  },
};
