import { createInterface } from "node:readline/promises";
import type { Chat, Lectern } from "../../app/lectern.ts";
import { LecternError, toLecternError } from "../../core/errors.ts";
import { neutralise } from "../../core/neutralise.ts";
import type { Args, Command, Io } from "../command.ts";
import { errorText } from "../errors.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { askForApproval, oneByOne } from "../render/approval.ts";
import { askElicitation } from "../render/elicitation.ts";
import { PlainRenderer } from "../render/plain.ts";
import { styleFor } from "../render/style.ts";
import { openSession, sessionConfig, sessionOptions } from "../session.ts";

export const chat: Command = {
  name: "chat",
  summary: "Ask and ask on, in one conversation.",
  usage: "[FLAGS]     (a question a line; Ctrl-C stops an answer, an empty line, exit or Ctrl-D ends)",
  examples: [
    ["lectern chat --emulator --source ./handbook", "Try it with no account."],
    ["lectern chat --source ./handbook", "With Azure OpenAI."],
  ],
  options: sessionOptions,
  async run(args, io) {
    const config = await sessionConfig(args, io);
    let readline: Readline | undefined;
    const close = (): void => readline?.close();
    const turns: Turns = { current: undefined };
    const askLine = oneByOne(async (prompt: string, signal: AbortSignal) => {
      // Between two answers a line is a question to the model, which no server may have.
      if (readline === undefined || turns.current === undefined)
        throw new LecternError("interrupted", "Nobody is asked while no answer is under way.");
      const over = AbortSignal.any([signal, turns.current.signal]);
      return readline.question(neutralise(prompt), { signal: over }).catch((error: unknown) => {
        if (over.aborted) throw error;
        // Ctrl-D: no reply, which is never a yes; the chat ends after this answer.
        return "";
      });
    });
    const canAsk = io.stdin.isTTY === true && !args.flag("no-input");
    await using lectern = await openSession(
      config,
      args,
      io,
      canAsk ? { approve: askForApproval(askLine, io), elicit: askElicitation(askLine, io) } : {},
    );
    // Only now: lines that come before anybody listens are lost.
    readline = createInterface({
      input: io.stdin,
      output: io.terminal,
      prompt: io.stdin.isTTY ? "> " : "",
      terminal: io.stdin.isTTY === true,
    });
    io.signal.throwIfAborted();
    io.signal.addEventListener("abort", close, { once: true });
    try {
      return await converse(lectern, { readline, turns, args, io });
    } finally {
      io.signal.removeEventListener("abort", close);
      readline.close();
    }
  },
};

const keys = "A question a line. Ctrl-C stops an answer; an empty line, exit or Ctrl-D ends.\n";

type Readline = ReturnType<typeof createInterface>;

/** The answer under way. What is asked of the person meanwhile is withdrawn when it ends, however it ends. */
interface Turns {
  current: AbortController | undefined;
}

interface Talk {
  readonly readline: Readline;
  readonly turns: Turns;
  readonly args: Args;
  readonly io: Io;
}

async function converse(lectern: Lectern, { readline, turns, args, io }: Talk): Promise<ExitCode> {
  const conversation = lectern.chat();
  let ended = false;
  let left = false;
  readline.once("close", () => {
    ended = true;
  });
  // The first Ctrl-C stops the answer; a second one, or one with no answer under way, ends the chat.
  readline.on("SIGINT", () => {
    left = turns.current === undefined || turns.current.signal.aborted;
    if (left) readline.close();
    else turns.current?.abort(new DOMException("The answer was stopped", "AbortError"));
  });
  const prompt = (): void => {
    // Piped questions arrive all at once: the input has ended before the first answer has.
    if (!ended) readline.prompt();
  };
  let failure: ExitCode = 0;
  if (io.stdin.isTTY && !args.flag("quiet")) io.stderr.write(keys);
  prompt();
  for await (const line of readline) {
    if (left || (io.stdin.isTTY && /^\s*(?:\/?(?:exit|quit)|:q)?\s*$/i.test(line))) break;
    // What other chats take for a command is no question, and asking it would cost.
    if (io.stdin.isTTY && /^\s*(?:\/[a-z]+|help|\?)\s*$/i.test(line)) io.stderr.write(keys);
    else if (line.trim() !== "") {
      const turn = new AbortController();
      turns.current = turn;
      failure = await answer(conversation, line, { lectern, args, io, signal: AbortSignal.any([io.signal, turn.signal]) });
      turn.abort();
      turns.current = undefined;
    }
    if (io.signal.aborted) break;
    prompt();
  }
  // At a terminal the person has seen it; a script learns of the last question's failure by the exit code.
  return io.signal.aborted ? exitCodes.interrupted : io.stdin.isTTY ? 0 : failure;
}

interface AnswerOptions {
  readonly lectern: Lectern;
  readonly args: Args;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/** One turn. A failed or stopped one leaves the conversation sound, so it is told and the chat goes on. */
async function answer(conversation: Chat, question: string, { lectern, args, io, signal }: AnswerOptions): Promise<ExitCode> {
  const style = styleFor(io, { noColor: args.flag("no-color") });
  const canQuote = lectern.tools().length > 0;
  const renderer = new PlainRenderer(io, { style, quiet: args.flag("quiet"), live: io.stdout.isTTY === true, canQuote });
  try {
    for await (const event of conversation.ask(question, { signal })) renderer.render(event, () => lectern.describe());
    return 0;
  } catch (thrown) {
    const error = toLecternError(thrown);
    renderer.endLine();
    if (!io.signal.aborted) io.stderr.write(signal.aborted ? "(stopped)\n" : errorText(error));
    return exitCodes[error.code];
  }
}
