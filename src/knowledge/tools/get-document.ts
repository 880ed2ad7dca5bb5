import { LecternError } from "../../core/errors.ts";
import { estimateTokens } from "../../core/estimate-tokens.ts";
import type { ServedTool } from "../../core/served-tools.ts";
import { integerArgument, readOnly, stringArgument, type ToolParts, text } from "./tool.ts";

const defaultMaxTokens = 5_000;
const maxMaxTokens = 50_000;

export function getDocument({ store }: ToolParts): ServedTool {
  return {
    name: "get_document",
    title: "Read a document",
    description:
      "Reads one document of the knowledge base, whole or some of its lines, by the id, uri or path that search_knowledge_base gave.",
    inputSchema: {
      type: "object",
      properties: {
        id: text("Id, kb:// uri or path of the document."),
        from_line: { type: "integer", minimum: 1, description: "First line, from 1. Default 1." },
        to_line: { type: "integer", minimum: 1, description: "Last line. Default: as far as max_tokens allows." },
        max_tokens: {
          type: "integer",
          minimum: 50,
          maximum: maxMaxTokens,
          default: defaultMaxTokens,
          description: "Tokens at most (estimated).",
        },
      },
      required: ["id"],
    },
    outputSchema: {
      type: "object",
      properties: {
        uri: { type: "string" },
        path: { type: "string" },
        title: { type: "string" },
        text: { type: "string" },
        from_line: { type: "integer" },
        to_line: { type: "integer" },
        total_lines: { type: "integer" },
        remark: { type: "string" },
        hash: { type: "string" },
        links: {
          type: "array",
          description: "Documents it links to.",
          items: { type: "object", properties: { text: { type: "string" }, uri: { type: "string" } }, required: ["text", "uri"] },
        },
      },
      required: ["uri", "path", "title", "text", "from_line", "to_line", "total_lines"],
    },
    annotations: { title: "Read a document", ...readOnly },
    async call(args, { caller }) {
      const id = stringArgument(args, "id") ?? stringArgument(args, "uri") ?? stringArgument(args, "path");
      if (id === undefined) throw new LecternError("usage", "No document is named", { fix: "Give the id of a search result." });
      const document = await store.get(id, { reader: caller });
      if (!document)
        throw new LecternError("usage", `There is no document "${id.slice(0, 200)}"`, {
          fix: "Use an id that search_knowledge_base or list_topics gave.",
        });
      const lines = document.text.split("\n");
      const from = Math.min(lines.length, integerArgument(args, "from_line", { min: 1, max: 1e9 }) ?? 1);
      const last = Math.max(from, Math.min(lines.length, integerArgument(args, "to_line", { min: 1, max: 1e9 }) ?? lines.length));
      const maxTokens = integerArgument(args, "max_tokens", { min: 50, max: maxMaxTokens }) ?? defaultMaxTokens;
      const { excerpt, to } = upTo(lines, { from, last, maxTokens });
      const more = to < lines.length ? `\n\n(lines ${from} to ${to} of ${lines.length}; go on with from_line ${to + 1})` : "";
      const remark = document.remark === undefined ? {} : { remark: document.remark };
      return {
        content: [
          {
            type: "text",
            text: `--- ${document.path} > ${document.title}${document.remark ? ` (${document.remark})` : ""}\n${excerpt}${more}`,
          },
        ],
        structuredContent: {
          uri: document.uri,
          path: document.path,
          title: document.title,
          text: excerpt,
          from_line: from,
          to_line: to,
          total_lines: lines.length,
          hash: document.hash,
          links: document.links.map((link) => ({ ...link })),
          ...remark,
        },
      };
    },
  };
}

/** Whole lines up to the limit; of a first line that is longer, its beginning. */
function upTo(
  lines: readonly string[],
  { from, last, maxTokens }: { from: number; last: number; maxTokens: number },
): { excerpt: string; to: number } {
  let to = from;
  let tokens = estimateTokens(lines[from - 1] ?? "");
  while (to < last && tokens + estimateTokens(`\n${lines[to]}`) <= maxTokens) tokens += estimateTokens(`\n${lines[to++]}`);
  const excerpt = lines.slice(from - 1, to).join("\n");
  return { excerpt: tokens > maxTokens ? excerpt.slice(0, maxTokens * 3) : excerpt, to };
}
