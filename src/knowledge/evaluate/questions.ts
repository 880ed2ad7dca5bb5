import { readFileSync } from "node:fs";
import { LecternError } from "../../core/errors.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { type ReadLinesOptions, readJsonLines } from "./json-lines.ts";

/** Where an answer stands: a passage of a page, or an entry of a Q&A file. */
export type Gold = { readonly path: string; readonly quote: string } | { readonly question: string };

export interface EvaluationQuestion {
  readonly id: string;
  readonly question: string;
  /** Groups the figures: single, paraphrase, typo, ... Default "all". */
  readonly kind: string;
  /** All of these are needed; of each, any alternative will do. Empty: the base does not answer. */
  readonly gold: readonly (readonly Gold[])[];
}

/**
 * Reads a question file: one JSON object a line with `id`, `question`, `kind` and `gold`, a list of `{path, quote}` or `{entry, question}`,
 * each with `alternatives`. Lines without a `question` are left out and told. Throws `usage` for a file that cannot be read or holds no question.
 */
export function readQuestions(path: string, options: ReadLinesOptions = {}): EvaluationQuestion[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new LecternError("usage", `${path} cannot be read`, {
      cause,
      fix: "Name a file of questions, one JSON object a line.",
    });
  }
  const questions = readJsonLines({ file: path, text }, toQuestion, options);
  if (questions.length > 0) return questions;
  throw new LecternError("usage", `${path} holds no question`, {
    fix: 'Each line is an object such as {"id": "1", "question": "...", "gold": [{"path": "...", "quote": "..."}]}.',
  });
}

function toQuestion(line: JsonObject, index: number): EvaluationQuestion | undefined {
  if (typeof line.question !== "string") return undefined;
  const gold = Array.isArray(line.gold) ? line.gold.filter(isJsonObject) : [];
  return {
    id: typeof line.id === "string" ? line.id : String(index + 1),
    question: line.question,
    kind: typeof line.kind === "string" ? line.kind : "all",
    gold: gold.map((need) =>
      [need, ...(Array.isArray(need.alternatives) ? need.alternatives.filter(isJsonObject) : [])].flatMap(toGold),
    ),
  };
}

function toGold(value: JsonObject): Gold[] {
  if (typeof value.path === "string") return [{ path: value.path, quote: typeof value.quote === "string" ? value.quote : "" }];
  return typeof value.question === "string" ? [{ question: value.question }] : [];
}
