import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { list, objects, text } from "../wire/chat-request.ts";
import { checkChatToolType, checkChosenType, checkHostedTool } from "./hosted-tools.ts";
import { checkParameters } from "./schemas.ts";
import { checkName, checkOneOf, checkText, missing, objectsAt, wrongType } from "./types.ts";

const maxTools = 128;
const maxName = 64;

function checkToolName(name: Json | undefined, param: string): void {
  checkName(param, name);
  const given = text(name);
  if (given.length > maxName) throw new Refused("400-string-too-long", { param, limit: maxName, length: given.length });
  if (!/^[a-zA-Z0-9_-]+$/.test(given)) throw new Refused("400-tool-name-pattern", { param });
}

/** What a function is, where it stands in the request: nested on chat, flat on Responses. */
function definitionOf(api: "chat" | "responses", at: string, tool: JsonObject): readonly [string, JsonObject] {
  if (api === "responses") return [at, tool];
  return [`${at}.function`, isJsonObject(tool.function) ? tool.function : missing(`${at}.function`)];
}

/** What Azure refuses in the tools offered: their number, names, descriptions and schemas, in this order for each tool. */
export function checkTools(api: "chat" | "responses", deployment: Deployment, body: JsonObject): void {
  const tools = list(body.tools);
  if (tools.length > maxTools) throw new Refused("400-too-many-tools", { length: tools.length });
  for (const [at, tool] of objectsAt("tools", body.tools)) {
    if (tool.type === undefined) missing(`${at}.type`);
    if (api === "chat") checkChatToolType(at, tool);
    else checkHostedTool(deployment, at, tool);
    if (tool.type !== "function") continue;
    const [path, definition] = definitionOf(api, at, tool);
    checkToolName(definition.name, `${path}.name`);
    const limit = deployment.maxToolDescription;
    const { description } = definition;
    if (description != null) checkText(`${path}.description`, description);
    const length = text(description).length;
    if (limit !== null && length > limit) {
      throw new Refused("400-string-too-long", { param: `${path}.description`, limit, length });
    }
    const facts = { function: String(definition.name), param: `${path}.parameters` };
    checkParameters(definition.parameters, facts, definition.strict === true);
  }
}

const choices = ["none", "auto", "required"];

/** The object of a choice that is not one of the words. */
function choiceObject(choice: Json): JsonObject | undefined {
  if (typeof choice === "string") checkOneOf("tool_choice", choice, choices);
  else if (!isJsonObject(choice)) wrongType("tool_choice", "one of one of 'none', 'auto', or 'required' or object", choice);
  return isJsonObject(choice) ? choice : undefined;
}

/** The function that a choice of chat names; undefined where it names none. */
function chosenOnChat(choice: Json): string | undefined {
  const object = choiceObject(choice);
  if (object === undefined || object.type === "custom" || object.type === "allowed_tools") return undefined;
  if (!isJsonObject(object.function)) missing("tool_choice.function");
  checkText("tool_choice.function.name", object.function.name);
  return text(object.function.name);
}

/** The same on Responses. */
function chosenOnResponses(choice: Json): string | undefined {
  const object = choiceObject(choice);
  if (object === undefined) return undefined;
  checkChosenType(object);
  if (object.type !== "function") return undefined;
  checkText("tool_choice.name", object.name);
  return text(object.name);
}

/** Chat Completions takes choices beside tools only, and no function tools together with reasoning on current models. */
export function checkChatTools(deployment: Deployment, body: JsonObject): void {
  if (Array.isArray(body.tools) && body.tools.length === 0) throw new Refused("400-tools-empty");
  for (const param of ["tool_choice", "parallel_tool_calls"]) {
    if (body[param] != null && body.tools == null) throw new Refused("400-only-with-tools", { param });
  }
  const functions = objects(body.tools).filter((tool) => tool.type === "function");
  if (body.tool_choice != null) {
    const name = chosenOnChat(body.tool_choice);
    const offered = functions.some((tool) => isJsonObject(tool.function) && tool.function.name === name);
    if (name !== undefined && !offered) throw new Refused("400-tool-choice-unknown", { name });
  }
  if (functions.length === 0 || deployment.chatTools === "always") return;
  if (deployment.chatTools === "without_reasoning" && body.reasoning_effort === "none") return;
  throw new Refused("400-tools-with-reasoning", { model: deployment.model });
}

/** Responses takes a choice without tools, unless it asks for a call. */
export function checkToolChoice(body: JsonObject): void {
  if (body.tool_choice == null) return;
  const tools = objects(body.tools);
  const name = chosenOnResponses(body.tool_choice);
  if (body.tool_choice === "required" && tools.length === 0) throw new Refused("400-tool-choice-required");
  if (name !== undefined && !tools.some((tool) => tool.name === name)) throw new Refused("400-tool-choice-not-found");
}
