import { randomUUID } from "node:crypto";
import { LecternError } from "../core/errors.ts";
import type { Message } from "../core/messages.ts";
import { messageTokens } from "./message-tokens.ts";
import { shorten } from "./shorten.ts";
import { SourceRegistry } from "./source-registry.ts";

/**
 * A conversation: its messages, and every passage the model has been shown in it. A turn that fails or is aborted leaves it as it was
 * before that turn, so that the next question starts from a sound state.
 */
export class Conversation {
  readonly id: string = randomUUID();
  readonly sources = new SourceRegistry();
  readonly #readFrom = new Set<string>();
  #messages: readonly Message[] = [];
  /** Estimated tokens of the first `#counted` messages. */
  #tokens = 0;
  #counted = 0;
  #inTurn = false;

  /** Without the system prompt, oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Servers whose words the model has read here. They stay on the list when a result is set aside: answers that rest on it do not. */
  get readFrom(): ReadonlySet<string> {
    return this.#readFrom;
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

  /** Adds the messages of a completed turn, and the servers whose words it read. */
  commit(turn: readonly Message[], readFrom: Iterable<string> = []): void {
    this.#messages = [...this.#messages, ...turn];
    for (const server of readFrom) this.#readFrom.add(server);
  }

  /**
   * Sets the oldest results and turns aside where all together are over `maxTokens` (estimated), down to half of that: seldom, since each time
   * the service's prompt cache starts anew. Returns whether anything was. What was cited stays citable.
   */
  keepWithin(maxTokens: number): boolean {
    this.#count();
    if (this.#tokens <= maxTokens) return false;
    this.#cutTo(maxTokens / 2);
    return true;
  }

  /** Sets the older half aside, for a service that finds the conversation too long. Returns whether there was anything to set aside. */
  halve(): boolean {
    this.#count();
    if (this.#messages.length === 0) return false;
    this.#cutTo(this.#tokens / 2);
    return true;
  }

  #count(): void {
    const { length } = this.#messages;
    for (; this.#counted < length; this.#counted++) this.#tokens += messageTokens(this.#messages[this.#counted]!);
  }

  #cutTo(maxTokens: number): void {
    this.#replace(shorten(this.#messages, maxTokens));
  }

  /** Takes back what was set aside for a turn that then failed: these are the messages from before it. */
  restore(messages: readonly Message[]): void {
    if (messages !== this.#messages) this.#replace(messages);
  }

  #replace(messages: readonly Message[]): void {
    this.#messages = messages;
    this.#tokens = 0;
    this.#counted = 0;
  }

  clear(): void {
    this.#replace([]);
    this.#readFrom.clear();
  }
}
