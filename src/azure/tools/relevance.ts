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

interface Holder {
  readonly position: number;
  /** 2 for a word of the name, 1 for one of the description or the parameters, 3 for both. */
  readonly worth: number;
}

const indexes = new WeakMap<readonly Tool[], ReadonlyMap<string, readonly Holder[]>>();

/** Which tools have a word, worked out once per list: every new conversation asks it. */
function indexOf(tools: readonly Tool[]): ReadonlyMap<string, readonly Holder[]> {
  const known = indexes.get(tools);
  if (known !== undefined) return known;
  const index = new Map<string, Holder[]>();
  for (const [position, tool] of tools.entries()) {
    const name = new Set(words(`${tool.name} ${tool.title ?? ""}`));
    const rest = new Set(words(`${tool.description} ${propertyNames(tool)}`));
    for (const word of new Set([...name, ...rest])) {
      const holders = index.get(word) ?? [];
      holders.push({ position, worth: (name.has(word) ? 2 : 0) + (rest.has(word) ? 1 : 0) });
      index.set(word, holders);
    }
  }
  indexes.set(tools, index);
  return index;
}

/**
 * Positions of the tools that fit a question best, at most `limit`, in the order of the list. A word counts by how few tools have
 * it, and more in a name than in a description; where nothing tells tools apart, the earlier ones are taken. Pure.
 */
export function mostRelevant(tools: readonly Tool[], question: string, limit: number): readonly number[] {
  const index = indexOf(tools);
  const scores = tools.map(() => 0);
  for (const word of new Set(words(question))) {
    const holders = index.get(word);
    if (holders === undefined) continue;
    const weight = Math.log(1 + tools.length / holders.length);
    for (const { position, worth } of holders) scores[position]! += weight * worth;
  }
  const ranked = tools.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return ranked.slice(0, limit).sort((a, b) => a - b);
}
