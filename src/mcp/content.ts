import { isJsonObject, type Json } from "../core/json.ts";
import { neutralise, oneLine } from "../core/neutralise.ts";
import type { Content, Passage, ToolResult } from "../core/tools.ts";
import { passagesIn } from "./passages.ts";
import { isDeeperThan } from "./transport/guard-checks.ts";

export interface ContentOptions {
  readonly server: string;
  readonly tool: string;
  /** Whether the server's own `uri` and `path` may name sources. */
  readonly knowledge: boolean;
}

const maxBlocks = 1_000;
const maxLinkLength = 2_000;
const imageTypes = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const maxStructuredDepth = 64;

/** Tells whether text is base64; the alphabet is checked in one linear pass, the rest by length. */
const isBase64 = (data: string): boolean => data.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(data);

const text = (value: string): Content => ({ type: "text", text: neutralise(value) });

function mediaBlock(kind: "image" | "audio", block: { readonly [key: string]: unknown }): Content {
  const { data, mimeType } = block;
  const type = typeof mimeType === "string" ? oneLine(mimeType, 80).toLowerCase() : "of unknown type";
  if (typeof data !== "string" || !isBase64(data)) return text(`[${kind} (${type}) left out: its data is not base64]`);
  if (kind === "image" && !imageTypes.has(type))
    return text(`[image (${type}) left out: only PNG, JPEG, GIF and WebP can be shown]`);
  return { type: kind, mimeType: type, data };
}

/** Links are shown as text and never opened by the host, whatever their scheme; ones that run code are named as such. Files are what most servers' resources are. */
function linkBlock(block: { readonly [key: string]: unknown }): Content {
  const { uri, name, description } = block;
  if (typeof uri !== "string") return text("[link without an address]");
  const address = oneLine(uri, maxLinkLength);
  const label = typeof name === "string" ? oneLine(name, 200) : address;
  if (/^\s*(javascript|data|vbscript|blob):/i.test(uri))
    return text(`[link "${label}" left out: it begins with ${address.split(":")[0]}:]`);
  return {
    type: "link",
    uri: address,
    name: label,
    ...(typeof description === "string" && { description: oneLine(description, 500) }),
  };
}

function resourceBlock(block: { readonly [key: string]: unknown }): Content {
  const resource = block.resource;
  if (!isJsonObject(resource) || typeof resource.uri !== "string") return text("[embedded resource without an address]");
  const uri = oneLine(resource.uri, maxLinkLength);
  const { mimeType, text: body, blob } = resource;
  const type = typeof mimeType === "string" ? { mimeType: oneLine(mimeType, 80) } : {};
  if (typeof body === "string") return { type: "resource", uri, ...type, text: neutralise(body) };
  if (typeof blob === "string" && typeof mimeType === "string" && imageTypes.has(mimeType.toLowerCase()) && isBase64(blob)) {
    return { type: "image", mimeType: mimeType.toLowerCase(), data: blob };
  }
  return text(`[embedded resource ${uri} (${type.mimeType ?? "of unknown type"}): binary data left out]`);
}

/** One block of a server's answer, readable whatever it is. */
function readBlock(block: unknown): Content {
  if (typeof block === "string") return text(block);
  if (!isJsonObject(block)) return text("[unreadable block]");
  switch (block.type) {
    case "text":
      return typeof block.text === "string" ? text(block.text) : text("[text block without text]");
    case "image":
      return mediaBlock("image", block);
    case "audio":
      return mediaBlock("audio", block);
    case "resource_link":
      return linkBlock(block);
    case "resource":
      return resourceBlock(block);
    default:
      return text(`[content of type "${oneLine(String(block.type), 40)}" cannot be shown]`);
  }
}

function readBlocks(content: unknown): Content[] {
  if (typeof content === "string") return [text(content)];
  if (!Array.isArray(content)) return [];
  const blocks = content.slice(0, maxBlocks).map(readBlock);
  if (content.length > maxBlocks) blocks.push(text(`[${content.length - maxBlocks} more blocks left out]`));
  return blocks;
}

/** Text of a structured value, or undefined where it is nested too deeply to be shown. */
function structuredText(value: Json): string | undefined {
  return isDeeperThan(value, maxStructuredDepth) ? undefined : neutralise(JSON.stringify(value, null, 1));
}

const hasWords = (block: Content): boolean => (block.type === "text" ? block.text.trim() !== "" : true);

/** An answer with text resources as passages: those, and in their order the texts and links beside them, which say what they are or what is missing. */
function resourcePassages(blocks: readonly Content[], { server, tool, knowledge }: ContentOptions): Passage[] {
  if (!blocks.some((block) => block.type === "resource")) return [];
  const readable = blocks.flatMap((block) => {
    if (block.type === "link") return [{ text: `${block.name}: ${block.uri}`, uri: undefined }];
    return block.type === "text" || block.type === "resource"
      ? [{ text: block.text, uri: block.type === "resource" ? block.uri : undefined }]
      : [];
  });
  return readable
    .filter(({ text }) => text.trim() !== "")
    .map(({ text, uri }, index) => ({
      uri: knowledge && uri !== undefined ? uri : `${server}:${tool}#${index + 1}`,
      path: null,
      title: null,
      heading: null,
      text,
    }));
}

/** A tool's raw answer as ours: every kind of content readable, foreign text neutralised, `_meta` gone, nothing said twice. Never throws. */
export function readToolResult(raw: unknown, options: ContentOptions): ToolResult {
  if (!isJsonObject(raw)) return { content: [text("[the server's answer was unreadable]")], isError: true };
  const isError = raw.isError === true;
  const blocks = readBlocks(raw.content);
  const given = raw.structuredContent;
  const tooDeep = given !== undefined && isDeeperThan(given, maxStructuredDepth);
  const structured = tooDeep ? undefined : given;
  // What a server of documents says in text are its passages; the text of any other may say more (what is left out, how to go on, addresses).
  const mayHavePassages = !isError && (options.knowledge || !blocks.some(hasWords));
  const found = mayHavePassages && structured !== undefined ? passagesIn(structured, blocks, options) : undefined;
  const passages = found?.passages ?? (isError ? [] : resourcePassages(blocks, options));
  const content = [...blocks];
  if (!content.some(hasWords)) {
    const shown = structured === undefined ? undefined : structuredText(structured);
    content.splice(
      0,
      content.length,
      text(shown ?? (tooDeep ? "[the answer is nested too deeply to be shown]" : "[the tool answered without content]")),
    );
  }
  return {
    content,
    isError,
    ...(structured !== undefined && { structured }),
    ...(passages.length > 0 && { passages }),
    ...(found?.preamble !== undefined && { preamble: found.preamble }),
  };
}
