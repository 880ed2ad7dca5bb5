import type { Message } from "../core/messages.ts";
import type { ModelRequest } from "../core/model.ts";
import type { ChatPiece } from "./chat/to-azure.ts";
import { joinChatPieces, toChatPiece } from "./chat/to-azure.ts";
import { shortHash } from "./hash.ts";
import type { Learned } from "./learned.ts";
import type { Surface } from "./prepare-tools.ts";
import { toInputItems } from "./responses/to-azure.ts";
import type { ToolNames } from "./tools/names.ts";

export interface BodyOptions {
  readonly surface: Surface;
  readonly deployment: string;
  readonly names: ToolNames;
  /** The chosen tools, serialised and joined by commas; "" for none. */
  readonly toolsJson: string;
  readonly learned: Learned;
  /** Backend whose reasoning may be replayed; undefined to leave all reasoning out. */
  readonly replayBackend: string | undefined;
}

interface CachedPieces {
  chat?: ChatPiece;
  responses?: string;
  /** Whether `responses` holds replayed reasoning. */
  replay: boolean;
  names: ToolNames;
}

/** Builds request bodies by joining serialised pieces: a message is converted once, however long the conversation gets. */
export class RequestBodies {
  readonly #pieces = new WeakMap<Message, CachedPieces>();

  build(messages: readonly Message[], request: Omit<ModelRequest, "messages">, options: BodyOptions): string {
    const { surface, deployment, toolsJson, learned } = options;
    const parts = [`{"model":${JSON.stringify(deployment)},"stream":true`];
    const add = (name: string, json: string): void => {
      if (!learned.dropped.includes(name)) parts.push(`"${learned.renamed[name] ?? name}":${json}`);
    };
    if (surface === "chat") add("stream_options", '{"include_usage":true}');
    else {
      add("store", "false");
      if (options.replayBackend !== undefined) add("include", '["reasoning.encrypted_content"]');
    }
    if (toolsJson !== "") {
      parts.push(`"tools":[${toolsJson}]`);
      if (request.toolChoice !== undefined && request.toolChoice !== "auto") add("tool_choice", `"${request.toolChoice}"`);
    }
    if (request.maxOutputTokens !== undefined) {
      add(surface === "chat" ? "max_completion_tokens" : "max_output_tokens", String(request.maxOutputTokens));
    }
    if (request.conversationId !== undefined) add("prompt_cache_key", JSON.stringify(cacheKey(request.conversationId)));
    parts.push(
      surface === "chat" ? `"messages":[${this.#chat(messages, options)}]}` : `"input":[${this.#responses(messages, options)}]}`,
    );
    return parts.join(",");
  }

  #chat(messages: readonly Message[], { names }: BodyOptions): string {
    const pieces = messages.map((message) => {
      const cached = this.#cached(message, names);
      cached.chat ??= toChatPiece(message, names);
      return cached.chat;
    });
    return joinChatPieces(pieces, messages);
  }

  #responses(messages: readonly Message[], { names, replayBackend }: BodyOptions): string {
    const pieces = messages.map((message) => {
      const replay = message.role === "assistant" && message.replay !== undefined && message.replay.backend === replayBackend;
      const cached = this.#cached(message, names);
      if (cached.responses === undefined || cached.replay !== replay) {
        cached.responses = toInputItems(message, names, { replay });
        cached.replay = replay;
      }
      return cached.responses;
    });
    return pieces.filter((piece) => piece !== "").join(",");
  }

  /** Only messages with tool calls depend on the names; they are converted again when the tool list changes. */
  #cached(message: Message, names: ToolNames): CachedPieces {
    const known = this.#pieces.get(message);
    const hasCalls = message.role === "assistant" && message.toolCalls !== undefined;
    if (known !== undefined && (!hasCalls || known.names === names)) return known;
    const fresh: CachedPieces = { names, replay: false };
    this.#pieces.set(message, fresh);
    return fresh;
  }
}

/** Azure takes at most 64 characters. */
function cacheKey(conversationId: string): string {
  return conversationId.length <= 64 ? conversationId : shortHash(conversationId, 64);
}
