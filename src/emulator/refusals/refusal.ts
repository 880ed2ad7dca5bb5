import type { Json } from "../../core/json.ts";

/** How sure we are that Azure answers so. `guessed` rows are off unless the emulator is started with `strict: "all"`. */
type EvidenceKind = "recorded" | "documented" | "reported" | "guessed";

export interface Evidence {
  readonly kind: EvidenceKind;
  /** A link, or what was recorded and when. */
  readonly source: string;
}

/** One way in which Azure OpenAI refuses a request. `{name}` in headers and bodies is filled with the facts of the request. */
export interface Refusal {
  readonly id: string;
  readonly status: number;
  /** What makes Azure answer so, as a sentence for the reference page. */
  readonly when: string;
  /** How the emulator comes to answer so. */
  readonly trigger: string;
  readonly evidence: Evidence;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text for HTML pages. */
  readonly body: Json;
  /** What stands in the body when the row is asked for by name and the request has no such facts. */
  readonly example?: Facts;
}

export type Facts = Readonly<Record<string, string | number>>;

export const recorded = (source: string): Evidence => ({ kind: "recorded", source });
export const documented = (source: string): Evidence => ({ kind: "documented", source });
export const reported = (source: string): Evidence => ({ kind: "reported", source });
export const guessed = (source: string): Evidence => ({ kind: "guessed", source });

/** The body of most refusals of the model service, keys in its order. */
export function invalidRequest(message: string, param: string | null, code: string | null): Json {
  return { error: { message, type: "invalid_request_error", param, code } };
}

/** Fills `{name}` with the fact of that name; unknown names stay as they are. */
export function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(facts, name) ? String(facts[name]) : whole));
}

/** Fills every string of a JSON template. */
export function fillJson(template: Json, facts: Facts): Json {
  if (typeof template === "string") return fill(template, facts);
  if (Array.isArray(template)) return template.map((entry: Json) => fillJson(entry, facts));
  if (template === null || typeof template !== "object") return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillJson(value, facts)]));
}
