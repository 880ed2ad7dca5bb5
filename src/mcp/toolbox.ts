import { LecternError } from "../core/errors.ts";
import type { RunEvent, ServerState } from "../core/events.ts";
import { isJsonObject, type JsonObject, parseJson } from "../core/json.ts";
import { neutralise, oneLine } from "../core/neutralise.ts";
import {
  type ServerInstructions,
  type Tool,
  type Toolbox,
  type ToolCall,
  type ToolCallOptions,
  type ToolResult,
  textResult,
} from "../core/tools.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { QuarantinedTool } from "./definition.ts";
import type { Elicit } from "./elicitation.ts";
import type { EraStore } from "./era-store.ts";
import { type DefinitionFlag, flagSameNames } from "./flags.ts";
import { type Resource, type ResourceText, readResourceList, readResourceText } from "./resources.ts";
import { ResultStore, readMoreTool } from "./result-store.ts";
import { connectTimeoutFor, isServerName, type ServerConfig, toolPrefixes } from "./servers.ts";
import type { Session } from "./session.ts";
import type { EndOptions, SpawnedServer } from "./transport/spawn.ts";

export type ToolboxEvent = Extract<RunEvent, { type: "server" | "notice" }>;

export interface ToolboxOptions {
  /** Ends everything, also after connecting. */
  readonly signal?: AbortSignal;
  /** Milliseconds for starting, agreeing on a protocol and listing the tools; all servers connect at the same time. Default 15,000; 30,000 for what `npx`, `uvx`, `docker` and the like may have to download. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds a call may stay without an answer or progress. Default 60,000. */
  readonly callTimeoutMs?: number;
  /** Milliseconds a call may take in all, however much progress is reported. Default 600,000. */
  readonly maxCallMs?: number;
  /** Restarts of a server that ended by itself, with growing pauses, before it is given up. Default 8: about a minute. */
  readonly maxRestarts?: number;
  /** Characters of one result shown to the model; the rest can be read in pieces. Default 200,000. */
  readonly maxResultCharacters?: number;
  /** How patiently server processes are ended. */
  readonly shutdown?: EndOptions;
  readonly onEvent?: (event: ToolboxEvent) => void;
  /** Where the few variables every server gets are taken from. Default: none. */
  readonly baseEnv?: Readonly<Record<string, string | undefined>>;
  /** Server processes the caller has started already, by server name. The toolbox owns them from here on. */
  readonly adopt?: Readonly<Record<string, SpawnedServer>>;
  readonly eraStore?: EraStore;
  /** Servers whose resources the model is offered to read, by the tool `read_resource` that the host adds where they have any. Default: none. */
  readonly offersResources?: (tool: Tool) => boolean;
  /** Asks the person on behalf of a server; without it servers are told that nobody can be asked. */
  readonly elicit?: Elicit;
}

/** What is known about one server, for `lectern mcp list`. */
export interface ServerStatus {
  readonly name: string;
  readonly type: ServerConfig["type"];
  readonly state: ServerState;
  readonly reason: string | null;
  readonly tools: number;
  readonly quarantined: readonly QuarantinedTool[];
}

export interface McpToolbox extends Toolbox {
  servers(): readonly ServerStatus[];
  /** What a person should know about the tools before they are used. */
  flags(): readonly DefinitionFlag[];
  /** Resources a server offers, at most 1,000. Throws `usage` for unknown servers, `service` where it fails. */
  listResources(server: string, options?: { signal?: AbortSignal }): Promise<readonly Resource[]>;
  /** The text of a resource, neutralised; binary parts are named, not shown. Throws like `listResources`. */
  readResource(server: string, uri: string, options?: { signal?: AbortSignal }): Promise<ResourceText>;
  /** Kills all server processes without waiting; for the exit of the host. Idempotent. */
  endNow(): void;
}

const never = new AbortController().signal;

class ConnectedToolbox implements McpToolbox {
  readonly #connections: ReadonlyMap<string, Connection>;
  readonly #processes: Set<SpawnedServer>;
  readonly #store: ResultStore;
  readonly #onExit = (): void => this.endNow();
  readonly #instructions = new WeakMap<Session, string>();
  #tools: readonly Tool[] | undefined;
  #byName = new Map<string, Tool>();
  #closing: Promise<void> | undefined;
  onClosed: () => void = () => {};

  constructor(connections: ReadonlyMap<string, Connection>, processes: Set<SpawnedServer>, store: ResultStore) {
    this.#connections = connections;
    this.#processes = processes;
    this.#store = store;
    // Nothing can be awaited when the process ends; what is still running then is killed, so that no server outlives its host.
    const startsProcesses = [...connections.values()].some(({ config }) => config.type === "stdio");
    if (startsProcesses || processes.size > 0) process.on("exit", this.#onExit);
  }

  /** The next `tools()` is computed anew. */
  changed(): void {
    this.#tools = undefined;
  }

  tools(): readonly Tool[] {
    if (this.#tools === undefined) {
      const all = [...this.#connections.values()].flatMap((connection) => connection.list.tools);
      this.#tools = this.#store.isEmpty ? all : [...all, readMoreTool];
      this.#byName = new Map(this.#tools.map((tool) => [tool.name, tool]));
    }
    return this.#tools;
  }

  instructions(): readonly ServerInstructions[] {
    return [...this.#connections.values()].flatMap((connection) => {
      const { session } = connection;
      const text = session && this.#instructionsOf(session);
      return text ? [{ server: connection.name, text }] : [];
    });
  }

  /** Read and neutralised once per session: they are asked for in every turn. */
  #instructionsOf(session: Session): string {
    let text = this.#instructions.get(session);
    if (text === undefined) {
      text = neutralise((session.instructions?.trim() ?? "").slice(0, 8_000));
      this.#instructions.set(session, text);
    }
    return text;
  }

  servers(): readonly ServerStatus[] {
    return [...this.#connections.values()].map((connection) => ({
      name: connection.name,
      type: connection.config.type,
      state: connection.state,
      reason: connection.reason,
      tools: connection.list.tools.length,
      quarantined: connection.list.quarantined,
    }));
  }

  flags(): readonly DefinitionFlag[] {
    const isKnowledge = (server: string): boolean => this.#connections.get(server)?.config.knowledge === true;
    const own = [...this.#connections.values()].flatMap((connection) => connection.list.flags);
    return [...own, ...flagSameNames(this.tools(), isKnowledge)];
  }

  async call(call: ToolCall, { signal = never, onProgress }: ToolCallOptions = {}): Promise<ToolResult> {
    signal.throwIfAborted();
    this.tools();
    const tool = this.#byName.get(call.name);
    if (tool === undefined) return textResult(`There is no tool "${oneLine(call.name, 100)}".`, { isError: true });
    const args = argumentsOf(call.arguments);
    if (typeof args === "string") return textResult(args, { isError: true });
    if (tool === readMoreTool) return this.#store.read(args);
    const connection = this.#connections.get(tool.server)!;
    const wasEmpty = this.#store.isEmpty;
    const result = this.#store.cut(await connection.call(tool, args, { signal, ...(onProgress && { onProgress }) }), tool);
    if (wasEmpty && !this.#store.isEmpty) this.changed();
    return result;
  }

  #connection(server: string): Connection {
    const connection = this.#connections.get(server);
    if (connection !== undefined) return connection;
    throw new LecternError("usage", `There is no MCP server "${oneLine(server, 100)}"`, {
      fix: `Configured are: ${[...this.#connections.keys()].join(", ") || "none"}.`,
    });
  }

  async listResources(server: string, { signal = never }: { signal?: AbortSignal } = {}): Promise<readonly Resource[]> {
    const connection = this.#connection(server);
    return await readResourceList((params) => connection.request("resources/list", params, signal));
  }

  async readResource(server: string, uri: string, { signal = never }: { signal?: AbortSignal } = {}): Promise<ResourceText> {
    return readResourceText(uri, await this.#connection(server).request("resources/read", { uri }, signal));
  }

  endNow(): void {
    for (const process of this.#processes) process.endNow();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    // Adopted for a server that was then not configured, or not connected to.
    await Promise.all([...this.#processes].map((process) => process.end()));
    process.off("exit", this.#onExit);
    this.onClosed();
  }
}

/** The arguments of a call as an object, or what to tell the model. Models leave them out for tools without any. */
function argumentsOf(text: string): JsonObject | string {
  const value = text.trim() === "" ? {} : parseJson(text);
  if (isJsonObject(value)) return value;
  return "The arguments are not a JSON object. Call the tool again with valid JSON.";
}

/** Throws `config` for a name that could not be shown. */
function checkName(name: string): void {
  if (isServerName(name)) return;
  throw new LecternError("config", `"${oneLine(name, 80)}" cannot be the name of an MCP server`, {
    fix: "Use 1 to 64 characters that can be read.",
  });
}

type Shared = Pick<ConnectionOptions, "adopted" | "processes" | "onChange">;

function connectionsFor(
  servers: Readonly<Record<string, ServerConfig>>,
  options: ToolboxOptions,
  shared: Shared,
): ReadonlyMap<string, Connection> {
  const prefixes = toolPrefixes(Object.keys(servers));
  return new Map(
    Object.entries(servers).map(([name, config]) => {
      checkName(name);
      const connection = new Connection(name, config, {
        ...shared,
        prefix: prefixes.get(name) ?? name,
        connectTimeoutMs: config.connectTimeoutMs ?? options.connectTimeoutMs ?? connectTimeoutFor(config),
        callTimeoutMs: options.callTimeoutMs ?? 60_000,
        maxCallMs: options.maxCallMs ?? 600_000,
        maxRestarts: options.maxRestarts ?? 8,
        baseEnv: options.baseEnv ?? {},
        shutdown: options.shutdown ?? {},
        eraStore: options.eraStore,
        elicit: options.elicit,
        offersResources: options.offersResources ?? (() => false),
        onEvent: options.onEvent ?? (() => {}),
      });
      return [name, connection];
    }),
  );
}

/**
 * Connects to all servers at the same time and returns once each is ready or known not to be: one that fails never sinks the others,
 * it shows in `servers()` and in events. Dispose of the toolbox to end every server and everything those started.
 * Throws `config` for impossible server names, and the signal's reason when aborted; nothing is left running then.
 */
export async function createToolbox(
  servers: Readonly<Record<string, ServerConfig>>,
  options: ToolboxOptions = {},
): Promise<McpToolbox> {
  const { signal } = options;
  const adopted = new Map(Object.entries(options.adopt ?? {}));
  const processes = new Set(adopted.values());
  await using started = new AsyncDisposableStack();
  started.defer(() => Promise.all([...processes].map((process) => process.end())).then(() => {}));
  signal?.throwIfAborted();
  let changed = (): void => {};
  const connections = connectionsFor(servers, options, { adopted, processes, onChange: () => changed() });
  const results = new ResultStore({ maxCharacters: options.maxResultCharacters ?? 200_000 });
  const toolbox = started.use(new ConnectedToolbox(connections, processes, results));
  changed = () => toolbox.changed();
  const closeAll = (): void => void toolbox[Symbol.asyncDispose]();
  signal?.addEventListener("abort", closeAll, { once: true });
  toolbox.onClosed = () => signal?.removeEventListener("abort", closeAll);
  await Promise.all([...connections.values()].map((connection) => connection.connect()));
  signal?.throwIfAborted();
  started.move();
  return toolbox;
}
