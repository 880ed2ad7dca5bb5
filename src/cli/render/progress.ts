import type { Io } from "../command.ts";

/** A bar on stderr while long work runs; nothing where stderr is no terminal, or one that cannot redraw a line. `end()` clears it. */
export function progressBar(
  io: Io,
  what: string,
): { update(progress: { readonly done: number; readonly total: number }): void; end(): void } {
  let shown = 0;
  const width = 24;
  const canRedraw = io.terminal.isTTY === true && io.env.TERM !== "dumb";
  return {
    update({ done, total }) {
      const now = Date.now();
      if (!canRedraw || total === 0 || (now - shown < 80 && done < total)) return;
      shown = now;
      const filled = Math.round((done / total) * width);
      io.terminal.write(`\r${what} [${"#".repeat(filled)}${" ".repeat(width - filled)}] ${done} of ${total}`);
    },
    end() {
      if (shown > 0) io.terminal.write("\r\u001b[K");
    },
  };
}
