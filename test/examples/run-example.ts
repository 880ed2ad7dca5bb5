import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

const examples = resolve(import.meta.dirname, "../../examples");

export interface ExampleRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to run examples in, each run with a cache of its own; no `.env` of a checkout is near. */
export function exampleRunner(): Disposable & {
  readonly env: Readonly<Record<string, string>>;
  /** Runs a file, named below `examples/` or absolutely. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ExampleRun>;
} {
  const home = mkdtempSync(join(tmpdir(), "lectern-examples-"));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    LECTERN_CACHE_DIR: join(home, "cache"),
    // Node's own default place, which the CLI uses anyway: about a third of each start.
    NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
    NO_COLOR: "1",
  };
  return {
    env,
    async run([file = "", ...args], extra = {}) {
      const cache = mkdtempSync(join(home, "cache-"));
      const child = spawn(process.execPath, [resolve(examples, file), ...args], {
        cwd: home,
        env: { ...env, LECTERN_CACHE_DIR: cache, ...extra },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
      return { code, stdout, stderr };
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}
