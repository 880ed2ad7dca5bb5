import type { Content, ToolCall } from "./tools.ts";

/**
 * What a model adapter wants to see again when the conversation goes on: encrypted reasoning and the like.
 * Opaque to everybody else; an adapter ignores what another `backend` made.
 */
export interface ReplayState {
  /** Who made it: adapter, host and deployment. Reasoning encrypted by one Azure resource is refused by another. */
  readonly backend: string;
  readonly items: readonly unknown[];
}

export type UserContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly mimeType: string; readonly data: string };

/** One entry of a conversation. Entries are never changed once made, so adapters may cache what they derive from them (WeakMap). */
export type Message =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string | readonly UserContent[] }
  | {
      readonly role: "assistant";
      readonly content: string;
      readonly toolCalls?: readonly ToolCall[];
      readonly replay?: ReplayState;
    }
  | { readonly role: "tool"; readonly callId: string; readonly content: string | readonly Content[]; readonly isError?: boolean };
