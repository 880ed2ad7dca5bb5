import { randomInt } from "node:crypto";
import type { JsonObject } from "../core/json.ts";
import { type Content, type Tool, type ToolResult, textResult } from "../core/tools.ts";

/** Reads on in a result that was cut. Ours, not a server's; offered only once something was cut. */
export const readMoreTool: Tool = {
  name: "lectern__read_more",
  server: "lectern",
  tool: "read_more",
  description:
    "Reads on in a tool result that was cut because of its length. Takes the id and the position given in the notice at the cut.",
  inputSchema: {
    type: "object",
    properties: {
      id: { type: "string", description: "Id of the cut result." },
      from: { type: "integer", minimum: 0, description: "Position to read on from, in characters." },
    },
    required: ["id", "from"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
};

const maxKept = 8;
const maxKeptCharacters = 16_000_000;

interface Kept {
  readonly text: string;
  readonly from: NonNullable<ToolResult["from"]>;
}

/** Cuts long results and keeps what was cut off, for a while. */
export class ResultStore {
  readonly #maxCharacters: number;
  readonly #kept = new Map<string, Kept>();

  constructor({ maxCharacters }: { maxCharacters: number }) {
    this.#maxCharacters = maxCharacters;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  /** A result no longer than allowed. What the model is shown (passages, else text blocks) is cut, and it is told how to read on. */
  cut(result: ToolResult, { server, tool }: Tool): ToolResult {
    const shown = shownText(result);
    const max = this.#maxCharacters;
    if (shown.length <= max) return result;
    const id = this.#keep({ text: shown, from: { server, tool } });
    const notice = `[Cut here: ${shown.length} characters in all, ${max} shown. To read on, call ${readMoreTool.name} with {"id":"${id}","from":${max}}, or call the tool again with narrower arguments.]`;
    const content = [...cutTexts(result.content, max), { type: "text", text: notice } as const];
    // A structured value as long as the text would undo the cut.
    const { structured: _, passages, ...rest } = result;
    if (passages === undefined) return { ...rest, content };
    // Of an answer with passages only those are shown, behind its preamble.
    return { ...rest, content, preamble: [rest.preamble ?? "", notice].join("\n").trim(), passages: cutTexts(passages, max) };
  }

  #keep(result: Kept): string {
    // Many conversations share the store: none is to guess what another one read.
    const id = `r${randomInt(2 ** 47)}`;
    this.#kept.set(id, result);
    const total = (): number => [...this.#kept.values()].reduce((sum, { text }) => sum + text.length, 0);
    while (this.#kept.size > 1 && (this.#kept.size > maxKept || total() > maxKeptCharacters))
      this.#kept.delete(this.#kept.keys().next().value!);
    return id;
  }

  /** Answers a call of `readMoreTool`. */
  read(args: JsonObject): ToolResult {
    const { id, from } = args;
    const kept = typeof id === "string" ? this.#kept.get(id) : undefined;
    if (kept === undefined)
      return textResult("That result is no longer kept. Call the tool again with narrower arguments.", { isError: true });
    const { text } = kept;
    const start = typeof from === "number" && from > 0 ? Math.floor(from) : 0;
    if (start >= text.length) return textResult(`The result ends at character ${text.length}.`);
    const piece = cutAt(text.slice(start), this.#maxCharacters);
    const end = start + piece.length;
    const rest =
      end < text.length ? `\n\n[${text.length - end} characters more; go on with {"id":"${String(id)}","from":${end}}.]` : "";
    return { ...textResult(piece + rest), from: kept.from };
  }
}

const separator = "\n\n";

/** What the model is shown of a result. */
function shownText({ content, passages }: ToolResult): string {
  if (passages !== undefined) return passages.map(({ text }) => text).join(separator);
  return content.map((block) => (block.type === "text" || block.type === "resource" ? block.text : "")).join(separator);
}

/** The texts of a list as far as there is room for them, in characters; what has no text stays. */
function cutTexts<T extends { readonly text?: string } | Content>(items: readonly T[], max: number): readonly T[] {
  let room = max;
  return items.flatMap((item) => {
    if (!("text" in item) || item.text === undefined) return [item];
    const text = cutAt(item.text, Math.max(0, room));
    const isLeft = room > 0;
    room -= item.text.length + separator.length;
    return isLeft ? [{ ...item, text }] : [];
  });
}

/** The first `length` characters; never half of a surrogate pair. */
function cutAt(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff && length < text.length ? length - 1 : length);
}
