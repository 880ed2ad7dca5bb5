import { explainTools as explain } from "../azure/prepare-tools.ts";
import type { Tool } from "../core/tools.ts";

export interface ExplainedTool {
  readonly server: string;
  readonly tool: string;
  /** The name Azure is shown. */
  readonly wireName: string;
  readonly description: string;
  /** What was changed for Azure's limits and why, a sentence each. */
  readonly changes: readonly string[];
}

/** What Azure OpenAI is shown of each tool. */
export function explainTools(tools: readonly Tool[]): readonly ExplainedTool[] {
  return explain(tools).map(({ tool, wireName, changes }) => ({
    server: tool.server,
    tool: tool.tool,
    wireName,
    description: tool.description,
    changes,
  }));
}
