import type { ServerConfig } from "../config/config.ts";
import { LecternError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";

/**
 * An MCP server given in code, in the words of `mcpServers` in `lectern.config.json`: `command` for one that is started, `url` for one over HTTP.
 * `${VAR}` is filled in. Handing it over is the approval to start it; which of its tools may run is for `allow` and `approve`.
 */
export interface McpServerEntry {
  /** The program to start (stdio). */
  readonly command?: string;
  readonly args?: readonly string[];
  /** Variables of the process, beside the few every server gets. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it runs in; a relative one starts from `cwd` of the options. */
  readonly cwd?: string;
  /** The address of a Streamable HTTP server, or of an older one with `type: "sse"`. */
  readonly url?: string;
  readonly type?: "stdio" | "http" | "sse";
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Per call, in milliseconds. */
  readonly timeout?: number;
  /** Only these tools of the server are offered. */
  readonly includeTools?: readonly string[];
  /** These tools of the server are not offered. */
  readonly excludeTools?: readonly string[];
  /** A server of documents: citations keep its uris and paths. */
  readonly knowledge?: boolean;
}

/** Servers given in code as the configuration has them; they count as typed. Throws `usage` for what the configuration would refuse. */
export async function givenServers(
  entries: Readonly<Record<string, McpServerEntry>>,
  cwd: string,
): Promise<readonly ServerConfig[]> {
  const [{ serverSchema }, { wrongValue }, { toServerConfig }] = await Promise.all([
    import("../config/schema.ts"),
    import("../config/wrong-value.ts"),
    import("../config/server-entry.ts"),
  ]);
  return Object.entries(entries).map(([name, entry]) => {
    const { data, error } = serverSchema.safeParse(entry);
    if (data) return toServerConfig(name, data, { path: "createLectern", section: "mcpServers", kind: "flag", folder: cwd });
    const { path, problem, fix } = wrongValue(error.issues[0]!, entry as Json);
    throw new LecternError("usage", `createLectern: ${["mcpServers", name, ...path].join(".")} ${problem}.`, {
      fix: fix ?? 'For example mcpServers: { files: { command: "npx", args: ["-y", "some-server"] } }.',
    });
  });
}
