import type { Io } from "../command.ts";

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
}

const plain: Style = { bold: (text) => text, dim: (text) => text };
const colour: Style = { bold: (text) => `\u001b[1m${text}\u001b[22m`, dim: (text) => `\u001b[2m${text}\u001b[22m` };

/** Colours only on a terminal that wants them: `--no-color`, NO_COLOR (https://no-color.org) and TERM=dumb switch them off, FORCE_COLOR on. */
export function styleFor(io: Io, options: { readonly noColor: boolean }): Style {
  if (options.noColor || io.env.NO_COLOR || io.env.TERM === "dumb") return plain;
  if (io.env.FORCE_COLOR && io.env.FORCE_COLOR !== "0") return colour;
  return io.stdout.isTTY && io.stderr.isTTY ? colour : plain;
}
