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
    const typed = linesOf(args.string("lines"));
    const { openStore } = await import("../../app/knowledge-server.ts");
    await using store = await openStore(await knowledgeConfig(args, io), { watch: false });
    const reader = { groups: args.strings("as-group") };
    // As answers and searches print it: `leave/vacation.md:13`.
    const [, path = asked, line] = /^(.+):([1-9]\d{0,8})$/.exec(asked) ?? [];
    const exact = await store.get(asked, { reader });
    const document = exact ?? (await store.get(path, { reader }));
    if (!document)
      throw new LecternError("usage", `There is no document "${path}".`, { fix: "lectern knowledge search finds paths." });
    const { from, to } = typed ?? { from: exact ? 1 : Number(line ?? 1), to: Number.POSITIVE_INFINITY };
    const all = document.text.split("\n");
    if (from > all.length) {
      throw new LecternError("usage", `${document.path} has ${all.length} lines; line ${from} is not among them.`, {
        fix: "Leave the line out for the whole document.",
      });
    }
    const text = all.slice(from - 1, to).join("\n");
    // Front matter is left out, but its lines count: empty ones at the beginning say nothing to who asked for the whole.
    const shown = typed ? text : text.replace(/^(?:[ \t]*\n)+/, "");
    io.stdout.write(args.flag("json") ? `${JSON.stringify({ ...document, text })}\n` : `${shown}\n`);
    if (!args.flag("json") && document.remark) io.stderr.write(`${document.remark}\n`);
    return 0;
  },
};

/** The lines that `--lines` names, counted from 1; undefined where it was not given. Throws `usage` for what is no A-B. */
function linesOf(text: string | undefined): { readonly from: number; readonly to: number } | undefined {
  if (text === undefined) return undefined;
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (from >= 1 && to >= from) return { from, to };
  throw new LecternError("usage", `--lines is "${text}"; it must be A-B, lines counted from 1.`, {
    fix: "For example --lines 10-20.",
  });
}
