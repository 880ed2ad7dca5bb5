import type { Json, JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { estimateTokens } from "../tokens.ts";

const maxInputs = 2_048;

const isTokens = (value: Json): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => Number.isInteger(entry));

/** Texts or lists of tokens: one, or a list of one kind. */
function inputs(input: Json | undefined): readonly (string | readonly number[])[] {
  const single = typeof input === "string" || (input !== undefined && isTokens(input));
  const all: readonly Json[] = single ? [input] : Array.isArray(input) ? input : [];
  if (all.length > maxInputs) throw new Refused("400-array-too-long", { param: "input", limit: maxInputs, length: all.length });
  const texts = all.filter((entry) => typeof entry === "string");
  const tokens = all.filter(isTokens);
  const whole = texts.length === all.length ? texts : tokens.length === all.length ? tokens : [];
  if (whole.length === 0 || texts.includes("")) throw new Refused("400-embeddings-input");
  return whole;
}

/** What is to be embedded, and in how many dimensions. Throws Refused. */
export function checkEmbeddings(deployment: Deployment, body: JsonObject, maxDimensions: number): void {
  const limit = deployment.contextWindow;
  for (const input of inputs(body.input)) {
    const tokens = typeof input === "string" ? estimateTokens(input) : input.length;
    if (tokens > limit) throw new Refused("400-embeddings-context", { limit, tokens });
  }
  const { dimensions } = body;
  if (typeof dimensions === "number" && dimensions > maxDimensions) {
    throw new Refused("400-embeddings-dimensions", { value: dimensions, limit: maxDimensions });
  }
}
