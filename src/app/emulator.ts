import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { LecternError } from "../core/errors.ts";
import { type Json, parseJson } from "../core/json.ts";
import type { Emulator, EmulatorOptions } from "../emulator/index.ts";

export interface OpenEmulatorOptions {
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly seed: number | undefined;
  readonly brain: string | undefined;
  readonly strict: string | undefined;
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
  const { port, host, seed, cwd } = options;
  const [{ parseEmulatorConfig }, { parseScript }] = await Promise.all([
    import("../emulator/config-file.ts"),
    import("../emulator/script-file.ts"),
  ]);
  if ((options.record === undefined) !== (options.upstream === undefined)) {
    throw new LecternError("usage", "--record and --upstream go together.", {
      fix: "lectern emulate --record tape.json --upstream https://<resource>.openai.azure.com",
    });
  }
  const given: EmulatorOptions = {
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(seed === undefined ? {} : { seed }),
    ...(options.brain === undefined ? {} : { brain: oneOf("brain", options.brain, ["extractive", "obedient"] as const) }),
    ...(options.strict === undefined ? {} : { strict: oneOf("strict", options.strict, ["sourced", "all"] as const) }),
    ...(options.config === undefined ? {} : { config: parseEmulatorConfig(readJson(cwd, options.config), options.config) }),
    ...(options.record === undefined || options.upstream === undefined
      ? {}
      : { record: { file: resolve(cwd, options.record), upstream: options.upstream } }),
    ...(options.replay === undefined ? {} : { replay: resolve(cwd, options.replay) }),
    ...(options.script === undefined ? {} : { script: parseScript(readJson(cwd, options.script), options.script) }),
  };
  return startEmulator(given);
}

function oneOf<T extends string>(flag: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new LecternError("usage", `--${flag} is "${value}"; it must be one of ${choices.join(", ")}.`, {
    fix: `Leave --${flag} out for ${choices[0]}.`,
  });
}

function readJson(cwd: string, file: string): Json {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new LecternError(
      "config",
      isMissing ? `${path} does not exist.` : `${path} cannot be read: ${(error as Error).message}`,
      {
        fix: "Correct the path.",
        cause: error,
      },
    );
  }
  const json = parseJson(text.replace(/^\uFEFF/, ""));
  if (json === undefined) throw new LecternError("config", `${path} is no JSON.`, { fix: "Correct the file." });
  return json;
}
