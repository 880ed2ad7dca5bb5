import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { type ImportedServer, importServer } from "../../app/import-server.ts";
import type { Config, ServerConfig } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import type { Io } from "../command.ts";
import type { Answers } from "./answers.ts";

/** The configuration to try answers with: they count as typed. */
export function setupConfig(io: Io, azure: Answers["azure"], env = io.env): Promise<Config> {
  const { endpoint, deployment, apiVersion, auth } = azure ?? {};
  return loadConfig({ env, cwd: io.cwd, withoutSources: true, flags: { endpoint, deployment, "api-version": apiVersion, auth } });
}

/** Why a path cannot be a source of the project's file; undefined where it can. */
export function insideProblem(path: string, cwd: string): string | undefined {
  if (!existsSync(path)) return `${path} does not exist.`;
  const below = relative(realpathSync(cwd), realpathSync(path));
  const isInside = !below.startsWith("..") && !isAbsolute(below);
  return isInside ? undefined : `${path} lies outside this folder, and a project's file cannot name it.`;
}

export interface Importable {
  /** As the other program has it, for trying it out. */
  readonly server: ServerConfig;
  /** As it is written here. */
  readonly imported: ImportedServer;
}

/** The servers of another program's file; notices about what makes no sense in it go to stderr. Throws `config` where it cannot be read. */
export async function importFile(path: string, io: Io): Promise<readonly Importable[]> {
  const { readServersFile } = await import("../../config/server-files.ts");
  const { servers, notices } = await readServersFile(path, { kind: "flag" });
  for (const { message } of notices) io.stderr.write(`! ${message}\n`);
  return servers.map((server) => ({ server, imported: importServer(server) }));
}
