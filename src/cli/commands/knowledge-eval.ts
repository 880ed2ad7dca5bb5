import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { EvaluationReport } from "../../app/knowledge-tools.ts";
import { LecternError } from "../../core/errors.ts";
import type { Command, Io } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";

export const knowledgeEval: Command = {
  name: "knowledge eval",
  summary: "Measure how well search finds what it should.",
  usage: "QUESTIONS.jsonl --source PATH | FOLDER [FLAGS]",
  examples: [
    ["lectern knowledge eval questions.jsonl --source ./handbook", "Recall and mean reciprocal rank by kind of question."],
    ["lectern knowledge eval ./collection", "nDCG@10 on a judged collection: docs.jsonl, queries.jsonl, qrels.tsv."],
  ],
  words: 1,
  options: [
    ...knowledgeOptions,
    { name: "misses", type: "boolean", summary: "Name the questions that were missed." },
    { name: "json", type: "boolean", summary: "Print JSON." },
  ],
  async run(args, io) {
    const [given] = args.positionals;
    const stats = given === undefined ? undefined : statSync(resolve(io.cwd, given), { throwIfNoEntry: false });
    if (given === undefined || stats === undefined) {
      throw new LecternError("usage", given === undefined ? "Which questions?" : `${given} does not exist.`, {
        fix: "lectern knowledge eval questions.jsonl --source ./handbook",
      });
    }
    const { evaluate, evaluateJudged } = await import("../../app/knowledge-tools.ts");
    const path = resolve(io.cwd, given);
    const onProblem = (problem: string): void => void io.stderr.write(`! ${problem}\n`);
    if (stats.isDirectory()) {
      const report = await evaluateJudged(path, onProblem);
      io.stdout.write(
        args.flag("json")
          ? `${JSON.stringify(report)}\n`
          : `${report.queries} queries: nDCG@10 ${report.ndcg10}, recall@10 ${report.recall10}, MRR@10 ${report.mrr10}\n`,
      );
      return 0;
    }
    const report = await evaluate(await knowledgeConfig(args, io), path, onProblem);
    if (args.flag("json")) io.stdout.write(`${JSON.stringify(report)}\n`);
    else print(report, args.flag("misses"), io);
    return 0;
  },
};

function print(report: EvaluationReport, misses: boolean, io: Io): void {
  io.stdout.write("kind                      n   file@1   @5   @10   MRR   passage@1   @5   @10   MRR\n");
  for (const [kind, { questions, file, passage }] of [["all", report.all] as const, ...Object.entries(report.kinds)]) {
    const figures = [file, passage]
      .map(({ at1, at5, at10, mrr }) => [at1, at5, at10, mrr].map((figure) => figure.toFixed(2)).join("  "))
      .join("    ");
    io.stdout.write(`${kind.padEnd(22)} ${String(questions).padStart(4)}   ${figures}\n`);
  }
  if (report.unanswerable > 0) io.stdout.write(`${report.unanswerable} questions without a right passage were not measured\n`);
  if (misses)
    for (const { id, question, found } of report.misses)
      io.stdout.write(`missed ${id}: ${question} -> ${found.slice(0, 3).join("; ")}\n`);
}
