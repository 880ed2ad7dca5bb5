import type { Emulator } from "../emulator/index.ts";

export interface OpenEmulatorOptions {
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly seed: number | undefined;
  readonly config: string | undefined;
  readonly script: string | undefined;
  readonly record: string | undefined;
  readonly upstream: string | undefined;
  readonly replay: string | undefined;
  readonly cwd: string;
}

/** Starts the emulator as `lectern emulate` says. Throws `usage` or `config` for flags and files it cannot use. */
export async function openEmulator(options: OpenEmulatorOptions): Promise<Emulator> {
  const { startEmulator } = await import("../emulator/index.ts");
  const { port, host, seed } = options;
  return startEmulator({
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(seed === undefined ? {} : { seed }),
  });
}
