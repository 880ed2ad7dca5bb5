import { fstatSync } from "node:fs";
import { LecternError } from "../core/errors.ts";
import type { Io } from "./command.ts";

const limit = 1_048_576;
/** How long a socket may stay silent before it counts as empty, in milliseconds. */
const socketPatienceMs = 150;

interface ReadOptions {
  /** Whether there is nothing to do without it: then it is waited for to its end. */
  readonly wanted: boolean;
  /** How long it may stay silent before it counts as empty, in milliseconds. Default: 150 for a socket, else there is no such time. */
  readonly patienceMs?: number | undefined;
}

/**
 * All of standard input as text, at most 1 MiB; empty where it is a terminal. A shell's pipe or a file is read to its end. A socket is what
 * a parent program that never writes leaves open (Node's child processes, for one), so a silent one counts as empty;
 * what comes later is told, not used. Throws `usage` for binary or oversize input.
 */
export async function readStdin(
  io: Io,
  { wanted, patienceMs = isSocket(io) ? socketPatienceMs : undefined }: ReadOptions,
): Promise<string> {
  if (io.stdin.isTTY) return "";
  if (!wanted && patienceMs !== undefined && !(await arrives(io, patienceMs))) {
    tellWhenLate(io, patienceMs);
    return "";
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const note = setTimeout(
    () => io.stderr.write("lectern: waiting for standard input to end (</dev/null if there is none)\n"),
    3_000,
  );
  try {
    for await (const chunk of untilStopped(io)) {
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
  const text = decoded(Buffer.concat(chunks));
  if (text.includes("\0"))
    throw new LecternError("usage", "Standard input is binary data, not text.", {
      fix: "Pipe text in UTF-8, or leave standard input empty (</dev/null).",
    });
  return text;
}

/**
 * As knowledge files are read: what is no UTF-8 is taken for Windows-1252, so that a quote has the letters that were sent. A last character that
 * was cut (`head -c 2000`) is left out, where those before it show that the text is UTF-8.
 */
function decoded(bytes: Buffer): string {
  const text = utf8(bytes, { cut: false });
  if (text !== undefined) return text;
  const cut = utf8(bytes, { cut: true });
  return cut !== undefined && /[^\0-\x7f]/.test(cut) ? cut : new TextDecoder("windows-1252").decode(bytes);
}

/** Undefined for bytes that are no UTF-8; `cut` allows for a last character that is not whole. */
function utf8(bytes: Buffer, { cut }: { readonly cut: boolean }): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
}

function isSocket(io: Io): boolean {
  if (io.stdin !== process.stdin) return false;
  try {
    return fstatSync(0).isSocket();
  } catch {
    return true;
  }
}

/** Whether anything, be it the end, comes in time. */
function arrives({ stdin, signal }: Io, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (came: boolean): void => {
      clearTimeout(timer);
      for (const name of ["readable", "end", "error"]) stdin.off(name, something);
      signal.removeEventListener("abort", stopped);
      resolve(came);
    };
    const something = (): void => settle(true);
    const stopped = (): void => settle(false);
    const timer = setTimeout(stopped, patienceMs);
    for (const name of ["readable", "end", "error"]) stdin.once(name, something);
    signal.addEventListener("abort", stopped, { once: true });
  });
}

/** A program that writes late is told so, once; it does not keep this one alive. */
function tellWhenLate({ stdin, stderr }: Io, patienceMs: number): void {
  stdin.on("error", () => {});
  stdin.once("readable", () => {
    if (stdin.read() === null) return;
    stderr.write(`! standard input came too late and was not used: send it within ${patienceMs} ms, or ask with "-"\n`);
  });
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
}

async function* untilStopped({ stdin, signal }: Io): AsyncGenerator<Buffer> {
  const stop = (): void => void stdin.destroy(new LecternError("interrupted", "Stopped."));
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of stdin) yield Buffer.from(chunk as Uint8Array | string);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
