import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { BrainTool } from "./brain.ts";
import type { Part } from "./question.ts";
import { contentStems, likeness, words } from "./words.ts";

const searching = /\b(?:search\w*|find\w*|look ?up|lookup|quer(?:y|ies)|retriev\w*|seek)\b/;
const knowing =
  /\b(?:knowledge|documents?|docs|documentation|handbooks?|faqs?|wiki|articles?|polic(?:y|ies)|pages|corpus|manuals?|answers?|q ?& ?a)\b/;
const queryName = /^(?:q|query|question|search|text|terms?|keywords?|input|prompt|topic|search_?(?:query|terms?|text))$/i;

const describe = (tool: BrainTool): string =>
  `${tool.name.replace(/[_\-.]+|(?<=[a-z])(?=[A-Z])/g, " ")} ${tool.description}`.toLowerCase();

export function properties(tool: BrainTool): readonly (readonly [string, JsonObject])[] {
  const found = tool.parameters.properties;
  return isJsonObject(found)
    ? Object.entries(found).map(([name, schema]) => [name, isJsonObject(schema) ? schema : {}] as const)
    : [];
}

export function required(tool: BrainTool): readonly string[] {
  return Array.isArray(tool.parameters.required) ? tool.parameters.required.filter((name) => typeof name === "string") : [];
}

/** True for tools that answer questions of knowledge: they search, or hand out a body of knowledge whole. */
export function isSearch(tool: BrainTool): boolean {
  return searchScore(tool) > 0;
}

function searchScore(tool: BrainTool): number {
  const text = describe(tool);
  const takesQuery = properties(tool).some(
    ([name, schema]) => queryName.test(name) && schema.type !== "number" && schema.type !== "integer",
  );
  const must = required(tool);
  const odd = must.filter((name) => !queryName.test(name)).length;
  if (takesQuery && odd === 0 && searching.test(text)) return 3 + (knowing.test(text) ? 1 : 0);
  if (takesQuery && odd === 0 && knowing.test(text)) return 2.5;
  if (must.length === 0 && knowing.test(text) && /\b(?:get|read|fetch|whole|entire|all)\b/.test(text)) return 1;
  return 0;
}

/** Question words that the tool's own words meet, weighted so that words all tools share count little. */
function wordScore(tool: BrainTool, part: Part, tools: readonly BrainTool[]): number {
  let score = 0;
  const own = contentStems(describe(tool));
  for (const asked of part.stems) {
    const best = Math.max(0, ...own.map((stem) => likeness(asked, stem)));
    if (best === 0) continue;
    const sharing = tools.filter((other) => contentStems(describe(other)).some((stem) => likeness(asked, stem) > 0)).length;
    score += best / sharing;
  }
  return score;
}

const arithmetic =
  /\d\s*(?:[-+*/×÷^%]|plus|minus|times|divided by|multiplied by|percent of|% of)\s*\d|\b(?:sum|product|square root|percent(?:age)?) of\b.*\d/i;
const nowAsked =
  /\b(?:what(?:'s| is)? (?:the )?(?:current )?(?:time|date|day)\b|what day is it|today'?s date|time is it|current (?:time|date)|time now)/i;
const toDo =
  /^(?:please\s+|can you\s+|could you\s+|i(?:'d like| want| need) (?:you )?to\s+)*(create|open|file|submit|raise|log|send|book|schedule|add|register|order|cancel|delete|update|remind|write|post|echo|convert|translate|start|stop|set|turn)\b/i;

/** How well a tool fits by what it does rather than by the words it shares. */
function purposeScore(tool: BrainTool, part: Part): number {
  const text = describe(tool);
  if (arithmetic.test(part.text))
    return /\b(?:calculat\w*|arithmetic|math\w*|evaluate|expression|add|adds|sum|sums|multipl\w*|numbers?)\b/.test(text) ? 4 : 0;
  if (nowAsked.test(part.text))
    return /\b(?:current|now|today|clock)\b.*\b(?:time|date|clock)\b|\b(?:time|date)\b.*\b(?:current|now|today)\b|\bclock\b/.test(
      text,
    )
      ? 4
      : 0;
  const verb = toDo.exec(part.text.trim())?.[1];
  if (verb !== undefined && words(describe(tool)).some((word) => word.startsWith(verb.toLowerCase()))) return 3;
  return 0;
}

/** The tool that fits a part of the question best; undefined where none does. */
export function chooseTool(part: Part, tools: readonly BrainTool[], options: { readonly must: boolean }): BrainTool | undefined {
  const doing = toDo.test(part.text.trim()) || arithmetic.test(part.text) || nowAsked.test(part.text);
  let best: BrainTool | undefined;
  let bestScore = options.must ? -1 : 0.9;
  for (const tool of tools) {
    const search = searchScore(tool);
    const score = purposeScore(tool, part) + search + Math.min(2, wordScore(tool, part, tools)) * (search > 0 || doing ? 0.5 : 1);
    if (score > bestScore) {
      best = tool;
      bestScore = score;
    }
  }
  return best;
}
