import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { BrainMessage, BrainRequest, BrainTool } from "../brain/brain.ts";
import type { TextFormat } from "../brain/structured.ts";

/** The text of a message content: a string, or the text parts of a list, one per line. */
export function contentText(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: Json) => (isJsonObject(part) && typeof part.text === "string" ? part.text : ""))
    .filter((text) => text !== "")
    .join("\n");
}

export const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
export const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
export const objects = (value: Json | undefined): readonly JsonObject[] => list(value).filter(isJsonObject);

function toMessage(message: JsonObject, names: Map<string, string>): BrainMessage | undefined {
  const content = contentText(message.content);
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", text: content };
    case "user":
      return { role: "user", text: content };
    case "assistant": {
      const toolCalls = objects(message.tool_calls).map((call) => {
        const called = isJsonObject(call.function) ? call.function : {};
        return { id: text(call.id), name: text(called.name), arguments: text(called.arguments) };
      });
      for (const call of toolCalls) names.set(call.id, call.name);
      return { role: "assistant", text: content, toolCalls };
    }
    case "tool": {
      const callId = text(message.tool_call_id);
      return { role: "tool", text: content, callId, name: names.get(callId) ?? "" };
    }
    default:
      return undefined;
  }
}

function toTool(tool: JsonObject): BrainTool | undefined {
  if (tool.type !== "function" || !isJsonObject(tool.function)) return undefined;
  const { name, description, parameters } = tool.function;
  return { name: text(name), description: text(description), parameters: isJsonObject(parameters) ? parameters : {} };
}

function toToolChoice(choice: Json | undefined): BrainRequest["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  if (isJsonObject(choice) && isJsonObject(choice.function)) return { name: text(choice.function.name) };
  return "auto";
}

/** The structured output that a format asks for: `{type: "json_schema", json_schema: {schema}}` on chat, flat on Responses. */
export function toFormat(format: Json | undefined): { readonly format?: TextFormat } {
  if (!isJsonObject(format)) return {};
  if (format.type === "json_object") return { format: "json_object" };
  const holder = isJsonObject(format.json_schema) ? format.json_schema : format;
  return format.type === "json_schema" && isJsonObject(holder.schema) ? { format: { schema: holder.schema } } : {};
}

/** A Chat Completions body as the brain sees it. */
export function fromChat(body: JsonObject): BrainRequest {
  const names = new Map<string, string>();
  return {
    messages: objects(body.messages).flatMap((message) => toMessage(message, names) ?? []),
    tools: objects(body.tools).flatMap((tool) => toTool(tool) ?? []),
    toolChoice: toToolChoice(body.tool_choice),
    ...toFormat(body.response_format),
  };
}
