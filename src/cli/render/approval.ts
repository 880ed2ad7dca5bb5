import { createInterface } from "node:readline/promises";
import type { Approve } from "../../app/options.ts";
import type { Io } from "../command.ts";

type Request = Parameters<Approve>[0];
type Decision = Awaited<ReturnType<Approve>>;

/** What a person is asked: the exact call, nothing cut. */
export function approvalQuestion({ server, tool, arguments: args, reason }: Request): string {
  return `\nThe model wants to run ${server}/${tool} (${reason}) with\n  ${args}\n`;
}

/** Anything but an explicit yes is a no. */
export function decided(reply: string): Decision {
  return /^y(es)?$/i.test(reply.trim())
    ? { decision: "allowed", reason: "approved at the terminal" }
    : { decision: "denied", reason: "refused at the terminal" };
}

/** Asks the person at the terminal. */
export function askForApproval(io: Io): Approve {
  return async (request, signal) => {
    const readline = createInterface({ input: io.stdin, output: io.stderr });
    try {
      io.stderr.write(approvalQuestion(request));
      return decided(await readline.question("Run it? [y/N] ", { signal }));
    } finally {
      readline.close();
    }
  };
}
