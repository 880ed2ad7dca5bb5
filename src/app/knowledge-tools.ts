import type { Config } from "../config/config.ts";
import type { CollectionReport } from "../knowledge/evaluate/collection.ts";
import type { EvaluationReport } from "../knowledge/evaluate/evaluate.ts";
import type { LintReport } from "../knowledge/lint/lint.ts";
import type { KnowledgeStore } from "../knowledge/store.ts";
import { openStore } from "./knowledge-server.ts";

export type { CollectionReport, EvaluationReport, LintReport };

type Progress = (progress: { readonly done: number; readonly total: number }) => void;

/** Reads all sources and names what their keepers may want to mend. Throws `config` for a source that cannot be opened. */
export async function lint(config: Config, onProgress: Progress): Promise<LintReport> {
  const { lintKnowledge } = await import("../knowledge/lint/lint.ts");
  return lintKnowledge({ sources: config.sources, onProgress });
}

/** Brings the index up to date and tells what it holds. Throws `config` where nothing can be read. */
export async function index(
  config: Config,
  onProgress: Progress,
): Promise<ReturnType<KnowledgeStore["counts"]> & { readonly problems: ReturnType<KnowledgeStore["problems"]> }> {
  await using store = await openStore(config, { watch: false, onProgress });
  await store.refresh();
  return { ...store.counts({ everybody: true }), problems: store.problems() };
}

type OnProblem = (problem: string) => void;

/** Search quality on a question file, or on a folder with a judged collection (docs.jsonl, queries.jsonl, qrels.tsv). Throws `usage`. */
export async function evaluate(config: Config, file: string, onProblem: OnProblem): Promise<EvaluationReport> {
  const [{ evaluateKnowledge }, { readQuestions }] = await Promise.all([
    import("../knowledge/evaluate/evaluate.ts"),
    import("../knowledge/evaluate/questions.ts"),
  ]);
  const questions = readQuestions(file, { onProblem });
  await using store = await openStore(config, { watch: false });
  return await evaluateKnowledge(store, questions);
}

export async function evaluateJudged(folder: string, onProblem: OnProblem): Promise<CollectionReport> {
  const { evaluateCollection } = await import("../knowledge/evaluate/collection.ts");
  return evaluateCollection(folder, { onProblem });
}
