import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(tmpdir(), "lectern-doctor-"));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));

let number = 0;

/** A working folder for one run of the doctor, with the configuration files asked for. */
export function lecternFolder(files: { readonly config?: object; readonly projectConfig?: object }): {
  readonly cwd: string;
  readonly configFile: string;
  readonly env: Readonly<Record<string, string>>;
} {
  const cwd = mkdtempSync(join(root, `run-${++number}-`));
  const configFile = join(cwd, "own.config.json");
  if (files.config) writeFileSync(configFile, JSON.stringify(files.config));
  if (files.projectConfig) writeFileSync(join(cwd, "lectern.config.json"), JSON.stringify(files.projectConfig));
  const env = {
    PATH: process.env.PATH!,
    HOME: cwd,
    LECTERN_CACHE_DIR: join(cwd, "cache"),
    LECTERN_STATE_DIR: join(cwd, "state"),
  };
  return { cwd, configFile, env };
}

/** A file in a folder of the test run. */
export function writeFile(name: string, content: string): string {
  const path = join(mkdtempSync(join(root, "file-")), name);
  writeFileSync(path, content);
  return path;
}
