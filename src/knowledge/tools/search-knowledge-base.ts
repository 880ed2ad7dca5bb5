import { LecternError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ServedTool } from "../../core/served-tools.ts";
import type { SearchHit, SearchOutcome } from "../store.ts";
import { integerArgument, readOnly, stringArgument, stringsArgument, type ToolParts, text } from "./tool.ts";

const defaultLimit = 6;
const maxLimit = 50;
const maxQueries = 8;
const maxQueryChars = 2000;

const nullableText = (description: string): JsonObject => ({ type: ["string", "null"], description });

const searchResultSchema: JsonObject = {
  type: "object",
  properties: {
    results: {
      type: "array",
      items: {
        type: "object",
        properties: {
          id: text("Give it to get_document to read the whole document."),
          uri: text("kb:// address of the passage."),
          path: text("Path of the document in its source."),
          title: nullableText("Title of the document."),
          heading: nullableText("Headings above the passage, outermost first; the question of a Q&A entry."),
          text: text("The passage."),
          score: { type: "number", description: "Higher is better, within this answer." },
          line: { type: "integer", description: "First line of the passage in its document, from 1." },
          to_line: { type: "integer" },
          remark: text("What to know before quoting it: dates in force, superseded, contradicted."),
          hash: text("SHA-256 of the document."),
          lang: text("Language of the document."),
        },
        required: ["id", "uri", "path", "title", "heading", "text", "score"],
      },
    },
    total: { type: "integer", description: "Passages that matched at all." },
    corrections: {
      type: "array",
      items: { type: "object", properties: { from: { type: "string" }, to: { type: "string" } }, required: ["from", "to"] },
    },
  },
  required: ["results", "total"],
};

export function searchKnowledgeBase({ store }: ToolParts): ServedTool {
  return {
    name: "search_knowledge_base",
    title: "Search the knowledge base",
    description:
      "Finds the passages of the organisation's documents that answer a question. Ask in the user's words; add other wordings in `queries` when the first may miss.",
    inputSchema: {
      type: "object",
      properties: {
        query: text("The question, in plain words."),
        queries: {
          type: "array",
          items: { type: "string" },
          maxItems: maxQueries,
          description: "Other wordings of the same question.",
        },
        limit: { type: "integer", minimum: 1, maximum: maxLimit, default: defaultLimit, description: "Passages at most." },
        topic: text("Only this topic, as list_topics names it."),
        as_of: text("ISO date: what was in force on that day comes first. Default: today."),
        max_tokens: {
          type: "integer",
          minimum: 50,
          description: "Tokens of passage text at most, over all results (estimated).",
        },
      },
      required: ["query"],
    },
    outputSchema: searchResultSchema,
    annotations: { title: "Search the knowledge base", ...readOnly },
    async call(args, { caller }) {
      const query = stringArgument(args, "query");
      if (query === undefined) throw new LecternError("usage", "The query is empty", { fix: "Ask a question in plain words." });
      const topic = stringArgument(args, "topic");
      const asOf = stringArgument(args, "as_of");
      const maxTokens = integerArgument(args, "max_tokens", { min: 50, max: 1_000_000 });
      const outcome = await store.search(query.slice(0, maxQueryChars), {
        queries: stringsArgument(args, "queries")
          .slice(0, maxQueries)
          .map((other) => other.slice(0, maxQueryChars)),
        limit: integerArgument(args, "limit", { min: 1, max: maxLimit }) ?? defaultLimit,
        ...(topic !== undefined && { topic }),
        ...(asOf !== undefined && { asOf: checkedDate(asOf) }),
        ...(maxTokens !== undefined && { maxTokens }),
        reader: caller,
      });
      return {
        content: [{ type: "text", text: resultsText(query, outcome) }],
        structuredContent: {
          results: outcome.hits.map(toResult),
          total: outcome.total,
          corrections: outcome.corrections.map((c) => ({ ...c })),
        },
      };
    },
  };
}

function checkedDate(value: string): string {
  if (/^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value.slice(0, 10)))) return value.slice(0, 10);
  throw new LecternError("usage", `"as_of" is no date: ${value.slice(0, 40)}`, { fix: "Write it as 2026-01-31." });
}

function toResult(hit: SearchHit): JsonObject {
  const { toLine, remark, ...rest } = hit;
  return { ...rest, to_line: toLine, ...(remark !== undefined && { remark }) };
}

/** Passages for people and for clients that read text only. Opens with the query as it was asked. */
function resultsText(query: string, outcome: SearchOutcome): string {
  const shown = query.replace(/\s+/g, " ").slice(0, 300);
  const read = outcome.corrections.map(({ from, to }) => `"${from}" as "${to}"`).join(", ");
  const head = `Results for "${shown}":${read && ` (read ${read})`}`;
  if (outcome.hits.length === 0) return `${head}\n\nNothing found. Try other words, or list_topics to see what there is.`;
  const passages = outcome.hits.map((hit) => {
    const trail = hit.heading && hit.heading !== hit.path ? ` > ${hit.heading}` : "";
    // A name may hold a line end, and must not pass for the opening of another passage.
    const opening = `--- ${hit.path}${trail}${hit.remark ? ` (${hit.remark})` : ""}`.replace(/\s+/g, " ");
    return `${opening}\n${hit.text}`;
  });
  return [head, ...passages].join("\n\n");
}
