import type { Config } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import { LecternError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { oneLine } from "../core/neutralise.ts";
import type { Tool, ToolResult } from "../core/tools.ts";
import type { DefinitionFlag } from "../mcp/flags.ts";
import type { ServerConfig } from "../mcp/servers.ts";
import type { ServerStatus } from "../mcp/toolbox.ts";
import { commandLine, createTrust } from "./trust.ts";

export interface AdHocCall {
  /** A command line: words, quotes as in a shell. */
  readonly command?: string;
  readonly url?: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly timeoutMs: number;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** Calls one tool of a server that the user names on the command line: typing the command is the approval. Throws `usage` or `service`. */
export async function callAdHoc({ command, url, tool, arguments: args, timeoutMs, env, signal }: AdHocCall): Promise<ToolResult> {
  const { callOnce } = await import("../mcp/call-once.ts");
  return callOnce(
    adHocServer(command, url),
    { tool, arguments: ({ inputSchema }) => fitted(args, inputSchema) },
    { timeoutMs, baseEnv: env, signal },
  );
}

function adHocServer(command: string | undefined, url: string | undefined): ServerConfig {
  if ((command === undefined) === (url === undefined)) {
    throw new LecternError("usage", "Name the server by --command or by --url, one of them.", {
      fix: 'lectern mcp call --command "npx my-server" TOOL key=value',
    });
  }
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new LecternError("usage", "--url is no http or https address.", {
      fix: "For example --url http://127.0.0.1:8050/mcp.",
    });
  }
  if (url !== undefined) return { type: "http", url };
  const [file, ...args] = splitWords(command!);
  if (file === undefined)
    throw new LecternError("usage", "--command is empty.", { fix: 'lectern mcp call --command "npx my-server" TOOL key=value' });
  return { type: "stdio", command: file, args };
}

/** Splits a command line into words; single and double quotes group, a backslash takes the next character as it is (not inside single quotes). */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quote !== "" && character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) {
      quote = character;
      word ??= "";
    } else if (character === "\\" && quote !== "'" && i + 1 < line.length && /["'\\\s]/.test(line[i + 1]!))
      word = (word ?? "") + line[++i]!;
    else if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") throw new LecternError("usage", `--command has an open ${quote}.`, { fix: "Close the quote." });
  return word === undefined ? words : [...words, word];
}

/** Texts as what the tool's schema wants in their place: `limit=3` is the number 3 where a number is wanted. Text that fits nothing else stays. */
function fitted(args: JsonObject, schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const property = properties[name];
      const wanted = isJsonObject(property) ? [property.type].flat() : [];
      if (typeof value !== "string" || wanted.length === 0 || wanted.includes("string")) return [name, value];
      const parsed = parseJson(value);
      const type = Array.isArray(parsed) ? "array" : parsed === null ? "null" : typeof parsed;
      const fits = wanted.includes(type) || (type === "number" && wanted.includes("integer"));
      return [name, parsed !== undefined && fits ? parsed : value];
    }),
  );
}

/** `key=value` words as arguments: values are text, `key:=JSON` is JSON. Throws `usage`. */
export function parseArguments(pairs: readonly string[], json: string | undefined): JsonObject {
  const args: Record<string, Json> = {};
  if (json !== undefined) {
    const parsed = parseJson(json);
    if (!isJsonObject(parsed))
      throw new LecternError("usage", "--args is no JSON object.", { fix: `--args '{"query":"leave"}'` });
    Object.assign(args, parsed);
  }
  for (const pair of pairs) {
    const match = /^([^=:]+)(:?=)(.*)$/s.exec(pair);
    if (!match)
      throw new LecternError("usage", `"${pair}" is no argument.`, {
        fix: "Write key=value, or key:=JSON for numbers, lists and objects.",
      });
    const [, key = "", sign, text = ""] = match;
    const value = sign === ":=" ? parseJson(text) : text;
    if (value === undefined)
      throw new LecternError("usage", `The value of ${key} is no JSON.`, { fix: `Write ${key}=text for text.` });
    args[key] = value;
  }
  return args;
}

/** A tool (or the server's `instructions`) that is not offered, or one a person should look at, with the reason. */
interface ToolRemark {
  readonly tool: string;
  readonly reason: string;
}

export interface ListedServer extends Omit<ServerStatus, "quarantined" | "type"> {
  readonly command: string;
  readonly trusted: boolean;
  readonly quarantined: readonly ToolRemark[];
  /** What in its tools' definitions a person should look at. */
  readonly flags: readonly FlaggedTool[];
}

/** Something odd in a tool's definition: a hint for people, not a defence. */
interface FlaggedTool extends ToolRemark {
  readonly kind: DefinitionFlag["kind"];
}

/** Connects to the configured servers and says how each of them is. Servers that are not trusted are not started. */
export async function listServers(
  config: Config,
  options: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<{ readonly servers: readonly ListedServer[]; readonly tools: readonly Tool[] }> {
  const trust = createTrust(config);
  const [{ openToolbox }, { changedInstructions, changedTools }] = await Promise.all([
    import("./toolbox.ts"),
    import("./pinned-toolbox.ts"),
  ]);
  const told = new Map<string, string>();
  const onEvent = (event: RunEvent): void => {
    if (event.type === "server" && event.reason !== null) told.set(event.name, event.reason);
  };
  await using opened = await openToolbox(config, { ...options, onEvent });
  const states = opened.mcp?.servers() ?? [];
  const tools = opened.toolbox.tools();
  const changed = changedTools(opened.mcp?.tools() ?? [], config);
  const reworded = changedInstructions(opened.mcp?.instructions() ?? [], config);
  const flags = flagsByServer(opened.mcp?.flags() ?? []);
  const listed = config.servers.map((server): ListedServer => {
    const status = states.find((state) => state.name === server.name);
    const drifted = changed
      .filter((tool) => tool.server === server.name)
      .map(({ tool }) => ({ tool, reason: `its definition ${changedSince(server.name)}` }));
    const words = reworded
      .filter((said) => said.server === server.name)
      .map(({ text }) => ({
        tool: "instructions",
        reason: `what it tells the model about itself, now "${oneLine(text, 200)}", ${changedSince(server.name)}`,
      }));
    return {
      name: server.name,
      command: commandLine(server),
      trusted: trust.isApproved(server),
      state: status?.state ?? "failed",
      // One that was never started (a variable is not set) has no status; why is told once, as an event.
      reason: status ? status.reason : (trust.refusal(server) ?? told.get(server.name) ?? null),
      tools: status?.tools ?? 0,
      quarantined: [...(status?.quarantined ?? []).map(({ tool, reason }) => ({ tool, reason })), ...drifted, ...words],
      flags: flags.get(server.name) ?? [],
    };
  });
  return { servers: listed, tools };
}

const changedSince = (server: string): string => `changed since it was first seen; if that is well: lectern mcp trust ${server}`;

/** Flags as they are shown, by the server whose tool they speak of. */
function flagsByServer(flags: readonly DefinitionFlag[]): ReadonlyMap<string, readonly FlaggedTool[]> {
  const byServer = Map.groupBy(flags, ({ server }) => server);
  return new Map(
    [...byServer].map(([server, own]) => [server, own.map(({ tool, kind, detail }) => ({ tool, kind, reason: detail }))]),
  );
}
