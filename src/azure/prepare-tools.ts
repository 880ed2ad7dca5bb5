import type { JsonObject } from "../core/json.ts";
import type { ModelRequest } from "../core/model.ts";
import type { Tool } from "../core/tools.ts";
import type { ToolSet } from "./model.ts";
import { ToolNames } from "./tools/names.ts";
import { repairSchema } from "./tools/schema-repair.ts";

/** Most tools one request may carry. Source: Azure OpenAI limits and quotas, read 2026-11. */
export const maxTools = 128;

export type Surface = "responses" | "chat";

/** One tool as it goes to Azure. */
export interface PreparedTool {
  readonly tool: Tool;
  readonly wireName: string;
  readonly schema: JsonObject;
  /** What was changed and why, one sentence each; empty where the tool goes as it is. */
  readonly changes: readonly string[];
}

/** A tool list made ready for Azure: names, schemas and their JSON, worked out once per list. */
export class PreparedTools {
  readonly names: ToolNames;
  readonly tools: readonly PreparedTool[];
  readonly #json = new Map<PreparedTool, { chat?: string; responses?: string }>();

  constructor(tools: readonly Tool[]) {
    this.names = new ToolNames(tools.map((tool) => tool.name));
    this.tools = tools.map((tool) => this.#prepare(tool));
  }

  /** The JSON of one tool for a surface, serialised once. */
  json(prepared: PreparedTool, surface: Surface): string {
    let known = this.#json.get(prepared);
    if (known === undefined) {
      known = {};
      this.#json.set(prepared, known);
    }
    known[surface] ??= toWireTool(prepared, surface);
    return known[surface];
  }

  /** The tools of one request. */
  choose(_request: ModelRequest): ToolSet {
    const joined: { chat?: string; responses?: string } = {};
    return {
      names: this.names,
      notices: [],
      json: (surface) => {
        joined[surface] ??= this.tools.map((prepared) => this.json(prepared, surface)).join(",");
        return joined[surface];
      },
      quarantine: () => undefined,
    };
  }

  #prepare(tool: Tool): PreparedTool {
    const wireName = this.names.wire(tool.name);
    const { schema, changes } = repairSchema(tool.inputSchema);
    const renamed =
      wireName === tool.name ? [] : [`the name is "${wireName}" on the wire: Azure takes 1 to 64 of letters, digits, _ and -`];
    return { tool, wireName, schema, changes: [...renamed, ...changes] };
  }
}

function toWireTool({ tool, wireName, schema }: PreparedTool, surface: Surface): string {
  const description = tool.description;
  if (surface === "chat")
    return JSON.stringify({ type: "function", function: { name: wireName, description, parameters: schema } });
  // MCP schemas are seldom strict-compatible, and without the flag the service tries strict mode first.
  return JSON.stringify({ type: "function", name: wireName, description, parameters: schema, strict: false });
}

/** What preparing changes in each tool and why: for `lectern tools --explain`. Tools that go as they are have no changes. */
export function explainTools(tools: readonly Tool[]): readonly PreparedTool[] {
  return new PreparedTools(tools).tools;
}
