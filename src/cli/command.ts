import type { Readable, Writable } from "node:stream";
import type { Environment } from "../config/env.ts";
import type { ExitCode } from "./exit-codes.ts";

type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The world a command runs in; tests hand in their own. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** What is written to either is made safe for terminals, whoever said it (`SafeOutput`). */
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Standard error as it is, for what moves the cursor: prompts and progress. Foreign text goes there neutralised only. */
  readonly terminal: Screen;
  /** A text attribute that passes through `stdout` and `stderr`; see `styleFor`. */
  readonly sgr: (code: number) => string;
  readonly env: Environment;
  readonly cwd: string;
  /** Variables beside `env` whose secrets must not be printed either: those of `.env`. */
  readonly learnSecrets?: (env: Environment) => void;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Option {
  /** Without dashes. */
  readonly name: string;
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  /** Shown in help in place of the value: `--timeout S`. */
  readonly value?: string;
  readonly summary: string;
}

export interface Args {
  readonly positionals: readonly string[];
  string(name: string): string | undefined;
  strings(name: string): readonly string[];
  flag(name: string): boolean;
  /** All values by option name, for `loadConfig`. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** A command of the CLI: data for help, completion and the generated reference, and `run`. */
export interface Command {
  /** Words after `lectern`: `ask`, `knowledge serve`. */
  readonly name: string;
  readonly summary: string;
  /** What stands after the name in the usage line. */
  readonly usage: string;
  /** Led by these, help shows use before options. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly options: readonly Option[];
  /** How many words beside flags it takes; more are a usage error. Default 0. */
  readonly words?: number;
  run(args: Args, io: Io): Promise<ExitCode>;
}
