import { LecternError } from "../core/errors.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Tool } from "../core/tools.ts";
import { isQuarantined, type QuarantinedTool, type ReadTool, readDefinition } from "./definition.ts";
import type { DefinitionFlag } from "./flags.ts";

export interface ToolList {
  readonly tools: readonly Tool[];
  readonly quarantined: readonly QuarantinedTool[];
  readonly flags: readonly DefinitionFlag[];
  /** What else is odd about the list, one sentence each. */
  readonly remarks: readonly string[];
}

export interface ListToolsOptions {
  readonly server: string;
  /** First part of tool names. Default: the server's name. */
  readonly prefix?: string;
  /** Fetches one page; the raw result. */
  readonly fetchPage: (params: JsonObject) => Promise<unknown>;
  /** Default 64. */
  readonly maxPages?: number;
  /** Default 2,000. */
  readonly maxTools?: number;
  /** Why a definition cannot be offered over this transport; undefined where it can. */
  readonly refuse?: (tool: Tool) => string | undefined;
}

/** Reads a server's tools page by page. Bad definitions, doubles and endless lists cost only themselves. Rejects where the first page is no list at all. */
export async function listTools(options: ListToolsOptions): Promise<ToolList> {
  const { server, fetchPage, maxPages = 64, maxTools = 2_000 } = options;
  const tools = new Map<string, Tool>();
  const quarantined: QuarantinedTool[] = [];
  const remarks: string[] = [];
  const flags: DefinitionFlag[] = [];
  const add = (entry: ReadTool | QuarantinedTool): void => {
    if (isQuarantined(entry)) {
      quarantined.push(entry);
      return;
    }
    const { tool } = entry;
    const reason = options.refuse?.(tool) ?? (tools.has(tool.tool) ? "another tool of this server has the same name" : undefined);
    if (reason !== undefined) quarantined.push({ server, tool: tool.tool, reason });
    else {
      tools.set(tool.tool, tool);
      flags.push(...entry.flags);
    }
  };
  const cursors = new Set<string>();
  let seen = 0;
  let cursor: string | undefined;
  for (let page = 1; ; page++) {
    const result = await fetchPage(cursor === undefined ? {} : { cursor });
    const entries = isJsonObject(result) ? result.tools : undefined;
    if (!Array.isArray(entries)) {
      if (page === 1) throw new LecternError("service", `its answer to tools/list holds no list of tools`);
      remarks.push(`page ${page} of its tools was unreadable; the tools before it are kept`);
      break;
    }
    for (const raw of entries.slice(0, maxTools - seen)) add(readDefinition(server, raw, options.prefix));
    seen += entries.length;
    if (seen > maxTools) {
      remarks.push(`it offers more than ${maxTools} tools; the rest was left out`);
      break;
    }
    const next: unknown = isJsonObject(result) ? result.nextCursor : undefined;
    if (typeof next !== "string" || next === "") break;
    if (cursors.has(next) || page >= maxPages) {
      remarks.push(`its list of tools never ends; reading stopped after ${page} pages`);
      break;
    }
    cursors.add(next);
    cursor = next;
  }
  const sorted = [...tools.values()].sort((a, b) => (a.tool < b.tool ? -1 : a.tool > b.tool ? 1 : 0));
  return { tools: sorted, quarantined, flags, remarks };
}
