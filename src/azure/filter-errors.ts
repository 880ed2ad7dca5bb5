import { LecternError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject } from "../core/json.ts";
import type { Failure } from "./failure.ts";
import { field, text } from "./json-fields.ts";

/** Whose text tripped the filter; `prompt` where it may be the question or a tool result. */
export type FilterCulprit = "prompt" | "question" | "answer";

const culprits: Readonly<Record<FilterCulprit, string>> = {
  prompt: "refused the question or a tool result",
  question: "refused the question",
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

/** An error that names what was filtered and whose text it was. Never retried: the same text is filtered again. */
export function contentFilterError(
  culprit: FilterCulprit,
  categories: readonly string[],
  options: { requestId?: string | undefined; status?: number | undefined } = {},
): LecternError {
  const what = categories.length === 0 ? "" : ` for ${categories.join(", ").replaceAll("_", " ")}`;
  const message = `Azure's content filter ${culprits[culprit]}${what}.`;
  const fix = `${culprit === "answer" ? "Ask in another way" : "Reword the question"}. Thresholds can be changed in the deployment's content filter settings.`;
  return new LecternError("content_filtered", message, {
    fix,
    details: { categories, culprit },
    ...(options.requestId === undefined ? {} : { requestId: options.requestId }),
    ...(options.status === undefined ? {} : { status: options.status }),
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
