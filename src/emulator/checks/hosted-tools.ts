import type { Json, JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { checkOneOf, listed, missing } from "./types.ts";

/** Types of tools as the Responses API lists them. */
const toolTypes = `code_interpreter programmatic_tool_calling function namespace tool_search file_search web_search_preview
  web_search_preview_2025_03_11 image_generation mcp custom computer computer_use_preview shell apply_patch`.split(/\s+/);
/** Taken, too, though its list does not say so. */
const unlisted = ["web_search", "web_search_2025_08_26", "local_shell"];
/** Ways to choose that are no tools. */
const unlistedChoices = [...unlisted, "allowed_tools"];
/** Types that the caller runs. */
const ownTypes = new Set(["function", "custom", "namespace"]);
/** Without what a tool of the service is refused. */
const needed = new Map([
  ["file_search", "vector_store_ids"],
  ["code_interpreter", "container"],
  ["computer_use_preview", "display_width"],
]);

function checkType(param: string, type: Json | undefined, alsoTaken: readonly string[]): void {
  const given = typeof type === "string" ? type : "";
  if (toolTypes.includes(given) || alsoTaken.includes(given)) return;
  throw new Refused("400-invalid-value", { param, value: given, values: listed(toolTypes) });
}

/** A tool of a Responses request that is no function: its type, what it cannot be without, and whether the model has it. Throws Refused. */
export function checkHostedTool(deployment: Deployment, at: string, tool: JsonObject): void {
  checkType(`${at}.type`, tool.type, unlisted);
  const type = String(tool.type);
  const must = needed.get(type);
  if (must !== undefined && tool[must] === undefined) missing(`${at}.${must}`);
  if (!ownTypes.has(type) && deployment.refusesTools.includes(type)) {
    throw new Refused("400-hosted-tool", { tool: type, served: deployment.served });
  }
}

/** The type that a `tool_choice` of Responses names. Throws Refused. */
export function checkChosenType(choice: JsonObject): void {
  checkType("tool_choice.type", choice.type, unlistedChoices);
}

/** Chat Completions knows no tool that the service runs. Throws Refused. */
export function checkChatToolType(at: string, tool: JsonObject): void {
  checkOneOf(`${at}.type`, tool.type, ["function", "custom"]);
}
