export { createKnowledgeApp, createKnowledgeApp as createKnowledgeServer, type KnowledgeAppOptions } from "./app.ts";
export { type CollectionReport, evaluateCollection } from "./evaluate/collection.ts";
export {
  type EvaluateOptions,
  type EvaluationReport,
  evaluateKnowledge,
  type KindReport,
  type RankFigures,
} from "./evaluate/evaluate.ts";
export { type EvaluationQuestion, type Gold, readQuestions } from "./evaluate/questions.ts";
export { type LintFinding, type LintOptions, type LintReport, type LintRule, lintKnowledge } from "./lint/lint.ts";
export { type OpenKnowledgeOptions, openKnowledge } from "./open.ts";
export type * from "./store.ts";
