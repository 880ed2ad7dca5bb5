import { LecternError } from "../core/errors.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Tool } from "../core/tools.ts";
import { isQuarantined, type QuarantinedTool, readDefinition } from "./definition.ts";
import { engineCode } from "./errors.ts";
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
  /** Characters of all definitions together; default 8 million. */
  readonly maxCharacters?: number;
  /** Why a definition cannot be offered over this transport; undefined where it can. */
  readonly refuse?: (tool: Tool) => string | undefined;
}

/** Reads a server's tools page by page. Bad definitions, doubles and endless lists cost only themselves. Rejects where the first page is no list at all. */
export async function listTools(options: ListToolsOptions): Promise<ToolList> {
  const { server, prefix, refuse, maxCharacters = 8_000_000 } = options;
  const tools = new Map<string, Tool>();
  const quarantined: QuarantinedTool[] = [];
  const remarks: string[] = [];
  const flags: DefinitionFlag[] = [];
  let characters = 0;
  for await (const raw of definitions(options, (remark) => remarks.push(remark))) {
    const entry = readDefinition(server, raw, prefix);
    if (isQuarantined(entry)) {
      quarantined.push(entry);
      continue;
    }
    const { tool } = entry;
    const reason = refuse?.(tool) ?? (tools.has(tool.tool) ? "another tool of this server has the same name" : undefined);
    if (reason !== undefined) {
      quarantined.push({ server, tool: tool.tool, reason });
      continue;
    }
    characters += JSON.stringify(tool).length;
    if (characters > maxCharacters) {
      remarks.push(
        `the definitions of its tools are larger than ${maxCharacters / 1_000_000} million characters; the rest was left out`,
      );
      break;
    }
    tools.set(tool.tool, tool);
    flags.push(...entry.flags);
  }
  const sorted = [...tools.values()].sort((a, b) => (a.tool < b.tool ? -1 : a.tool > b.tool ? 1 : 0));
  return { tools: sorted, quarantined, flags, remarks };
}

/** Every page costs as much again to ask for: longer marks are no reading on. */
const maxCursor = 64 * 1024;

/** The definitions on all pages, within limits; what was left out is remarked. */
async function* definitions(options: ListToolsOptions, remark: (text: string) => void): AsyncGenerator<unknown, void> {
  const { fetchPage, maxPages = 64, maxTools = 2_000 } = options;
  const cursors = new Set<string>();
  let seen = 0;
  let cursor: string | undefined;
  for (let page = 1; ; page++) {
    const result = await fetchPage(cursor === undefined ? {} : { cursor }).catch((error: unknown) => {
      // What it has told so far can be used, where it only refuses to go on.
      if (page === 1 || typeof engineCode(error) !== "number") throw error;
      return undefined;
    });
    const entries = isJsonObject(result) ? result.tools : undefined;
    if (!Array.isArray(entries)) {
      if (page === 1) throw new LecternError("service", "its answer to tools/list holds no list of tools");
      return remark(`page ${page} of its tools was unreadable; the tools before it are kept`);
    }
    yield* entries.slice(0, maxTools - seen);
    seen += entries.length;
    if (seen > maxTools) return remark(`it offers more than ${maxTools} tools; the rest was left out`);
    const next: unknown = isJsonObject(result) ? result.nextCursor : undefined;
    if (typeof next !== "string" || next === "") return;
    if (next.length > maxCursor)
      return remark("its list of tools goes on behind a mark too long to be sent; the tools before it are kept");
    if (cursors.has(next) || page >= maxPages) return remark(`its list of tools never ends; reading stopped after ${page} pages`);
    cursors.add(next);
    cursor = next;
  }
}
