import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A configuration in a world of its own: on the emulator, caches and state in a folder of the test run. */
export function testConfig(
  options: {
    readonly sources?: readonly string[];
    readonly configFile?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Config> {
  const { sources = [], configFile, env = {} } = options;
  return loadConfig({
    cwd: folder,
    sources,
    flags: { emulator: true },
    env: {
      PATH: process.env.PATH!,
      HOME: folder,
      LECTERN_CACHE_DIR: join(folder, "cache"),
      LECTERN_STATE_DIR: join(folder, "state"),
      ...env,
    },
    ...(configFile === undefined ? {} : { configFile }),
  });
}
