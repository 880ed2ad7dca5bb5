import type { Message } from "../core/messages.ts";
import { textResult } from "../core/tools.ts";
import { messageTokens, resultTokens } from "./message-tokens.ts";
import type { FinishedCall } from "./run-tools.ts";

/**
 * The input tokens that a turn may spend: those of its own messages, each time they are sent. What stands before the turn (system prompt,
 * tools, earlier turns) is the price of asking anything at all, so it is not counted: else a long conversation, or many servers, would leave
 * no room for an answer.
 */
export class TurnBudget {
  readonly #max: number;
  /** What the turn's messages cost to send once more, estimated. */
  #turn = 0;
  #spent = 0;
  #before: number | undefined;

  constructor(maxInputTokens: number) {
    this.#max = maxInputTokens;
  }

  /** Counts a message that was added to the turn. */
  add(message: Message): void {
    this.#turn += messageTokens(message);
  }

  /** Counts a model call by what the service says it read; 0 where it does not say. Call it before the reply is added. */
  sent(inputTokens: number): void {
    this.#before ??= Math.max(0, inputTokens - this.#turn);
    this.#spent += inputTokens === 0 ? this.#turn : Math.max(0, inputTokens - this.#before);
  }

  /** Whether sending the turn's messages once more would go over the limit. */
  get isSpent(): boolean {
    return this.#before !== undefined && this.#spent + this.#turn >= this.#max;
  }

  /**
   * The results of one round, those left out that would end the turn by their size, largest first: the model is told instead, so that it can
   * ask for less. Decided before a result is numbered, since what was not shown must not be cited.
   */
  fit(results: readonly FinishedCall[]): readonly FinishedCall[] {
    const sizes = results.map(({ result }) => resultTokens(result));
    let total = this.#spent + this.#turn + sizes.reduce((sum, size) => sum + size, 0);
    if (total < this.#max) return results;
    const fitting = [...results];
    for (const index of [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]!)) {
      if (total < this.#max || sizes[index]! < smallResult) break;
      total -= sizes[index]!;
      fitting[index] = { ...results[index]!, result: tooLarge(sizes[index]!) };
    }
    return fitting;
  }
}

/** Leaving out results of fewer tokens than this gains nothing over telling why. */
const smallResult = 200;

const tooLarge = (tokens: number): FinishedCall["result"] =>
  textResult(
    `The tool answered, but with about ${tokens} tokens, more than this turn has room for. Call it again with narrower arguments, or go on without it.`,
    { isError: true },
  );
