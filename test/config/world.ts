import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Config } from "../../src/config/config.ts";
import { type LoadOptions, loadConfig } from "../../src/config/load.ts";
import type { LecternError } from "../../src/core/errors.ts";

/** A project folder and a home of its own; objects are written as JSON. */
export class World implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "lectern-config-"));
  readonly project = join(this.#folder, "project");
  readonly home = join(this.#folder, "home");

  constructor(files: Readonly<Record<string, unknown>> = {}) {
    mkdirSync(this.project);
    mkdirSync(this.home);
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  /** `~/...` goes into the home, everything else into the project. */
  write(name: string, content: unknown): string {
    const path = name.startsWith("~/") ? join(this.home, name.slice(2)) : join(this.project, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  load(options: Partial<LoadOptions> = {}): Promise<Config> {
    return loadConfig({ cwd: this.project, ...options, env: { HOME: this.home, ...options.env } });
  }

  /** What loading fails with. */
  async failure(options: Partial<LoadOptions> = {}): Promise<LecternError> {
    return await this.load(options).then(
      () => {
        throw new Error("it did not fail");
      },
      (error: LecternError) => error,
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** `${name}`, which the linter would take for a template string gone wrong. */
export const variable = (name: string): string => ["$", "{", name, "}"].join("");
