import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { checkOneOf, checkText, missing, objectsAt, wrongType } from "./types.ts";

const roles = ["system", "assistant", "user", "function", "tool", "developer"];
const parts = ["text", "image_url", "input_audio", "refusal", "audio", "file"];
/** What a part holds, where it must hold something. */
const held: Readonly<Record<string, string>> = { text: "text", image_url: "image_url", input_audio: "input_audio" };

const contentTypes = "one of a string or array of objects";

function checkContent(param: string, content: Json): void {
  if (typeof content === "string") return;
  if (!Array.isArray(content)) wrongType(param, contentTypes, content);
  for (const [at, part] of objectsAt(param, content)) {
    if (part.type === undefined) missing(`${at}.type`);
    checkOneOf(`${at}.type`, part.type, parts);
    const holds = held[String(part.type)];
    if (holds !== undefined && part[holds] === undefined) missing(`${at}.${holds}`);
  }
}

function checkCalls(param: string, calls: Json | undefined): void {
  if (calls === undefined || calls === null) return;
  if (!Array.isArray(calls)) wrongType(param, "an array of objects", calls);
  if (calls.length === 0) throw new Refused("400-empty-array", { param });
  for (const [at, call] of objectsAt(param, calls)) {
    checkText(`${at}.id`, call.id);
    if (call.type === undefined) missing(`${at}.type`);
    if (call.type !== "function") continue;
    if (!isJsonObject(call.function)) missing(`${at}.function`);
    checkText(`${at}.function.name`, call.function.name);
    checkText(`${at}.function.arguments`, call.function.arguments);
  }
}

/** An assistant may be silent where it calls, refuses or speaks. */
const maySayNothing = ({ role, tool_calls, function_call, refusal, audio }: JsonObject): boolean =>
  role === "assistant" && (tool_calls ?? function_call ?? refusal ?? audio ?? null) !== null;

function checkMessage(param: string, message: JsonObject, index: number, deployment: Deployment): void {
  if (message.role === undefined) missing(`${param}.role`);
  checkOneOf(`${param}.role`, message.role, roles);
  const role = String(message.role);
  if (deployment.refusesRoles.includes(role)) throw new Refused("400-role-not-supported", { index, value: role });
  if (role === "assistant") checkCalls(`${param}.tool_calls`, message.tool_calls);
  if (role === "developer" && message.content === undefined) missing(`${param}.content`);
  if (role === "developer" && message.content === null) wrongType(`${param}.content`, contentTypes, null);
  const content = message.content ?? null;
  if (content !== null) checkContent(`${param}.content`, content);
  else if (!maySayNothing(message)) throw new Refused("400-content-null", { index });
  if (role === "tool") checkText(`${param}.tool_call_id`, message.tool_call_id);
  if (typeof message.name === "string" && /[\s<|\\/>]/.test(message.name)) {
    throw new Refused("400-tool-name-pattern", { param: `${param}.name` });
  }
}

/** The shape of each message: role, content and calls. Throws Refused. */
export function checkMessages(deployment: Deployment, body: JsonObject): void {
  const messages = objectsAt("messages", body.messages);
  if (messages.length === 0) throw new Refused("400-empty-array", { param: "messages" });
  for (const [index, [at, message]] of messages.entries()) checkMessage(at, message, index, deployment);
}
