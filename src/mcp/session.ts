import type { JsonObject } from "../core/json.ts";
import { oneLine } from "../core/neutralise.ts";
import type { ToolProgress } from "../core/tools.ts";

/** Protocol revisions by their way of working: `modern` from 2026-07-28, `legacy` before. */
export type Era = "modern" | "legacy";

export interface RequestOptions {
  readonly signal: AbortSignal;
  /** Milliseconds without an answer or progress. */
  readonly timeoutMs: number;
  /** Milliseconds in all, however much progress is reported. */
  readonly maxTotalMs: number;
  readonly onProgress?: (progress: ToolProgress) => void;
}

export interface ToolRequest {
  readonly name: string;
  readonly arguments: JsonObject;
  /** Tells which arguments the server wants mirrored into HTTP headers. */
  readonly inputSchema: JsonObject;
}

/** One live connection to one server. Results come back raw: reading them tolerantly is not the protocol's business. */
export interface Session {
  readonly era: Era;
  /** Whether the server keeps a session for us that it may forget. */
  readonly hasSession: boolean;
  readonly instructions: string | undefined;
  /** What the server said it can do. Servers that say nothing are asked all the same. */
  readonly capabilities: JsonObject;
  /** Sends any request. Rejects with an error that `errors.ts` can read. */
  request(method: string, params: JsonObject, options: RequestOptions): Promise<unknown>;
  callTool(call: ToolRequest, options: RequestOptions): Promise<unknown>;
  /** Asks a modern server to tell when its tools change; older ones do so unasked. Resolves when the subscription ended. */
  watchTools(timeoutMs: number): Promise<"local" | "graceful" | "remote">;
  close(): Promise<void>;
}

/** A failure in the words the official client uses for the same, so that both are read alike. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: number | "REQUEST_TIMEOUT" | "CONNECTION_CLOSED" | "CAPABILITY_NOT_SUPPORTED" | "INVALID_RESULT";
  readonly data: unknown;

  constructor(code: SessionError["code"], message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** A progress notification, readable: foreign text on one line. */
export function readableProgress(progress: {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}): ToolProgress {
  const { total, message } = progress;
  return {
    progress: progress.progress,
    ...(total !== undefined && { total }),
    ...(message !== undefined && { message: oneLine(message, 200) }),
  };
}
