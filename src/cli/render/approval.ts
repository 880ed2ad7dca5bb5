import { createInterface } from "node:readline/promises";
import type { Approve } from "../../app/options.ts";
import { visible } from "../../config/visible.ts";
import { LecternError } from "../../core/errors.ts";
import { neutralise } from "../../core/neutralise.ts";
import type { Io } from "../command.ts";
import { cut } from "./wrap.ts";

/** Puts a line to the person and gives their reply. */
export type AskLine = (prompt: string, signal: AbortSignal) => Promise<string>;

/** One line at a time from the person at the terminal: questions that come together are put one after the other. Ctrl-C calls `onStop`. */
export function lineAsker(io: Io, onStop: () => void = () => {}): AskLine {
  return oneByOne((prompt, signal) => askOnce({ io, prompt, onStop }, signal));
}

/** One question to the person at the terminal. Ctrl-C stops (`interrupted`); Ctrl-D is an empty reply, which is never a yes. */
async function askOnce(
  { io, prompt, onStop }: { readonly io: Io; readonly prompt: string; readonly onStop: () => void },
  signal: AbortSignal,
): Promise<string> {
  const readline = createInterface({ input: io.stdin, output: io.terminal });
  const stopped = new AbortController();
  readline.on("SIGINT", () => {
    stopped.abort();
    onStop();
  });
  try {
    return await readline.question(neutralise(prompt), { signal: AbortSignal.any([signal, stopped.signal]) });
  } catch (error) {
    io.stderr.write("\n");
    if (stopped.signal.aborted) throw new LecternError("interrupted", "Stopped.", { cause: error });
    if (signal.aborted) throw error;
    return "";
  } finally {
    readline.close();
  }
}

/** Lets the calls of a function wait for each other. */
export function oneByOne<A extends readonly unknown[], R>(ask: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const mine = last.then(() => ask(...args));
    last = mine.catch(() => {});
    return mine;
  };
}

/** Puts a question that only an explicit yes answers with yes. */
export async function askYes(askLine: AskLine, question: string, signal: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test((await askLine(`${question} [y/N] `, signal)).trim());
}

/**
 * Asks the person before a tool runs, with the exact call; anything but an explicit yes is a no. Every line of the arguments is indented: what
 * a document had the model write there cannot pass for another question.
 */
export function askForApproval(askLine: AskLine, io: Io): Approve {
  return async ({ server, tool, arguments: args, reason }, signal) => {
    const shown = cut(visible(args), Math.max(1, (io.stderr.columns || 80) - 2)).join("\n  ");
    const question = `\nThe model wants to run ${server}/${tool} (${reason}) with\n  ${shown}\nRun it?`;
    return (await askYes(askLine, question, signal))
      ? { decision: "allowed", reason: "approved at the terminal" }
      : { decision: "denied", reason: "refused at the terminal" };
  };
}
