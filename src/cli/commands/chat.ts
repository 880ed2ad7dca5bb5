import { createInterface } from "node:readline/promises";
import { toLecternError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { errorText } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { PlainRenderer } from "../render/plain.ts";
import { styleFor } from "../render/style.ts";
import { openSession, sessionConfig, sessionOptions } from "../session.ts";

export const chat: Command = {
  name: "chat",
  summary: "Ask and ask on, in one conversation.",
  usage: "[FLAGS]     (a question a line; an empty line or Ctrl-D ends)",
  examples: [
    ["lectern chat --emulator --source ./handbook", "Try it with no account."],
    ["lectern chat --source ./handbook", "With Azure OpenAI."],
  ],
  options: sessionOptions,
  async run(args, io) {
    const config = await sessionConfig(args, io);
    await using lectern = await openSession(config, args, io);
    const conversation = lectern.chat();
    const style = styleFor(io, { noColor: args.flag("no-color") });
    const readline = createInterface({ input: io.stdin, output: io.stderr, prompt: "> " });
    const stop = (): void => readline.close();
    io.signal.addEventListener("abort", stop, { once: true });
    readline.on("SIGINT", () => readline.close());
    try {
      readline.prompt();
      for await (const line of readline) {
        if (line.trim() === "" && io.stdin.isTTY) break;
        if (line.trim() !== "") {
          const renderer = new PlainRenderer(io, { style, quiet: args.flag("quiet"), live: io.stdout.isTTY === true });
          try {
            for await (const event of conversation.ask(line, { signal: io.signal }))
              renderer.render(event, () => lectern.describe());
          } catch (thrown) {
            if (io.signal.aborted) throw thrown;
            // A failed turn leaves the conversation sound; the next question may work.
            io.stderr.write(errorText(toLecternError(thrown)));
          }
        }
        readline.prompt();
      }
    } finally {
      io.signal.removeEventListener("abort", stop);
      readline.close();
    }
    return io.signal.aborted ? exitCodes.interrupted : 0;
  },
};
