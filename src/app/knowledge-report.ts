import { LecternError } from "../core/errors.ts";
import type { ServerStatus } from "../mcp/toolbox.ts";
import type { SpawnedServer } from "../mcp/transport/spawn.ts";
import { knowledgeServerName } from "./own-servers.ts";

/** Why the knowledge base could not be opened, in its own words; undefined where it is ready. Its process says so on its error output. */
export function knowledgeFailure(servers: readonly ServerStatus[], process: SpawnedServer | undefined): LecternError | undefined {
  const status = servers.find((server) => server.name === knowledgeServerName);
  if (status === undefined || status.state === "ready" || status.state === "degraded") return undefined;
  const said = process?.stderrTail() ?? "";
  const message = /^lectern: (.+)$/m.exec(said)?.[1];
  const fix = /^ {2}fix: (.+)$/m.exec(said)?.[1];
  return new LecternError(
    process?.exit?.code === 3 ? "config" : process?.exit?.code === 1 ? "internal" : "service",
    message ?? `The knowledge base could not be opened: ${status.reason ?? "its server did not answer"}`,
    {
      fix: fix ?? "Run lectern knowledge topics with the same --source to see what it says.",
    },
  );
}

/** Files that the knowledge server named and skipped, as it wrote them to its error output: `! <file> <reason>`. */
export function knowledgeProblems(process: SpawnedServer | undefined): readonly string[] {
  return (process?.stderrTail() ?? "").split("\n").flatMap((line) => (line.startsWith("! ") ? [line.slice(2)] : []));
}
