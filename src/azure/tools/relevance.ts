import type { Tool } from "../../core/tools.ts";

/** Words of a text, lower case, without endings that only mark number or tense. */
function words(text: string): string[] {
  const spaced = text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return (spaced.match(/[\p{L}\p{N}]{2,}/gu) ?? []).map((word) =>
    word.length > 4 ? word.replace(/(ings?|ed|es|s)$/, "") : word,
  );
}

function propertyNames(tool: Tool): string {
  const { properties } = tool.inputSchema;
  return typeof properties === "object" && properties !== null ? Object.keys(properties).join(" ") : "";
}

/**
 * Positions of the tools that fit a question best, at most `limit`, in the order of the list. A word counts by how few tools have
 * it, and more in a name than in a description; where nothing tells tools apart, the earlier ones are taken. Pure.
 */
export function mostRelevant(tools: readonly Tool[], question: string, limit: number): readonly number[] {
  const indexed = tools.map((tool) => ({
    name: new Set(words(`${tool.name} ${tool.title ?? ""}`)),
    rest: new Set(words(`${tool.description} ${propertyNames(tool)}`)),
  }));
  const scores = indexed.map(() => 0);
  for (const word of new Set(words(question))) {
    const holders = indexed.filter(({ name, rest }) => name.has(word) || rest.has(word)).length;
    if (holders === 0) continue;
    const weight = Math.log(1 + tools.length / holders);
    for (const [i, { name, rest }] of indexed.entries()) {
      scores[i]! += weight * ((name.has(word) ? 2 : 0) + (rest.has(word) ? 1 : 0));
    }
  }
  const ranked = tools.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return ranked.slice(0, limit).sort((a, b) => a - b);
}
