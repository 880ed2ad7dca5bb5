import type { Json, JsonObject } from "./json.ts";
import type { ToolAnnotations } from "./tools.ts";

/** One block of a served tool's answer, in MCP's own shape. */
export type ServedContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly mimeType: string; readonly data: string }
  | { readonly type: "audio"; readonly mimeType: string; readonly data: string }
  | { readonly type: "resource"; readonly resource: { readonly uri: string; readonly mimeType?: string; readonly text: string } }
  | { readonly type: "resource_link"; readonly uri: string; readonly name: string; readonly mimeType?: string };

/** A served tool's answer. A failing tool is an answer with `isError`, which the model reads. */
export interface ServedResult {
  readonly content: readonly ServedContent[];
  readonly structuredContent?: Json;
  readonly isError?: boolean;
}

/** Who is calling: from a verified token, from flags, or nobody in particular. */
export interface Caller {
  /** Stable id of the principal; null for an unauthenticated caller. */
  readonly subject: string | null;
  /** Groups and roles the caller holds; documents restricted to others are invisible. */
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

export const anonymous: Caller = { subject: null, groups: [], scopes: [] };

export interface ServedCallContext {
  readonly signal: AbortSignal;
  readonly caller: Caller;
  /** Sends a progress notification when the client asked for progress; else does nothing. */
  readonly progress: (done: number, total?: number, message?: string) => void;
}

/** A tool that a server of ours offers. `inputSchema` is a JSON Schema object with `type: "object"`. */
export interface ServedTool {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: ToolAnnotations;
  /** Arguments were checked against `inputSchema`. A thrown LecternError becomes an `isError` text with its message and fix; other errors a neutral text. */
  call(args: JsonObject, context: ServedCallContext): Promise<ServedResult> | ServedResult;
}

export interface ServedResource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly size?: number;
}

export interface ServedResourceTemplate {
  readonly uriTemplate: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
}

/** Documents a server of ours offers as MCP resources. All methods see only what the caller may see. */
export interface ServedResources {
  /** One page, in a deterministic order; `cursor` is opaque to the client. */
  list(caller: Caller, cursor?: string): Promise<{ readonly resources: readonly ServedResource[]; readonly nextCursor?: string }>;
  templates(): readonly ServedResourceTemplate[];
  /** Undefined where the uri is unknown or not for this caller: both look the same. */
  read(
    uri: string,
    caller: Caller,
  ): Promise<{ readonly uri: string; readonly mimeType?: string; readonly text: string } | undefined>;
  /** Completions for a template variable or a tool argument of the given name. */
  complete?(reference: string, argument: string, value: string, caller: Caller): Promise<readonly string[]>;
}

/** A change of the offered resources, told only to those it concerns: others must not learn that something they may not see changed. */
export interface ResourcesChange {
  readonly kind: "documents";
  concerns(caller: Caller): boolean;
}

/** A whole MCP server as data: `serve/` speaks the protocol, this says what is offered. */
export interface ServedApp {
  readonly name: string;
  readonly title?: string;
  readonly version: string;
  readonly instructions?: string;
  readonly tools: readonly ServedTool[];
  readonly resources?: ServedResources;
  /** Calls back when the offered resources changed (without particulars: for everybody); returns the unsubscribe function. */
  onChanged?(listener: (change?: ResourcesChange) => void): () => void;
}
