import { gatewayRefusals } from "./gateway.ts";
import { modelRefusals } from "./model.ts";
import { type Facts, fill, fillJson, type Refusal } from "./refusal.ts";

/** Every refusal the emulator knows. The reference page docs/reference/emulator-refusals.md is generated from this table. */
export const refusals = [...gatewayRefusals, ...modelRefusals] as const;

export type RefusalId = (typeof refusals)[number]["id"];

const byId = new Map<string, Refusal>(refusals.map((row) => [row.id, row]));

export function findRefusal(id: string): Refusal | undefined {
  return byId.get(id);
}

/** Thrown where a request is refused; the server turns it into the response of its row. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly id: RefusalId;
  readonly facts: Facts;

  constructor(id: RefusalId, facts: Facts = {}) {
    super(id);
    this.id = id;
    this.facts = facts;
  }
}

/** Status, headers and body of a row, filled with the facts of the request. */
export function renderRefusal(
  id: string,
  facts: Facts,
): { readonly status: number; readonly headers: Record<string, string>; readonly body: string } {
  const row = byId.get(id)!;
  const headers = Object.fromEntries(Object.entries(row.headers ?? {}).map(([name, value]) => [name, fill(value, facts)]));
  const html = typeof row.body === "string";
  headers["content-type"] ??= html ? "text/html; charset=us-ascii" : "application/json";
  const body = fillJson(row.body, facts);
  return { status: row.status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}
