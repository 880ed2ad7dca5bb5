import type { Content } from "../core/tools.ts";

/** A tool's answer as text for a model: what cannot be said in text is named. */
export function contentText(content: string | readonly Content[]): string {
  return typeof content === "string" ? content : content.map(partText).join("\n");
}

function partText(part: Content): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "image":
      return `[image, ${part.mimeType}]`;
    case "audio":
      return `[audio, ${part.mimeType}, cannot be heard here]`;
    case "link":
      return `[${part.name}](${part.uri})${part.description === undefined ? "" : `: ${part.description}`}`;
    case "resource":
      return part.text;
  }
}
