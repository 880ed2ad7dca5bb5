import type { Json, JsonObject } from "./json.ts";

/** Behaviour hints a server gives about its tool. Hints only: policy never trusts them alone. Source: MCP 2025-11-25, ToolAnnotations. */
export interface ToolAnnotations {
  readonly title?: string;
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** One tool the model may call. `name` is unique in its toolbox; the model adapter may rename it on the wire and maps calls back. */
export interface Tool {
  /** Unique within the toolbox: `<server>__<tool>`. */
  readonly name: string;
  /** The MCP server that has it, as named in the configuration. */
  readonly server: string;
  /** The tool's own name on that server. */
  readonly tool: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: ToolAnnotations;
}

/** The model's request to run a tool. `arguments` is the JSON text exactly as received; it may be malformed. */
export interface ToolCall {
  readonly id: string;
  /** A `Tool.name`, or whatever the model made up. */
  readonly name: string;
  readonly arguments: string;
}

/** One piece of a tool's answer. Text is already neutralised: no terminal controls, bidi or tag characters. */
export type Content =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly mimeType: string; readonly data: string }
  | { readonly type: "audio"; readonly mimeType: string; readonly data: string }
  | { readonly type: "link"; readonly uri: string; readonly name: string; readonly description?: string }
  | { readonly type: "resource"; readonly uri: string; readonly mimeType?: string; readonly text: string };

/** A stretch of a source document inside a tool result: what citations point to. */
export interface Passage {
  /** `kb://<source>/<path>#<anchor>`, or `<server>:<tool>#<n>` for servers that do not speak of documents. */
  readonly uri: string;
  /** Path inside its source; null where the server is not a knowledge source. */
  readonly path: string | null;
  readonly title: string | null;
  readonly heading: string | null;
  /** The source's own text, byte for byte. */
  readonly text: string;
  /** First line in the document, from 1, where known. */
  readonly line?: number;
  /** What else a reader of a quote should know: dates in force, "superseded by ...", "contradicts ...". */
  readonly remark?: string;
}

/** A tool's answer. A failing tool is an answer with `isError`, never an exception. */
export interface ToolResult {
  readonly content: readonly Content[];
  readonly isError: boolean;
  /** The server's structured answer, when it gave one. Never sent to the model beside a text that says the same. */
  readonly structured?: Json;
  /** Source passages found in the answer, in its order; absent when the answer speaks of none. */
  readonly passages?: readonly Passage[];
  /** The server's text before the passages (for example `Results for "...":`), when passages were found. */
  readonly preamble?: string;
  /** Whose words these are, where not those of the tool that was called: it read on in an earlier result. */
  readonly from?: Pick<Tool, "server" | "tool">;
}

export interface ToolProgress {
  readonly message?: string;
  readonly progress: number;
  readonly total?: number;
}

export interface ToolCallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ToolProgress) => void;
}

/** What a server says about how it wants to be used. Foreign text: shown to the model fenced as the server's own. */
export interface ServerInstructions {
  readonly server: string;
  readonly text: string;
}

/** Many tool servers behind one face. The agent knows only this interface. */
export interface Toolbox extends AsyncDisposable {
  /** In a deterministic order that changes only when a server's list changed. The same array object until then. */
  tools(): readonly Tool[];
  instructions(): readonly ServerInstructions[];
  /** Never throws for a failing tool or server (that is an `isError` result); throws only the signal's reason when aborted. */
  call(call: ToolCall, options?: ToolCallOptions): Promise<ToolResult>;
}

/** A text answer. */
export function textResult(text: string, options: { isError?: boolean } = {}): ToolResult {
  return { content: [{ type: "text", text }], isError: options.isError ?? false };
}
