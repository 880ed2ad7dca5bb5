import { fstatSync } from "node:fs";
import { LecternError } from "../core/errors.ts";
import type { Io } from "./command.ts";

const limit = 1_048_576;
/** How long a socket may stay silent before it counts as empty, in milliseconds. */
const socketPatienceMs = 150;

/**
 * All of standard input as text, at most 1 MiB; empty where it is a terminal. A shell's pipe or a file is read to its end. A socket is what
 * a parent program that never writes leaves open (Node's child processes, for one), so a silent one counts as empty.
 * Throws `usage` for binary or oversize input.
 */
export async function readStdin(io: Io, options: { readonly wanted: boolean }): Promise<string> {
  if (io.stdin.isTTY) return "";
  const patience = options.wanted || !isSocket(io) ? undefined : socketPatienceMs;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const note = setTimeout(
    () => io.stderr.write("lectern: waiting for standard input to end (</dev/null if there is none)\n"),
    3_000,
  );
  try {
    for await (const chunk of withPatience(io, patience)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > limit)
        throw new LecternError("usage", "Standard input is over 1 MiB.", {
          fix: "Put the text into a file and hand it in with --source.",
        });
    }
  } finally {
    clearTimeout(note);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text.includes("\0"))
    throw new LecternError("usage", "Standard input is binary data, not text.", {
      fix: "Pipe text in UTF-8, or leave standard input empty (</dev/null).",
    });
  return text;
}

function isSocket(io: Io): boolean {
  if (io.stdin !== process.stdin) return false;
  try {
    return fstatSync(0).isSocket();
  } catch {
    return true;
  }
}

async function* withPatience(io: Io, patienceMs: number | undefined): AsyncGenerator<Buffer> {
  const input = io.stdin;
  let timer: NodeJS.Timeout | undefined;
  if (patienceMs !== undefined) timer = setTimeout(() => input.destroy(), patienceMs);
  const stop = (): void => void input.destroy(new LecternError("interrupted", "Stopped."));
  io.signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of input) {
      clearTimeout(timer);
      yield Buffer.from(chunk as Uint8Array | string);
    }
  } catch (error) {
    // Our own destroy() of a silent socket ends the loop with a premature close.
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  } finally {
    clearTimeout(timer);
    io.signal.removeEventListener("abort", stop);
  }
}
