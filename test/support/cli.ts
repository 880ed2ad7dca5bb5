import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { runCli } from "../../src/cli/run.ts";

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string | Buffer;
  readonly signal?: AbortSignal;
  /** Width of a terminal that stdout pretends to be. */
  readonly columns?: number;
  /** Sees stdout while it is written. */
  readonly onStdout?: (chunk: string) => void;
}

/** Runs the CLI inside the test's process, in a world of its own: no variables but those given, caches and state in a folder of the test run. */
export async function lectern(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const stdin = new PassThrough();
  stdin.end(options.stdin ?? "");
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  if (options.onStdout) stdout.on("data", (chunk: Buffer) => options.onStdout!(chunk.toString()));
  const texts = Promise.all([text(stdout), text(stderr)]);
  const code = await runCli(args, {
    stdin,
    stdout: options.columns === undefined ? stdout : Object.assign(stdout, { columns: options.columns }),
    stderr,
    cwd: options.cwd ?? emptyFolder,
    signal: options.signal ?? new AbortController().signal,
    env: {
      PATH: process.env.PATH!,
      HOME: emptyFolder,
      LECTERN_CACHE_DIR: join(emptyFolder, "cache"),
      LECTERN_STATE_DIR: join(emptyFolder, "state"),
      ...options.env,
    },
  });
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { code, stdout: out, stderr: err };
}

const emptyFolder = mkdtempSync(join(tmpdir(), "lectern-test-"));
process.on("exit", () => rmSync(emptyFolder, { recursive: true, force: true }));
