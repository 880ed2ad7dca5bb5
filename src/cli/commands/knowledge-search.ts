import { LecternError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";
import { oneLine } from "../render/plain.ts";
import { styleFor } from "../render/style.ts";

export const knowledgeSearch: Command = {
  name: "knowledge search",
  summary: "Search a knowledge base as the model would.",
  usage: '"WORDS" --source PATH [FLAGS]',
  examples: [['lectern knowledge search "parental leave" --source ./handbook', "The passages found, best first."]],
  words: Number.POSITIVE_INFINITY,
  options: [
    ...knowledgeOptions,
    { name: "limit", type: "string", value: "N", summary: "Passages at most; default 6." },
    { name: "json", type: "boolean", summary: "Print JSON." },
  ],
  async run(args, io) {
    const query = args.positionals.join(" ");
    if (query.trim() === "")
      throw new LecternError("usage", "There is nothing to search for.", {
        fix: 'lectern knowledge search "parental leave" --source ./handbook',
      });
    const limit = Number(args.string("limit") ?? 6);
    if (!Number.isInteger(limit) || limit < 1 || limit > 50)
      throw new LecternError("usage", `--limit is "${args.string("limit")}"; it must be a whole number from 1 to 50.`, {
        fix: "Leave it out for 6.",
      });
    const { openStore } = await import("../../app/knowledge-server.ts");
    await using store = await openStore(await knowledgeConfig(args, io), { watch: false });
    const outcome = await store.search(query, { limit, reader: { groups: args.strings("as-group") } });
    if (args.flag("json")) {
      io.stdout.write(`${JSON.stringify({ results: outcome.hits, total: outcome.total, corrections: outcome.corrections })}\n`);
      return 0;
    }
    const style = styleFor(io, { noColor: args.flag("no-color") });
    for (const { from, to } of outcome.corrections) io.stderr.write(`read "${from}" as "${to}"\n`);
    for (const hit of outcome.hits)
      io.stdout.write(
        `${style.bold(`${hit.path}:${hit.line}`)}  ${hit.heading || hit.title}${hit.remark ? `  ${style.dim(hit.remark)}` : ""}\n    ${oneLine(hit.text, 300)}\n`,
      );
    if (outcome.hits.length === 0) io.stderr.write("Nothing found.\n");
    return 0;
  },
};
