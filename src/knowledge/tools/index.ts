import type { ServedTool } from "../../core/served-tools.ts";
import { getDocument } from "./get-document.ts";
import { getKnowledgeBase } from "./get-knowledge-base.ts";
import { listTopics } from "./list-topics.ts";
import { searchKnowledgeBase } from "./search-knowledge-base.ts";
import type { ToolParts } from "./tool.ts";

/** All knowledge tools, in the order in which they are offered. */
export const knowledgeTools: readonly ((parts: ToolParts) => ServedTool)[] = [
  searchKnowledgeBase,
  getDocument,
  listTopics,
  getKnowledgeBase,
];
