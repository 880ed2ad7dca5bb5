import { LecternError } from "../../core/errors.ts";
import type { ServedTool } from "../../core/served-tools.ts";
import { integerArgument, readOnly, stringArgument, type ToolParts, text } from "./tool.ts";

const defaultMaxChars = 20_000;
const maxMaxChars = 200_000;

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
        to_line: { type: "integer", minimum: 1, description: "Last line. Default: as far as max_chars allows." },
        max_chars: {
          type: "integer",
          minimum: 200,
          maximum: maxMaxChars,
          default: defaultMaxChars,
          description: "Characters at most.",
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
      const maxChars = integerArgument(args, "max_chars", { min: 200, max: maxMaxChars }) ?? defaultMaxChars;
      const { excerpt, to } = upTo(lines, { from, last, maxChars });
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
          ...remark,
        },
      };
    },
  };
}

/** Whole lines up to the limit; of a first line that is longer, its beginning. */
function upTo(
  lines: readonly string[],
  { from, last, maxChars }: { from: number; last: number; maxChars: number },
): { excerpt: string; to: number } {
  let to = from;
  let length = lines[from - 1]?.length ?? 0;
  while (to < last && length + 1 + lines[to]!.length <= maxChars) length += 1 + lines[to++]!.length;
  return {
    excerpt: lines
      .slice(from - 1, to)
      .join("\n")
      .slice(0, Math.max(maxChars, 1)),
    to,
  };
}
