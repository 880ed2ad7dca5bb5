import { randomUUID } from "node:crypto";
import { LecternError } from "../core/errors.ts";
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
  #inTurn = false;

  /** Without the system prompt, oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Claims the conversation for one turn, until disposed. Throws `usage` while another turn is under way: two would mix their messages and markers. */
  beginTurn(): Disposable {
    if (this.#inTurn) {
      throw new LecternError("usage", "This conversation is still answering.", {
        fix: "Wait for its answer, or ask in a conversation of its own.",
      });
    }
    this.#inTurn = true;
    return {
      [Symbol.dispose]: () => {
        this.#inTurn = false;
      },
    };
  }

  /** Adds the messages of a completed turn. */
  commit(turn: readonly Message[]): void {
    this.#messages = [...this.#messages, ...turn];
  }

  clear(): void {
    this.#messages = [];
  }
}
