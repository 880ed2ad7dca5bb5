import { isJsonObject, type Json } from "../../core/json.ts";
import { conversationRefusals } from "./conversation-rules.ts";
import { embeddingRefusals } from "./embedding-rules.ts";
import { gatewayRefusals } from "./gateway.ts";
import { type Facts, fill, fillJson, type Refusal } from "./refusal.ts";
import { requestRefusals } from "./request-rules.ts";
import { throttleRefusals } from "./throttles.ts";
import { toolRefusals } from "./tool-rules.ts";
import { valueRefusals } from "./value-rules.ts";

/** Every refusal the emulator knows. The page docs/reference/emulator-refusals.md is generated from this table. */
export const refusals = [
  ...gatewayRefusals,
  ...throttleRefusals,
  ...requestRefusals,
  ...valueRefusals,
  ...toolRefusals,
  ...conversationRefusals,
  ...embeddingRefusals,
] as const;

export type RefusalId = (typeof refusals)[number]["id"];

function findRefusal(id: string): Refusal | undefined {
  return refusals.find((row) => row.id === id);
}

/** Thrown where a request is refused; the server turns it into the response of its row. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly id: RefusalId;
  readonly facts: Facts;
  /** The filter's findings, in place of the example in the row. */
  readonly report: Json | undefined;

  constructor(id: RefusalId, facts: Facts = {}, options: { readonly report?: Json } = {}) {
    super(id);
    this.id = id;
    this.facts = facts;
    this.report = options.report;
  }
}

export interface RenderedRefusal {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function withReport(body: Json, report: Json): Json {
  if (!isJsonObject(body) || !isJsonObject(body.error) || !isJsonObject(body.error.innererror)) return body;
  return { error: { ...body.error, innererror: { ...body.error.innererror, content_filter_result: report } } };
}

/** Status, headers and body of a row, filled with the facts of the request, and the row's example where they say nothing. */
export function renderRefusal(id: string, facts: Facts, report?: Json): RenderedRefusal {
  const row = findRefusal(id)!;
  const all = { ...row.example, ...facts };
  const headers = Object.fromEntries(Object.entries(row.headers ?? {}).map(([name, value]) => [name, fill(value, all)]));
  const template = report === undefined ? row.body : withReport(row.body, report);
  headers["content-type"] ??= typeof template === "string" ? "text/html; charset=us-ascii" : "application/json";
  const body = fillJson(template, all);
  return { status: row.status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}
