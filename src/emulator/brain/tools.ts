import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { BrainTool } from "./brain.ts";
import type { Part } from "./question.ts";
import { areSynonyms } from "./thesaurus.ts";
import { isCommon, likeness, stem, stemSequence, words } from "./words.ts";

const searching = /\b(?:search\w*|find\w*|look ?up|lookup|quer(?:y|ies)|retriev\w*|seek)\b/;
const knowing =
  /\b(?:knowledge|documents?|docs|documentation|handbooks?|faqs?|wiki|articles?|polic(?:y|ies)|pages|corpus|manuals?|answers?|q ?& ?a)\b/;
const handingOut = /\b(?:get|read|fetch|whole|entire|all)\b/;
const playing = /\b(?:deprecated|demonstrat\w*|simulat\w*|example|for testing)\b/;
const queryName =
  /^(?:q|query|question|search|text|terms?|keywords?|input|prompt|topic|search_?(?:query|terms?|text)|query_?text)$/i;

const describe = (tool: BrainTool): string => `${spaced(tool.name)} ${tool.description}`.toLowerCase();
const spaced = (name: string): string => name.replace(/[_\-.]+|(?<=[a-z])(?=[A-Z])/g, " ");

/** Parameters of a tool, in the order of its schema. */
export function properties(tool: BrainTool): readonly (readonly [string, JsonObject])[] {
  const found = tool.parameters.properties;
  if (!isJsonObject(found)) return [];
  return Object.entries(found).map(([name, schema]) => [name, isJsonObject(schema) ? schema : {}] as const);
}

export function required(tool: BrainTool): readonly string[] {
  return Array.isArray(tool.parameters.required) ? tool.parameters.required.filter((name) => typeof name === "string") : [];
}

/** True for parameters that want a place. */
export const wantsPlace = (about: string): boolean => /\b(?:time ?_?-?zone|city|location|place|country|region)\b/i.test(about);

const isNumber = (schema: JsonObject): boolean => schema.type === "number" || schema.type === "integer";

/** How much a tool is one that answers questions of knowledge: it searches, or hands out a body of knowledge whole. */
function searchScore(tool: BrainTool): number {
  const text = describe(tool);
  const must = required(tool);
  const takesQuery = properties(tool).some(([name, schema]) => queryName.test(name) && !isNumber(schema));
  if (takesQuery && must.every((name) => queryName.test(name))) {
    if (searching.test(text)) return 3 + (knowing.test(text) ? 1 : 0);
    if (knowing.test(text)) return 2.5;
  }
  return must.length === 0 && knowing.test(text) && handingOut.test(text) ? 1 : 0;
}

/** True for tools whose results are to be searched for the answer. */
export const isSearch = (tool: BrainTool): boolean => searchScore(tool) > 0;

const arithmetic =
  /\d\s*(?:[-+*/×÷^%]|plus|minus|times|divided by|multiplied by|percent of|% of)\s*\d|\b(?:sum|product|difference|square root|percent(?:age)?) of\b.*\d|\b(?:add|multiply|subtract|divide)\b.*\d.*\d/i;
const isoDate = /\b\d{4}-\d{2}-\d{2}\b/g;
const nowAsked =
  /\b(?:what(?:'s| is)? (?:the )?(?:current )?(?:time|date|day)\b(?! (?:of|for|to|limit|is the|do|does|did|can|could|should|must|may|will|are)\b)|what day is it|today'?s date|time is it|current (?:time|date)|time now)/i;
const computing = /\b(?:calculat\w*|arithmetic\w*|math\w*|expression|sums?|adds?|multipl\w*|numbers)\b/;
const telling = /\b(?:current|now|today|clock)\b.*\b(?:time|date|clock)\b|\b(?:time|date)\b.*\b(?:current|now|today)\b|\bclock\b/;

type Intent = "compute" | "now" | "know";

function intentOf(part: Part): Intent {
  if (arithmetic.test(part.text.replace(isoDate, " "))) return "compute";
  return nowAsked.test(part.text) ? "now" : "know";
}

const pathLike = /(?:^|\s)(?:\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)+|\b[\w-]+\.[a-z]{1,5}\b/;

/** Required parameters that the question says nothing for. */
function unfillable(tool: BrainTool, part: Part): number {
  const numbers = part.text.match(/\d+(?:\.\d+)?/g)?.length ?? 0;
  const must = properties(tool).filter(([name]) => required(tool).includes(name));
  const numeric = must.filter(([, schema]) => isNumber(schema) && schema.default === undefined).length;
  const lacking = must.filter(([name, schema]) => {
    const about = `${name} ${typeof schema.description === "string" ? schema.description : ""}`.toLowerCase();
    if (isNumber(schema) || Array.isArray(schema.enum)) return false;
    if (/\b(?:path|paths|file|directory|folder)\b/.test(about)) return !pathLike.test(part.text);
    if (wantsPlace(about)) return placeIn(about, part.text) === undefined;
    if (/\bdate\b/.test(about)) return !/\d{4}-\d{2}-\d{2}/.test(part.text);
    if (/e-?mail/.test(about)) return !/@/.test(part.text);
    if (/\b(?:url|uri)\b/.test(about)) return !/https?:\/\//.test(part.text);
    return /\b(?:id|identifier)\b/.test(name.toLowerCase()) && numbers === 0;
  }).length;
  return lacking + Math.max(0, numeric - numbers);
}

const sameMeaning = (a: string, b: string): number => likeness(a, b) || (areSynonyms(a, b) ? 0.7 : 0);
const bestOf = (stem: string, stems: readonly string[]): number => Math.max(0, ...stems.map((other) => sameMeaning(stem, other)));

interface ReadTool {
  readonly tool: BrainTool;
  readonly name: readonly string[];
  readonly all: readonly string[];
}

const readTool = (tool: BrainTool): ReadTool => ({
  tool,
  name: words(spaced(tool.name)).map(stem),
  all: stemSequence(describe(tool)),
});

/** Words of the question that the tool's own words meet; words that all tools share count little, words of its name double. */
function wordScore(read: ReadTool, part: Part, others: readonly ReadTool[]): number {
  let score = 0;
  for (const asked of [...part.stems, ...part.context]) {
    const met = bestOf(asked, read.all);
    if (met === 0) continue;
    const sharing = others.filter((other) => bestOf(asked, other.all) > 0).length;
    score += (met * (bestOf(asked, read.name) > 0 ? 2 : 1)) / Math.sqrt(sharing);
  }
  return score;
}

const politeness = /^(?:please|can you|could you|would you|i(?:'d like| want| need) (?:you )?to|now|then)\s+/i;

/** The word a request opens with, where it is a request ("Open a ticket ..."). */
function openingWord(part: Part): string | undefined {
  let text = part.text.trim();
  while (politeness.test(text)) text = text.replace(politeness, "");
  const [first] = words(text);
  return first === undefined ? undefined : stem(first);
}

/** Verbs that order the same of a tool. */
const orders: readonly ReadonlySet<string>[] = [
  "create open raise file submit log make",
  "delete remove cancel",
  "book reserve",
].map((verbs) => new Set(verbs.split(" ").map(stem)));
const sameOrder = (a: string, b: string): boolean =>
  sameMeaning(a, b) > 0 || orders.some((verbs) => verbs.has(a) && verbs.has(b));

/** How far a tool does what the opening word orders: by its name, or by the verb its description opens with. */
function orderFit(read: ReadTool, verb: string | undefined): number {
  if (verb === undefined) return 0;
  if (read.name.some((word) => sameOrder(verb, word))) return 3;
  const [does] = words(read.tool.description);
  return does !== undefined && sameOrder(verb, stem(does)) ? 3 : 0;
}

/** A request without its opening: "Please echo good morning" is about "good morning", "Open a ticket: no light" about "no light". */
export function orderedText(part: Part, tool: BrainTool): string {
  if (orderFit(readTool(tool), openingWord(part)) === 0) return part.text;
  const afterColon = /:\s+(.+)$/s.exec(part.text)?.[1];
  if (afterColon !== undefined) return afterColon;
  let text = part.text.trim();
  while (politeness.test(text)) text = text.replace(politeness, "");
  return text.replace(/^\S+\s*/, "") || part.text;
}

const takesFreeText = (name: string, schema: JsonObject): boolean =>
  !isNumber(schema) && schema.type !== "boolean" && !Array.isArray(schema.enum) && !wantsPlace(name);

/** True where the tool's name and the values it would get account for every word that matters: "weather in Paris" for a weather tool with a city. */
function explains(read: ReadTool, part: Part): boolean {
  const keys = part.stems;
  if (!keys.some((key) => !isCommon(key) && bestOf(key, read.name) > 0)) return false;
  const free = properties(read.tool).some(([name, schema]) => takesFreeText(name, schema) && required(read.tool).includes(name));
  if (free) return false;
  const values = stemSequence(
    properties(read.tool)
      .map(([name]) => placeIn(name, part.text) ?? "")
      .join(" "),
  );
  return keys.every((key) => isCommon(key) || bestOf(key, read.all) > 0 || values.includes(key));
}

/** A place named in a text, for parameters that want one. */
export function placeIn(about: string, text: string): string | undefined {
  if (!wantsPlace(about)) return undefined;
  return /\b(?:in|for|at|of)\s+((?:\p{Lu}[\p{L}/_-]*[ ]?)+)/u.exec(text)?.[1]?.trim();
}

const asksToKnow = new Set(["steps", "yes_no", "person", "overview"]);

interface Asked {
  readonly part: Part;
  readonly intent: Intent;
  readonly verb: string | undefined;
  /** Some tool does what the opening word orders. */
  readonly ordered: boolean;
  readonly tools: readonly ReadTool[];
}

function score(read: ReadTool, { part, intent, verb, ordered, tools }: Asked): number {
  const { tool } = read;
  const text = describe(tool);
  const fits = intent === "compute" ? computing.test(text) : intent === "now" ? telling.test(text) : false;
  const search = intent === "know" ? searchScore(tool) * (ordered ? 0.25 : 1) : 0;
  const shared = Math.min(3, wordScore(read, part, tools)) * (search > 0 ? 0.25 : 1);
  const path = pathLike.test(part.text) && properties(tool).some(([name]) => /path|file|dir/i.test(name)) ? 4 : 0;
  const whole = search === 0 && !asksToKnow.has(part.expects) && explains(read, part) ? 2.5 : 0;
  const against = 2 * unfillable(tool, part) + (playing.test(text) ? 1 : 0);
  return (fits ? 4 : 0) + orderFit(read, verb) + path + whole + search + shared - against;
}

/** The tool that fits a part of the question best; undefined where none does, unless one `must` be called. */
export function chooseTool(part: Part, tools: readonly BrainTool[], options: { readonly must: boolean }): BrainTool | undefined {
  const read = tools.map(readTool);
  const verb = openingWord(part);
  const ordered = read.some((each) => !isSearch(each.tool) && orderFit(each, verb) > 0);
  const asked: Asked = { part, intent: intentOf(part), verb, ordered, tools: read };
  let best: { readonly tool: BrainTool; readonly score: number } | undefined;
  for (const each of read) {
    const found = score(each, asked);
    if (best === undefined || found > best.score) best = { tool: each.tool, score: found };
  }
  return best !== undefined && (options.must || best.score >= 1.5) ? best.tool : undefined;
}
