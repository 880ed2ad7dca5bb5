import { LecternError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ServedResult, ServedTool } from "../../core/served-tools.ts";
import { readOnly, stringArgument, type ToolParts, text } from "./tool.ts";

const resultCount = 10;
const maxTextChars = 100_000;

/**
 * The two tools that ChatGPT's connectors and deep research ask of a server, by their names and shapes: one JSON object, as text and
 * structured. Source: https://platform.openai.com/docs/mcp (2026-11).
 */
export function openaiSearch({ store }: ToolParts): ServedTool {
  return {
    name: "search",
    title: "Search",
    description: "Searches the organisation's documents. Returns ids to be read with fetch.",
    inputSchema: { type: "object", properties: { query: text("What to look for, in plain words.") }, required: ["query"] },
    outputSchema: {
      type: "object",
      properties: {
        results: {
          type: "array",
          items: {
            type: "object",
            properties: { id: { type: "string" }, title: { type: "string" }, url: { type: "string" }, text: { type: "string" } },
            required: ["id", "title", "url"],
          },
        },
      },
      required: ["results"],
    },
    annotations: { title: "Search", ...readOnly },
    async call(args, { caller }) {
      const query = stringArgument(args, "query");
      if (query === undefined) return asJson({ results: [] });
      const { hits } = await store.search(query, { limit: resultCount, reader: caller });
      const results = hits.map((hit) => ({ id: hit.id, title: hit.heading || hit.title, url: hit.uri, text: hit.text }));
      return asJson({ results });
    },
  };
}

export function openaiFetch({ store }: ToolParts): ServedTool {
  return {
    name: "fetch",
    title: "Fetch",
    description: "Reads one document that search found.",
    inputSchema: { type: "object", properties: { id: text("An id that search returned.") }, required: ["id"] },
    outputSchema: {
      type: "object",
      properties: {
        id: { type: "string" },
        title: { type: "string" },
        text: { type: "string" },
        url: { type: "string" },
        metadata: { type: "object", additionalProperties: { type: "string" } },
      },
      required: ["id", "title", "text", "url"],
    },
    annotations: { title: "Fetch", ...readOnly },
    async call(args, { caller }) {
      const id = stringArgument(args, "id");
      const document = id === undefined ? undefined : await store.get(id, { reader: caller });
      if (id === undefined || document === undefined) {
        throw new LecternError("usage", `There is no document "${(id ?? "").slice(0, 200)}"`, {
          fix: "Use an id that search returned.",
        });
      }
      const metadata = {
        path: document.path,
        language: document.lang,
        sha256: document.hash,
        ...(document.remark && { remark: document.remark }),
      };
      return asJson({ id, title: document.title, text: document.text.slice(0, maxTextChars), url: document.uri, metadata });
    },
  };
}

const asJson = (value: JsonObject): ServedResult => ({
  content: [{ type: "text", text: JSON.stringify(value) }],
  structuredContent: value,
});
