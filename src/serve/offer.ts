import type { Json, JsonObject } from "../core/json.ts";
import type {
  Caller,
  ResourcesChange,
  ServedApp,
  ServedCallContext,
  ServedResource,
  ServedResourceTemplate,
  ServedResult,
  ServedTool,
} from "../core/served-tools.ts";
import type { Era, LogLevel } from "./protocol.ts";

/** Something only the person or host at the other end can give: `elicitation/create`, `sampling/createMessage` or `roots/list`. */
export interface InputRequest {
  readonly method: string;
  readonly params?: JsonObject;
}

/**
 * An answer that says: ask your user first, then call again.
 * `state` comes back in the next call's context; it is sealed on the wire, so that nobody can read or change it.
 * On connections where the client can be asked in the middle of a call (legacy sessions) the server asks and calls again itself.
 */
export interface InputRequired {
  readonly inputRequests?: Readonly<Record<string, InputRequest>>;
  readonly state?: Json;
}

/** What a call knows of its surroundings, beyond what every served tool gets. */
export interface OfferedCallContext extends ServedCallContext {
  readonly era: Era;
  readonly clientCapabilities: JsonObject;
  /** Answers to an earlier `InputRequired`, by the keys of its `inputRequests`. */
  readonly inputResponses?: JsonObject;
  /** What the earlier `InputRequired` said to remember. */
  readonly state?: Json;
  /** Sends a log message where the client asked for this level; else does nothing. */
  readonly log: (level: LogLevel, data: Json, logger?: string) => void;
  /** Closes the response stream under the call; the client comes back for the answer (legacy sessions over HTTP). Else does nothing. */
  readonly releaseStream: () => void;
}

export type OfferedResult = (ServedResult & { readonly _meta?: JsonObject }) | InputRequired;

/** A tool with everything the protocol knows. Every `ServedTool` is one. */
export interface OfferedTool extends Omit<ServedTool, "call"> {
  readonly icons?: readonly JsonObject[];
  readonly _meta?: JsonObject;
  /** Scopes a caller's token must carry for this tool, beyond those the server asks of everybody. */
  readonly scopes?: readonly string[];
  call(args: JsonObject, context: OfferedCallContext): Promise<OfferedResult> | OfferedResult;
}

export interface OfferedContents {
  readonly uri: string;
  readonly mimeType?: string;
  readonly text?: string;
  /** Base64, in place of `text`. */
  readonly blob?: string;
}

export interface OfferedResources {
  list(caller: Caller, cursor?: string): Promise<{ readonly resources: readonly ServedResource[]; readonly nextCursor?: string }>;
  templates(): readonly ServedResourceTemplate[];
  read(uri: string, caller: Caller): Promise<OfferedContents | readonly OfferedContents[] | undefined>;
  complete?(reference: string, argument: string, value: string, caller: Caller): Promise<readonly string[]>;
}

export interface OfferedPrompt {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments?: readonly { readonly name: string; readonly description?: string; readonly required?: boolean }[];
  get(
    args: Readonly<Record<string, string>>,
    context: OfferedCallContext,
  ): Promise<PromptResult | InputRequired> | PromptResult | InputRequired;
}

export interface PromptResult {
  readonly description?: string;
  readonly messages: readonly JsonObject[];
}

/** What changed. A change without particulars means: the list of resources, for everybody. */
export type OfferChange =
  | ResourcesChange
  | { readonly kind: "tools" | "prompts" | "resources" }
  | { readonly kind: "resource"; readonly uri: string };

/** A whole MCP server as data, with everything the protocol knows. Every `ServedApp` is one. */
export interface Offer extends Omit<ServedApp, "tools" | "resources" | "onChanged"> {
  readonly tools: readonly OfferedTool[];
  readonly resources?: OfferedResources;
  readonly prompts?: readonly OfferedPrompt[];
  /** Completions for prompt arguments; those of resources come from `resources.complete`. */
  completePrompt?(prompt: string, argument: string, value: string, caller: Caller): Promise<readonly string[]>;
  /** Whether tools send log messages. Default false. */
  readonly logging?: boolean;
  /** How long clients may keep answers, in milliseconds. Defaults: 300,000 for lists of tools and the like, 1,000 for resources. */
  readonly cacheTtlMs?: { readonly lists?: number; readonly resources?: number };
  onChanged?(listener: (change?: OfferChange) => void): () => void;
}

export function isInputRequired(result: OfferedResult | PromptResult | InputRequired): result is InputRequired {
  return !("content" in result) && !("messages" in result);
}
