import type { Json, JsonObject } from "../core/json.ts";
import { contentStems } from "./brain/words.ts";
import { digest, seeded } from "./seeded.ts";
import { estimateTokens } from "./tokens.ts";

/** The dimensions of a vector, unless fewer are asked for. */
export const maxDimensions = 3_072;

/** In how many places of a vector a word shows: few enough that the texts of a whole handbook cost little. */
const placesOfAWord = 64;

/**
 * A vector of a text: texts that share words are near each other, whatever the seed of the process. Unit length. A shorter one is the
 * beginning of the longer, as with Azure's models: places are drawn more often near the beginning, so that every word shows there, too.
 */
function embed(text: string, dimensions: number): number[] {
  const sum = new Float64Array(dimensions);
  const stems = contentStems(text);
  for (const stem of stems.length > 0 ? stems : [text]) {
    const random = seeded(digest("embedding", stem));
    for (let i = 0; i < placesOfAWord; i++) {
      const place = Math.floor(maxDimensions * random.next() ** 2);
      const value = random.next() * 2 - 1;
      if (place < dimensions) sum[place]! += value;
    }
  }
  const length = Math.hypot(...sum);
  if (length === 0) sum[0] = 1;
  return Array.from(sum, (value) => value / (length || 1));
}

/** Texts as they are, and lists of tokens as if they were text. */
function texts(input: Json | undefined): string[] {
  const all = Array.isArray(input) && !input.every((entry) => typeof entry === "number") ? input : [input ?? ""];
  return all.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry)));
}

/** The body of an embeddings answer: floats, or base64 of little-endian 32-bit floats. */
export function embeddingsBody(body: JsonObject, served: string): JsonObject {
  const asked = texts(body.input);
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : maxDimensions;
  const tokens = asked.reduce((sum, text) => sum + Math.max(1, estimateTokens(text)), 0);
  const data = asked.map((text, index): JsonObject => {
    const vector = embed(text, dimensions);
    const packed = (): string => Buffer.from(new Float32Array(vector).buffer).toString("base64");
    return { object: "embedding", index, embedding: body.encoding_format === "base64" ? packed() : vector };
  });
  return { object: "list", data, model: served, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}
