import type { Json } from "../../core/json.ts";
import type { Message, UserContent } from "../../core/messages.ts";
import type { Content, ToolCall } from "../../core/tools.ts";
import { contentText } from "../content-text.ts";
import { field, text } from "../json-fields.ts";
import type { ToolNames } from "../tools/names.ts";

type AssistantMessage = Extract<Message, { role: "assistant" }>;

/**
 * Converts one message to items of the Responses `input` array, serialised and joined by commas; pure.
 * `replay` sends encrypted reasoning again, which only the backend that made it can read.
 */
export function toInputItems(message: Message, names: ToolNames, options: { replay: boolean }): string {
  switch (message.role) {
    case "system":
      return JSON.stringify({ role: "system", content: message.content });
    case "user": {
      const { content } = message;
      return JSON.stringify({ role: "user", content: typeof content === "string" ? content : content.map(toUserPart) });
    }
    case "assistant":
      return toAssistantItems(message, names, options.replay)
        .map((item) => JSON.stringify(item))
        .join(",");
    case "tool":
      return JSON.stringify({ type: "function_call_output", call_id: message.callId, output: toOutput(message.content) });
  }
}

function toAssistantItems(message: AssistantMessage, names: ToolNames, replay: boolean): readonly object[] {
  const calls = message.toolCalls ?? [];
  const kept = replay && message.replay !== undefined ? (message.replay.items as readonly Json[]) : [];
  if (kept.length === 0) return [...textItem(message.content), ...calls.map((call) => callItem(call, names))];
  const items: object[] = [];
  const open = new Map(calls.map((call) => [call.id, call]));
  const texts = kept.filter((item) => text(item, "type") === "message").map((item) => text(item, "text") ?? "");
  // The host may have rewritten the text (citations); then it stands as a whole in the place of the first part.
  const asReceived = texts.join("") === message.content;
  let textPlaced = texts.length === 0;
  for (const item of kept) {
    const type = text(item, "type");
    if (type === "reasoning") items.push(item as object);
    else if (type === "message") {
      if (asReceived) items.push(...textItem(text(item, "text") ?? "", field(item, "phase")));
      else if (!textPlaced) items.push(...textItem(message.content, field(item, "phase")));
      textPlaced = true;
    } else if (type === "function_call") {
      const call = open.get(text(item, "call_id") ?? "");
      if (call === undefined) continue;
      items.push(callItem(call, names));
      open.delete(call.id);
    }
  }
  if (texts.length === 0) items.push(...textItem(message.content));
  return [...items, ...[...open.values()].map((call) => callItem(call, names))];
}

function textItem(content: string, phase?: Json): readonly object[] {
  return content === "" ? [] : [{ role: "assistant", content, ...(typeof phase === "string" ? { phase } : {}) }];
}

function callItem(call: ToolCall, names: ToolNames): object {
  return { type: "function_call", call_id: call.id, name: names.wire(call.name), arguments: call.arguments };
}

function toUserPart(part: UserContent): object {
  return part.type === "text" ? { type: "input_text", text: part.text } : imagePart(part.mimeType, part.data);
}

function imagePart(mimeType: string, data: string): object {
  return { type: "input_image", image_url: `data:${mimeType};base64,${data}` };
}

/** Text stays a string: the array form is for images only, and not every model behind the API takes it. */
function toOutput(content: string | readonly Content[]): string | readonly object[] {
  if (typeof content === "string" || !content.some((part) => part.type === "image")) return contentText(content);
  return content.map((part) =>
    part.type === "image" ? imagePart(part.mimeType, part.data) : { type: "input_text", text: contentText([part]) },
  );
}
