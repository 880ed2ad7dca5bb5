import type { Message, ReplayState } from "./messages.ts";
import type { Tool, ToolCall } from "./tools.ts";

/** Token counts of one model call or one turn. `inputTokens` includes the cached ones, `outputTokens` the reasoning ones. */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export const noUsage: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}

/** Why a reply ended. `length`: the model's own output limit. */
export type FinishReason = "stop" | "tool_calls" | "length" | "content_filter" | "refusal";

/** What a model says while it replies. Ends with exactly one `finish`, or the stream throws a LecternError. */
export type ModelEvent =
  | { readonly type: "text"; readonly delta: string }
  | { readonly type: "reasoning"; readonly delta: string }
  /** A whole call: arguments are complete, as the JSON text received; `name` is a `Tool.name` again, whatever it was on the wire. */
  | ({ readonly type: "tool_call" } & ToolCall)
  | ({ readonly type: "usage" } & Usage)
  /** Something was changed, dropped or retried; the reader may want to know. */
  | { readonly type: "notice"; readonly code: string; readonly message: string }
  /** The reply broke and is started afresh: discard its text, reasoning and tool calls so far. A reply has no side effects before its `finish`, so this is always safe. */
  | { readonly type: "reset"; readonly reason: string }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly replay?: ReplayState };

/** One request for one reply: the whole conversation so far, and what may be called. */
export interface ModelRequest {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  /** Default "auto". */
  readonly toolChoice?: "auto" | "none" | "required";
  /** Same value for all calls of one conversation: keeps tool selection, backend affinity and prompt caching stable. */
  readonly conversationId?: string;
  /** Upper limit of the reply in tokens; the model's own default where absent. */
  readonly maxOutputTokens?: number;
}

export interface ModelOptions {
  readonly signal?: AbortSignal;
}

/** Who answered, for the record: JSON output, doctor, logs. */
export interface ModelDescription {
  readonly deployment: string;
  /** The API in use: "responses" or "chat". */
  readonly api: string;
  /** The model that served the last reply, where the service said so. */
  readonly served: string | null;
  readonly region: string | null;
  readonly emulated: boolean;
  /** HTTP requests sent so far, retries included. */
  readonly requests: number;
}

/** Limits of the service behind a model. */
export interface ModelLimits {
  readonly maxTools: number;
  readonly maxToolNameLength: number;
  /** Whether images in user messages and tool results can be shown to it. */
  readonly images: boolean;
}

/** Whatever answers. The agent knows only this interface. */
export interface Model {
  readonly limits: ModelLimits;
  /** Streams one reply. Text deltas are coalesced per socket read. Aborting the signal ends it with the signal's reason. */
  stream(request: ModelRequest, options?: ModelOptions): AsyncIterable<ModelEvent>;
  describe(): ModelDescription;
}
