import type { Message, UserContent } from "../../core/messages.ts";
import type { Content } from "../../core/tools.ts";
import { contentText } from "../content-text.ts";
import type { ToolNames } from "../tools/names.ts";

/** One message as Chat Completions wants it, serialised. `images` follow the batch of tool results they came with. */
export interface ChatPiece {
  readonly json: string;
  readonly images: string;
}

/** Converts one message; pure. Names of called tools are put on the wire by `names`. */
export function toChatPiece(message: Message, names: ToolNames): ChatPiece {
  switch (message.role) {
    case "system":
      return plain({ role: "system", content: message.content });
    case "user":
      return plain({
        role: "user",
        content: typeof message.content === "string" ? message.content : message.content.map(toPart),
      });
    case "assistant": {
      const calls = message.toolCalls ?? [];
      if (calls.length === 0) return plain({ role: "assistant", content: message.content });
      const toolCalls = calls.map((call) => ({
        id: call.id,
        type: "function",
        function: { name: names.wire(call.name), arguments: call.arguments },
      }));
      return plain({ role: "assistant", content: message.content === "" ? null : message.content, tool_calls: toolCalls });
    }
    case "tool": {
      const { callId, content } = message;
      const json = JSON.stringify({ role: "tool", tool_call_id: callId, content: contentText(content) });
      return { json, images: typeof content === "string" ? "" : imagesOf(content) };
    }
  }
}

/** Joins pieces to the `messages` array. Tool messages carry text only, so their images follow as a user message once the batch is over. */
export function joinChatPieces(pieces: readonly ChatPiece[], messages: readonly Message[]): string {
  const parts: string[] = [];
  let images = "";
  for (const [i, piece] of pieces.entries()) {
    if (images !== "" && messages[i]!.role !== "tool") {
      parts.push(imageMessage(images));
      images = "";
    }
    parts.push(piece.json);
    if (piece.images !== "") images = images === "" ? piece.images : `${images},${piece.images}`;
  }
  if (images !== "") parts.push(imageMessage(images));
  return parts.join(",");
}

function plain(value: object): ChatPiece {
  return { json: JSON.stringify(value), images: "" };
}

function toPart(part: UserContent): object {
  return part.type === "text" ? { type: "text", text: part.text } : imagePart(part.mimeType, part.data);
}

function imagePart(mimeType: string, data: string): object {
  return { type: "image_url", image_url: { url: `data:${mimeType};base64,${data}` } };
}

function imagesOf(content: readonly Content[]): string {
  return content
    .filter((part) => part.type === "image")
    .map((part) => JSON.stringify(imagePart(part.mimeType, part.data)))
    .join(",");
}

function imageMessage(images: string): string {
  return `{"role":"user","content":[{"type":"text","text":"Images from the tool results above:"},${images}]}`;
}
