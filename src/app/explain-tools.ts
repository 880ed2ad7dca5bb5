import { explainTools as explain } from "../azure/prepare-tools.ts";
import type { Tool } from "../core/tools.ts";
import type { DefinitionFlag } from "../mcp/flags.ts";

export interface ExplainedTool {
  readonly server: string;
  readonly tool: string;
  /** The name Azure is shown. */
  readonly wireName: string;
  readonly description: string;
  /** What was changed for Azure's limits and why, a sentence each. */
  readonly changes: readonly string[];
  /** What in its definition a person should look at, a sentence each. */
  readonly flags: readonly string[];
}

/** What Azure OpenAI is shown of each tool. */
export function explainTools(tools: readonly Tool[], flags: readonly DefinitionFlag[] = []): readonly ExplainedTool[] {
  return explain(tools).map(({ tool, wireName, changes }) => ({
    server: tool.server,
    tool: tool.tool,
    wireName,
    description: tool.description,
    changes,
    flags: flags.filter((flag) => flag.server === tool.server && flag.tool === tool.tool).map(({ detail }) => detail),
  }));
}
