import type { Brain } from "./brain/brain.ts";
import type { Deployment } from "./deployments.ts";

/** How an emulator is started. Everything has a default; nothing is read from the environment. */
export interface EmulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** Seeds ids and padding. Default 1. */
  readonly seed?: number;
  /** The resource's key. Default: random, new at each start. */
  readonly key?: string;
  /** Who decides what the model says. Default "extractive". */
  readonly brain?: "extractive" | Brain;
  readonly deployments?: readonly Deployment[];
}
