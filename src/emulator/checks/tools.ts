import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { list, objects, text } from "../wire/chat-request.ts";
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

/** What a tool is, where it stands in the request: nested on chat, flat on Responses. Undefined for a tool that is no function. */
function definitionOf(api: "chat" | "responses", at: string, tool: JsonObject): readonly [string, JsonObject] | undefined {
  if (tool.type === undefined) missing(`${at}.type`);
  if (tool.type !== "function") {
    if (api === "chat" && tool.type !== "custom") wrongType(`${at}.function`, "a function definition", tool.function ?? null);
    return undefined;
  }
  if (api === "responses") return [at, tool];
  return [`${at}.function`, isJsonObject(tool.function) ? tool.function : missing(`${at}.function`)];
}

/** What Azure refuses in the tools offered: their number, names, descriptions and schemas, in this order for each tool. */
export function checkTools(api: "chat" | "responses", deployment: Deployment, body: JsonObject): void {
  const tools = list(body.tools);
  if (tools.length > maxTools) throw new Refused("400-too-many-tools", { length: tools.length });
  for (const [at, tool] of objectsAt("tools", body.tools)) {
    const [path, definition] = definitionOf(api, at, tool) ?? [];
    if (path === undefined || definition === undefined) continue;
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

/** The function that a choice names; undefined where it names none. */
function chosenFunction(choice: Json, inFunction: boolean): string | undefined {
  if (typeof choice === "string") checkOneOf("tool_choice", choice, choices);
  if (!isJsonObject(choice) || choice.type !== "function") return undefined;
  const holder = inFunction ? choice.function : choice;
  if (!isJsonObject(holder)) missing("tool_choice.function");
  checkText(inFunction ? "tool_choice.function.name" : "tool_choice.name", holder.name);
  return text(holder.name);
}

/** Chat Completions takes choices beside tools only, and no function tools together with reasoning on current models. */
export function checkChatTools(deployment: Deployment, body: JsonObject): void {
  if (Array.isArray(body.tools) && body.tools.length === 0) throw new Refused("400-tools-empty");
  for (const param of ["tool_choice", "parallel_tool_calls"]) {
    if (body[param] != null && body.tools == null) throw new Refused("400-only-with-tools", { param });
  }
  const functions = objects(body.tools).filter((tool) => tool.type === "function");
  if (body.tool_choice != null) {
    const name = chosenFunction(body.tool_choice, true);
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
  const name = chosenFunction(body.tool_choice, false);
  if (body.tool_choice === "required" && tools.length === 0) throw new Refused("400-tool-choice-required");
  if (name !== undefined && !tools.some((tool) => tool.name === name)) throw new Refused("400-tool-choice-not-found");
}
