import type { Json } from "../../core/json.ts";

/** How sure we are that Azure answers so. `guessed` rows are off unless the emulator is started with `strict: "all"`. */
export type EvidenceKind = "recorded" | "documented" | "reported" | "guessed";

/** One way in which Azure OpenAI refuses a request. `{name}` in headers and bodies is filled with the facts of the request. */
export interface Refusal {
  readonly id: string;
  readonly status: number;
  /** What makes Azure answer so, as a sentence for the reference page. */
  readonly when: string;
  readonly evidence: { readonly kind: EvidenceKind; readonly source: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text for HTML pages. */
  readonly body: Json;
}

export type Facts = Readonly<Record<string, string | number>>;

/** Fills `{name}` with the fact of that name; unknown names stay as they are. */
export function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in facts ? String(facts[name]) : whole));
}

/** Fills every string of a JSON template. */
export function fillJson(template: Json, facts: Facts): Json {
  if (typeof template === "string") return fill(template, facts);
  if (Array.isArray(template)) return template.map((entry: Json) => fillJson(entry, facts));
  if (template === null || typeof template !== "object") return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillJson(value, facts)]));
}
