import { createInterface } from "node:readline/promises";
import type { Approve } from "../../app/options.ts";
import type { Io } from "../command.ts";

/** Asks the person at the terminal, with the exact arguments; anything but an explicit yes is a no. */
export function askForApproval(io: Io): Approve {
  return async ({ server, tool, arguments: args, reason }, signal) => {
    const readline = createInterface({ input: io.stdin, output: io.stderr });
    try {
      io.stderr.write(`\nThe model wants to run ${server}/${tool} (${reason}) with\n  ${args}\n`);
      const reply = await readline.question("Run it? [y/N] ", { signal });
      return /^y(es)?$/i.test(reply.trim())
        ? { decision: "allowed", reason: "approved at the terminal" }
        : { decision: "denied", reason: "refused at the terminal" };
    } finally {
      readline.close();
    }
  };
}
