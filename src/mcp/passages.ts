import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { neutralise, oneLine } from "../core/neutralise.ts";
import type { Content, Passage } from "../core/tools.ts";

export interface PassageOptions {
  readonly server: string;
  readonly tool: string;
  readonly knowledge: boolean;
}

export interface FoundPassages {
  readonly passages: readonly Passage[];
  readonly preamble?: string;
}

const maxPassages = 500;
const maxLabel = 500;

const label = (value: unknown): string | null =>
  typeof value === "string" && value.trim() !== "" ? oneLine(value, maxLabel) : null;

function positiveInteger(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

/** One result with a text, as a passage. Whoever is no knowledge source gets an address that says so. */
function toPassage(item: JsonObject, number: number, { server, tool, knowledge }: PassageOptions): Passage | undefined {
  const { text, uri, path } = item;
  if (typeof text !== "string" || text.trim() === "") return undefined;
  // Any list can be called `results`. Only what names where it stands speaks of documents.
  if (!knowledge && typeof uri !== "string" && typeof path !== "string") return undefined;
  const line = positiveInteger(item.line) ?? positiveInteger(item.from_line);
  const remark = label(item.remark);
  return {
    uri: knowledge && typeof uri === "string" ? oneLine(uri, 2_000) : `${server}:${tool}#${number}`,
    path: knowledge && typeof path === "string" ? oneLine(path, 2_000) : null,
    title: label(item.title),
    heading: label(item.heading),
    text: neutralise(text),
    ...(line !== undefined && { line }),
    ...(remark !== null && { remark }),
  };
}

/** The answer's own text before the first passage, for example `Results for "...":`. */
function preambleOf(blocks: readonly Content[], first: Passage): string | undefined {
  const text = blocks.find((block) => block.type === "text")?.text;
  if (text === undefined) return undefined;
  const at = text.indexOf(first.text.trim().slice(0, 60));
  const lines = (at === -1 ? (text.split("\n", 1)[0] ?? "") : text.slice(0, at)).split("\n");
  const labels = [first.path, first.heading, first.title, first.uri].filter((value) => value !== null);
  const opening = lines.findIndex((line) => labels.some((value) => line.includes(value)));
  const preamble = (opening === -1 ? lines.slice(0, 1) : lines.slice(0, opening)).join("\n").trim();
  return preamble === "" ? undefined : preamble;
}

/**
 * Source passages in a structured answer: `results` of `{uri, path, title, heading, text, line?, remark?}`, or one document
 * `{uri, path, title, text, from_line}`. Undefined where the answer speaks of none. Source: design/contracts.md, search_knowledge_base.
 */
export function passagesIn(structured: Json, blocks: readonly Content[], options: PassageOptions): FoundPassages | undefined {
  if (!isJsonObject(structured)) return undefined;
  const { results } = structured;
  const items = Array.isArray(results) ? results.slice(0, maxPassages) : typeof structured.uri === "string" ? [structured] : [];
  const passages = items.flatMap((item, index) => (isJsonObject(item) ? (toPassage(item, index + 1, options) ?? []) : []));
  const [first] = passages;
  if (first === undefined) return undefined;
  const preamble = preambleOf(blocks, first);
  return { passages, ...(preamble !== undefined && { preamble }) };
}
