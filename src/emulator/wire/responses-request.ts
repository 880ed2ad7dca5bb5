import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { BrainMessage, BrainRequest, BrainTool } from "../brain/brain.ts";
import { contentText, list, objects, text, toFormat } from "./chat-request.ts";

function toTool(tool: JsonObject): BrainTool | undefined {
  const { name, description, parameters } = tool;
  if (tool.type === "custom") return { name: text(name), description: text(description), parameters: {}, takesText: true };
  if (tool.type !== "function") return undefined;
  return { name: text(name), description: text(description), parameters: isJsonObject(parameters) ? parameters : {} };
}

function toToolChoice(choice: Json | undefined): BrainRequest["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  if (isJsonObject(choice) && choice.type === "function") return { name: text(choice.name) };
  return "auto";
}

/** Input items in order, a plain string being one user message. */
export function inputItems(input: Json | undefined): readonly JsonObject[] {
  return typeof input === "string" ? [{ role: "user", content: input }] : list(input).filter(isJsonObject);
}

/** Calls that follow one another belong to one assistant message, as on the chat surface. */
function addCall(messages: BrainMessage[], item: JsonObject): void {
  const call = { id: text(item.call_id), name: text(item.name), arguments: text(item.arguments ?? item.input) };
  const last = messages.at(-1);
  if (last?.role === "assistant") messages[messages.length - 1] = { ...last, toolCalls: [...last.toolCalls, call] };
  else messages.push({ role: "assistant", text: "", toolCalls: [call] });
}

function toMessages(items: readonly JsonObject[]): BrainMessage[] {
  const messages: BrainMessage[] = [];
  const names = new Map<string, string>();
  for (const item of items) {
    if (item.type === "function_call" || item.type === "custom_tool_call") {
      names.set(text(item.call_id), text(item.name));
      addCall(messages, item);
    } else if (item.type === "function_call_output" || item.type === "custom_tool_call_output") {
      const callId = text(item.call_id);
      messages.push({ role: "tool", text: contentText(item.output), callId, name: names.get(callId) ?? "" });
    } else if (item.role === "user") messages.push({ role: "user", text: contentText(item.content) });
    else if (item.role === "assistant") messages.push({ role: "assistant", text: contentText(item.content), toolCalls: [] });
    else if (item.role === "system" || item.role === "developer") {
      messages.push({ role: "system", text: contentText(item.content) });
    }
  }
  return messages;
}

/** A Responses body as the brain sees it; `earlier` are the items of the responses it continues. */
export function fromResponses(body: JsonObject, earlier: readonly JsonObject[]): BrainRequest {
  const instructions = text(body.instructions);
  const messages = toMessages([...earlier, ...inputItems(body.input)]);
  return {
    messages: instructions === "" ? messages : [{ role: "system", text: instructions }, ...messages],
    tools: objects(body.tools).flatMap((tool) => toTool(tool) ?? []),
    toolChoice: toToolChoice(body.tool_choice),
    ...toFormat(isJsonObject(body.text) ? body.text.format : undefined),
  };
}
