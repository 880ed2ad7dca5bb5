import type { Io } from "../command.ts";

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
}

const plain: Style = { bold: (text) => text, dim: (text) => text };

/** Colours only on a terminal that wants them: `--no-color`, NO_COLOR (https://no-color.org) and TERM=dumb switch them off, FORCE_COLOR on. */
export function styleFor(io: Io, options: { readonly noColor: boolean }): Style {
  if (options.noColor || io.env.NO_COLOR || io.env.TERM === "dumb") return plain;
  const forced = io.env.FORCE_COLOR && io.env.FORCE_COLOR !== "0";
  return forced || (io.stdout.isTTY && io.stderr.isTTY) ? coloured(io.sgr) : plain;
}

const coloured = (sgr: Io["sgr"]): Style => ({
  bold: (text) => `${sgr(1)}${text}${sgr(22)}`,
  dim: (text) => `${sgr(2)}${text}${sgr(22)}`,
});
