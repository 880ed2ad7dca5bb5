import { randomUUID } from "node:crypto";
import type { Message } from "../core/messages.ts";
import { SourceRegistry } from "./source-registry.ts";

/**
 * A conversation: its messages, and every passage the model has been shown in it. A turn that fails or is aborted leaves it as it was
 * before that turn, so that the next question starts from a sound state.
 */
export class Conversation {
  readonly id: string = randomUUID();
  readonly sources = new SourceRegistry();
  #messages: readonly Message[] = [];

  /** Without the system prompt, oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Adds the messages of a completed turn. */
  commit(turn: readonly Message[]): void {
    this.#messages = [...this.#messages, ...turn];
  }

  clear(): void {
    this.#messages = [];
  }
}
