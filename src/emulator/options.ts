import type { Brain } from "./brain/brain.ts";
import type { Exchange } from "./cassette/cassette.ts";
import type { RecordOptions } from "./cassette/record.ts";
import type { EmulatorConfig } from "./config.ts";
import type { ScriptFunction, ScriptRule } from "./script.ts";

/** How an emulator is started. Everything has a default; nothing is read from the environment. */
export interface EmulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** Seeds ids, padding and drawn faults. Default 1. */
  readonly seed?: number;
  /** The resource's key. Default: random, new at each start. */
  readonly key?: string;
  /** "all" also refuses what Azure is only guessed to refuse. Default "sourced". */
  readonly strict?: "sourced" | "all";
  /** Who decides what the model says where no script does. Default "extractive". */
  readonly brain?: "extractive" | "obedient" | Brain;
  /** What the model says: rules (see `parseScript` for files), or a function of (messages, tools). */
  readonly script?: readonly ScriptRule[] | ScriptFunction;
  /** Deployments, limits, filters, faults, network, identities (see `parseEmulatorConfig` for files). */
  readonly config?: EmulatorConfig;
  /** Pass requests on to a real endpoint and write a redacted cassette. */
  readonly record?: RecordOptions;
  /** Serve a cassette: a file, or the exchanges themselves. Any key is taken. */
  readonly replay?: string | readonly Exchange[];
  /** Milliseconds since 1970, for rate limits and tokens. Default: the real clock. */
  readonly now?: () => number;
}
