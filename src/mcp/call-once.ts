import { LecternError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { oneLine } from "../core/neutralise.ts";
import type { Tool, ToolResult } from "../core/tools.ts";
import { connectTimeoutFor, type ServerConfig } from "./servers.ts";
import { createToolbox, type ToolboxOptions } from "./toolbox.ts";

export interface CallOnceOptions
  extends Omit<ToolboxOptions, "connectTimeoutMs" | "callTimeoutMs" | "maxCallMs" | "maxRestarts" | "adopt"> {
  /** Milliseconds for everything together: start, list, call. Default 60,000. */
  readonly timeoutMs?: number;
}

const serverName = "server";

/**
 * Starts an ad-hoc server, calls one of its tools once and ends the server. Arguments may be made from the tool's definition.
 * A failing call is a result with `isError`; throws `service` where the server cannot be used and `usage` where it has no such tool.
 */
export async function callOnce(
  server: ServerConfig,
  call: { readonly tool: string; readonly arguments: JsonObject | ((tool: Tool) => JsonObject) },
  options: CallOnceOptions = {},
): Promise<ToolResult> {
  const { timeoutMs = 60_000, ...rest } = options;
  const startedAt = performance.now();
  await using toolbox = await createToolbox(
    { [serverName]: server },
    {
      ...rest,
      connectTimeoutMs: Math.min(connectTimeoutFor(server), timeoutMs),
      callTimeoutMs: timeoutMs,
      maxCallMs: timeoutMs,
      maxRestarts: 0,
    },
  );
  const [status] = toolbox.servers();
  if (status?.state !== "ready" && status?.state !== "degraded") {
    throw new LecternError("service", `The MCP server cannot be used: ${status?.reason ?? "it is not connected"}`, {
      fix:
        server.type === "http"
          ? "Check the URL, and whether the server wants a token."
          : "Run the command by itself to see what it prints.",
    });
  }
  const tool = toolbox.tools().find((candidate) => candidate.tool === call.tool);
  if (tool === undefined)
    throw unknownTool(
      call.tool,
      toolbox.tools().map((candidate) => candidate.tool),
      status.quarantined,
    );
  const args = typeof call.arguments === "function" ? call.arguments(tool) : call.arguments;
  const left = Math.max(1, timeoutMs - (performance.now() - startedAt));
  const deadline = AbortSignal.timeout(Math.ceil(left));
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  try {
    return await toolbox.call({ id: "call-1", name: tool.name, arguments: JSON.stringify(args) }, { signal });
  } catch (error) {
    if (!deadline.aborted || options.signal?.aborted) throw error;
    throw new LecternError("service", `The MCP server did not answer within ${timeoutMs / 1_000} s`, { cause: error });
  }
}

function unknownTool(
  name: string,
  known: readonly string[],
  quarantined: readonly { tool: string; reason: string }[],
): LecternError {
  const held = quarantined.find((entry) => entry.tool === name);
  if (held !== undefined) return new LecternError("service", `The tool "${oneLine(name, 100)}" cannot be used: ${held.reason}`);
  const names = known
    .slice(0, 20)
    .map((tool) => oneLine(tool, 60))
    .join(", ");
  return new LecternError("usage", `The server has no tool "${oneLine(name, 100)}"`, {
    fix: names === "" ? "It offers no tools." : `It offers: ${names}.`,
  });
}
