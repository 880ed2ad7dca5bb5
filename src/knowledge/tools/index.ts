import type { ServedTool } from "../../core/served-tools.ts";
import { getDocument } from "./get-document.ts";
import { getKnowledgeBase } from "./get-knowledge-base.ts";
import { listTopics } from "./list-topics.ts";
import { openaiFetch, openaiSearch } from "./openai-search-fetch.ts";
import { searchKnowledgeBase } from "./search-knowledge-base.ts";
import type { ToolParts } from "./tool.ts";

/** All knowledge tools, in the order in which they are offered. */
export const knowledgeTools: readonly ((parts: ToolParts) => ServedTool)[] = [
  searchKnowledgeBase,
  getDocument,
  listTopics,
  getKnowledgeBase,
];

/** What ChatGPT's connectors expect beside them. */
export const openaiTools: readonly ((parts: ToolParts) => ServedTool)[] = [openaiSearch, openaiFetch];
