import { estimateTokens } from "../core/estimate-tokens.ts";
import type { Message } from "../core/messages.ts";
import type { ToolResult } from "../core/tools.ts";

/** What a picture costs, about: services count between 85 and 1,500 tokens, by size and model. */
const imageTokens = 1_000;

type Block = { readonly type: string; readonly text?: string };
const ofBlock = ({ type, text }: Block): number => (type === "image" ? imageTokens : estimateTokens(text ?? ""));

/** What a message costs to send, about, in tokens. */
export function messageTokens(message: Message): number {
  const { content } = message;
  let tokens = 0;
  if (typeof content === "string") tokens = estimateTokens(content);
  else for (const block of content) tokens += ofBlock(block);
  if (message.role === "assistant")
    for (const { name, arguments: text } of message.toolCalls ?? []) tokens += estimateTokens(name) + estimateTokens(text);
  return tokens;
}

/** What a tool's result costs to show, about, in tokens. */
export function resultTokens({ content, passages, preamble = "" }: ToolResult): number {
  if (passages === undefined) return content.reduce((sum, block) => sum + ofBlock(block), 0);
  const images = content.filter((block) => block.type === "image").length * imageTokens;
  return passages.reduce((sum, { text }) => sum + estimateTokens(text), images + estimateTokens(preamble));
}
