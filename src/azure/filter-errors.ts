import { LecternError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject } from "../core/json.ts";
import type { Failure } from "./failure.ts";
import { field, text } from "./json-fields.ts";

/** Whose text tripped the filter; `prompt` where it may be the question or a tool result. */
export type FilterCulprit = "prompt" | "question" | "tool_result" | "answer";

const culprits: Readonly<Record<FilterCulprit, string>> = {
  prompt: "refused the question or a tool result",
  question: "refused the question",
  tool_result: "refused a tool result",
  answer: "stopped the answer",
};

/** True for the bodies with which Azure refuses filtered text. */
export function isContentFilter(error: Json | undefined): boolean {
  const inner = field(error, "innererror");
  return text(error, "code") === "content_filter" || text(inner, "code") === "ResponsibleAIPolicyViolation";
}

/** Names of the categories that filtered, from any of Azure's result shapes; sorted. */
export function filteredCategories(results: Json | undefined): readonly string[] {
  if (results === undefined || !isJsonObject(results)) return [];
  return Object.entries(results)
    .filter(([, verdict]) => field(verdict, "filtered") === true)
    .map(([category]) => category)
    .sort();
}

const fixes: Readonly<Record<FilterCulprit, string>> = {
  prompt: "Reword the question",
  question: "Reword the question",
  tool_result: "Leave these documents out of the sources, or deny the tool",
  answer: "Ask in another way",
};

interface FilterErrorOptions {
  readonly requestId?: string | undefined;
  readonly status?: number | undefined;
  /** What the tool results were about. */
  readonly documents?: readonly string[];
}

/** An error that names what was filtered and whose text it was. Never retried: the same text is filtered again. */
export function contentFilterError(
  culprit: FilterCulprit,
  categories: readonly string[],
  { requestId, status, documents = [] }: FilterErrorOptions = {},
): LecternError {
  const what = categories.length === 0 ? "" : ` for ${categories.join(", ").replaceAll("_", " ")}`;
  const where = documents.length === 0 ? "" : ` (${documents.join(", ")})`;
  return new LecternError("content_filtered", `Azure's content filter ${culprits[culprit]}${where}${what}.`, {
    fix: `${fixes[culprit]}. Thresholds can be changed in the deployment's content filter settings.`,
    details: { categories, culprit, ...(documents.length === 0 ? {} : { documents }) },
    ...(requestId === undefined ? {} : { requestId }),
    ...(status === undefined ? {} : { status }),
  });
}

/** From an error body with code `content_filter`; `innererror` may be absent. */
export function contentFilterFailure(error: Json | undefined, requestId: string | undefined, status: number): Failure {
  const inner = field(error, "innererror");
  const results =
    field(inner, "content_filter_result") ?? field(inner, "content_filter_results") ?? field(error, "content_filter_result");
  const culprit: FilterCulprit = text(error, "param") === "completion" ? "answer" : "prompt";
  return { error: contentFilterError(culprit, filteredCategories(results), { requestId, status }), retry: "never" };
}
