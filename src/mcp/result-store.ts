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

/** Cuts long results and keeps what was cut off, for a while. */
export class ResultStore {
  readonly #maxCharacters: number;
  readonly #kept = new Map<string, string>();
  #next = 1;

  constructor({ maxCharacters }: { maxCharacters: number }) {
    this.#maxCharacters = maxCharacters;
  }

  get isEmpty(): boolean {
    return this.#next === 1;
  }

  /** A result no longer than allowed. Text blocks and passages are cut; the first that is over the limit says how to read on. */
  cut(result: ToolResult): ToolResult {
    const text = result.content
      .map((block) => (block.type === "text" || block.type === "resource" ? block.text : ""))
      .join("\n\n");
    if (text.length <= this.#maxCharacters) return result;
    const id = this.#keep(text);
    let room = this.#maxCharacters;
    const content: Content[] = [];
    for (const block of result.content) {
      if (block.type !== "text" && block.type !== "resource") content.push(block);
      else if (room > 0) {
        content.push({ ...block, text: cutAt(block.text, room) });
        room -= block.text.length + 2;
      }
    }
    const notice = `[Cut here: ${text.length} characters in all, ${this.#maxCharacters} shown. To read on, call ${readMoreTool.name} with {"id":"${id}","from":${this.#maxCharacters}}, or call the tool again with narrower arguments.]`;
    content.push({ type: "text", text: notice });
    // A structured value as long as the text would undo the cut.
    const { structured: _, passages, ...rest } = result;
    return { ...rest, content, ...(passages && { passages: this.#cutPassages(passages) }) };
  }

  #cutPassages(passages: NonNullable<ToolResult["passages"]>): NonNullable<ToolResult["passages"]> {
    let room = this.#maxCharacters;
    return passages.flatMap((passage) => {
      if (room <= 0) return [];
      const text = cutAt(passage.text, room);
      room -= passage.text.length;
      return [{ ...passage, text }];
    });
  }

  #keep(text: string): string {
    const id = `r${this.#next++}`;
    this.#kept.set(id, text);
    const total = (): number => [...this.#kept.values()].reduce((sum, kept) => sum + kept.length, 0);
    while (this.#kept.size > 1 && (this.#kept.size > maxKept || total() > maxKeptCharacters))
      this.#kept.delete(this.#kept.keys().next().value!);
    return id;
  }

  /** Answers a call of `readMoreTool`. */
  read(args: JsonObject): ToolResult {
    const { id, from } = args;
    const text = typeof id === "string" ? this.#kept.get(id) : undefined;
    if (text === undefined)
      return textResult("That result is no longer kept. Call the tool again with narrower arguments.", { isError: true });
    const start = typeof from === "number" && from > 0 ? Math.floor(from) : 0;
    if (start >= text.length) return textResult(`The result ends at character ${text.length}.`);
    const piece = cutAt(text.slice(start), this.#maxCharacters);
    const end = start + piece.length;
    const rest =
      end < text.length ? `\n\n[${text.length - end} characters more; go on with {"id":"${String(id)}","from":${end}}.]` : "";
    return textResult(piece + rest);
  }
}

/** The first `length` characters; never half of a surrogate pair. */
function cutAt(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff && length < text.length ? length - 1 : length);
}
