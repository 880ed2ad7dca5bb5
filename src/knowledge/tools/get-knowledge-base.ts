import type { ServedTool } from "../../core/served-tools.ts";
import { readOnly, type ToolParts } from "./tool.ts";

const maxChars = 200_000;

/** The tool of the original example, by its name and with its text form: everything at once, for small bases. */
export function getKnowledgeBase({ store }: ToolParts): ServedTool {
  return {
    name: "get_knowledge_base",
    title: "Read the whole knowledge base",
    description:
      "Returns the entire knowledge base as questions and answers. Only for small bases; search_knowledge_base finds single answers with far less text.",
    inputSchema: { type: "object", properties: {} },
    annotations: { title: "Read the whole knowledge base", ...readOnly },
    async call(_args, { caller }) {
      const entries = await store.entries({ reader: caller });
      const blocks: string[] = [];
      let length = 0;
      for (const [index, { question, answer }] of entries.entries()) {
        const block = `Q${index + 1}: ${question}\nA${index + 1}: ${answer}\n`;
        length += block.length;
        if (length > maxChars) break;
        blocks.push(block);
      }
      const left = entries.length - blocks.length;
      const rest = left > 0 ? `\n(${left} more entries; use search_knowledge_base to find what you need)\n` : "";
      return { content: [{ type: "text", text: `Here is the retrieved knowledge base:\n\n${blocks.join("\n")}${rest}` }] };
    },
  };
}
