import type { ServedTool } from "../../core/served-tools.ts";
import type { Topic } from "../store.ts";
import { readOnly, type ToolParts } from "./tool.ts";

const maxTitles = 12;
const maxTopics = 200;

export function listTopics({ store }: ToolParts): ServedTool {
  return {
    name: "list_topics",
    title: "List topics",
    description:
      "Lists what the knowledge base covers: its topics with the titles of their documents. Use it to see whether a question is covered at all.",
    inputSchema: { type: "object", properties: {} },
    outputSchema: {
      type: "object",
      properties: {
        topics: {
          type: "array",
          items: {
            type: "object",
            properties: {
              name: { type: "string" },
              source: { type: "string" },
              documents: { type: "integer" },
              titles: { type: "array", items: { type: "string" } },
            },
            required: ["name", "source", "documents", "titles"],
          },
        },
        total: { type: "integer" },
      },
      required: ["topics", "total"],
    },
    annotations: { title: "List topics", ...readOnly },
    async call(_args, { caller }) {
      const topics = await store.topics({ reader: caller });
      const shown = topics.slice(0, maxTopics);
      const rest = topics.length > shown.length ? `\n(${topics.length - shown.length} more topics)` : "";
      return {
        content: [{ type: "text", text: shown.map(topicLine).join("\n") + rest }],
        structuredContent: {
          topics: shown.map((topic) => ({ ...topic, titles: topic.titles.slice(0, maxTitles) })),
          total: topics.length,
        },
      };
    },
  };
}

function topicLine(topic: Topic): string {
  const shown = topic.titles.slice(0, maxTitles);
  const more = topic.titles.length > shown.length ? "; ..." : "";
  return `- ${topic.name} (${topic.titles.length}): ${shown.join("; ")}${more}`;
}
