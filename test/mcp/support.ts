import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Transport } from "@modelcontextprotocol/client";
import { vi } from "vitest";
import { isJsonObject, type JsonObject } from "../../src/core/json.ts";
import type { ToolResult } from "../../src/core/tools.ts";
import {
  createToolbox,
  type McpToolbox,
  type ServerConfig,
  type ToolboxEvent,
  type ToolboxOptions,
} from "../../src/mcp/index.ts";

/** What a scripted server answers to a request. "nothing" leaves it unanswered; undefined lets the script's standard answer stand. */
export type Answer = { readonly result: unknown } | { readonly error: unknown } | "nothing" | undefined;

/** The ways a server is spoken to over a channel: the older revision by the official client, the newer one directly, found out or known. */
export const ways = [
  { name: "legacy", era: "legacy" },
  { name: "modern", era: "modern" },
  { name: "modern, known to be", era: "modern", pinned: true },
] as const;
export type Way = (typeof ways)[number];

export interface Script {
  /** Whether the configuration says that the server is modern. */
  readonly pinned?: boolean;
  /** Default "legacy". */
  readonly era?: "modern" | "legacy";
  readonly capabilities?: JsonObject;
  readonly instructions?: string;
  /** Definitions as served. Default: one tool, `echo`. */
  readonly tools?: readonly unknown[] | (() => readonly unknown[]);
  /** Asked first for every request. */
  readonly on?: (
    method: string,
    params: JsonObject,
    message: JsonObject,
    send: (message: unknown) => void,
  ) => Answer | Promise<Answer>;
  readonly knowledge?: boolean;
  /** Sees every message of the host. */
  readonly onReceived?: (message: JsonObject) => void;
}

export interface ScriptedServer {
  readonly config: ServerConfig;
  /** Every message the host sent, in order. */
  readonly received: JsonObject[];
  /** Sends anything to the host, as it is. */
  send(message: unknown): void;
  /** Ends the connection as a crash would. */
  crash(): void;
  /** How often the host connected. */
  connections(): number;
}

export const echoTool = {
  name: "echo",
  description: "Echoes text",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
};

export const textAnswer = (text: string): Answer => ({ result: { content: [{ type: "text", text }] } });

function standardAnswer(script: Script, method: string, params: JsonObject): Exclude<Answer, undefined> {
  const { era = "legacy", capabilities = { tools: { listChanged: true } }, instructions } = script;
  const about = { capabilities, ...(instructions !== undefined && { instructions }) };
  const serverInfo = { name: "scripted", version: "1" };
  if (method === "initialize" && era === "legacy")
    return { result: { protocolVersion: params.protocolVersion, serverInfo, ...about } };
  if (method === "server/discover" && era === "modern") {
    return { result: { resultType: "complete", supportedVersions: ["2026-07-28"], ttlMs: 0, cacheScope: "private", ...about } };
  }
  if (method === "tools/list") {
    return { result: { tools: typeof script.tools === "function" ? script.tools() : (script.tools ?? [echoTool]) } };
  }
  if (method === "tools/call")
    return textAnswer(isJsonObject(params.arguments) ? String(params.arguments.text) : "") ?? "nothing";
  return { error: { code: -32601, message: "Method not found" } };
}

/** A server made of a script, in the same process: real JSON-RPC messages, but no process and no socket. */
export function scripted(script: Script = {}): ScriptedServer {
  const received: JsonObject[] = [];
  let host: Transport | undefined;
  let connections = 0;
  const send = (message: unknown): void => {
    queueMicrotask(() => host?.onmessage?.(message as never));
  };
  const connect = (): Transport => {
    connections += 1;
    const transport: Transport = {
      start: async () => {},
      close: async () => transport.onclose?.(),
      send: async (raw) => {
        const message = JSON.parse(JSON.stringify(raw)) as JsonObject;
        received.push(message);
        script.onReceived?.(message);
        const { id, method } = message;
        if (typeof method !== "string" || id === undefined) return;
        const params = isJsonObject(message.params) ? message.params : {};
        const answer = (await script.on?.(method, params, message, send)) ?? standardAnswer(script, method, params);
        if (answer !== "nothing" && host === transport) send({ jsonrpc: "2.0", id, ...answer });
      },
    };
    host = transport;
    return transport;
  };
  const config: ServerConfig = {
    type: "in_process",
    connect,
    ...(script.knowledge && { knowledge: true }),
    ...(script.pinned && { era: "modern" }),
  };
  return { config, received, send, crash: () => host?.onclose?.(), connections: () => connections };
}

/** A toolbox with one scripted server called `s`, and what it reported. */
export async function connected(
  script: Script = {},
  options: ToolboxOptions = {},
): Promise<{ toolbox: McpToolbox; server: ScriptedServer; events: ToolboxEvent[] } & AsyncDisposable> {
  const events: ToolboxEvent[] = [];
  const server = scripted(script);
  const toolbox = await createToolbox({ s: server.config }, { onEvent: (event) => events.push(event), ...options });
  return { toolbox, server, events, [Symbol.asyncDispose]: () => toolbox[Symbol.asyncDispose]() };
}

/** Calls a tool of server `s`. */
export const callTool = (toolbox: McpToolbox, tool = "echo", args: JsonObject = {}, signal?: AbortSignal): Promise<ToolResult> =>
  toolbox.call({ id: "c1", name: `s__${tool}`, arguments: JSON.stringify(args) }, signal ? { signal } : {});

/** What a call gives that the server answers with `result`. */
export async function answerTo(result: unknown, script: Omit<Script, "on"> = {}): Promise<ToolResult> {
  await using connection = await connected({ ...script, on: (method) => (method === "tools/call" ? { result } : undefined) });
  return await callTool(connection.toolbox);
}

/** A result's blocks as text. */
export const textOf = (result: ToolResult): string =>
  result.content.map((block) => ("text" in block ? block.text : `[${block.type}]`)).join("\n");

const realSetTimeout = setTimeout;

/** Resolves once `check` holds, also while the clock is a fake; the test's own time limit ends the wait. */
export async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((done) => realSetTimeout(done, 5));
}

/** A clock that only `passes` moves. Connect before: loading modules takes real time. Dispose of it to get the real clock back. */
export function fakeClock(): { passes(ms: number): Promise<void> } & Disposable {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  return {
    passes: async (ms) => {
      const step = Math.max(50, ms / 40);
      for (let passed = 0; passed < ms; passed += step) {
        await vi.advanceTimersByTimeAsync(Math.min(step, ms - passed));
        // What timers set off may need the real event loop.
        await new Promise((done) => setImmediate(done));
      }
    },
    [Symbol.dispose]: () => vi.useRealTimers(),
  };
}

/** Our small stdio server for tests, in one of its modes. */
export function fixtureServer(mode: string, ...args: string[]): Extract<ServerConfig, { type: "stdio" }> {
  return {
    type: "stdio",
    command: process.execPath,
    args: [resolve(import.meta.dirname, "servers/stdio-server.mjs"), mode, ...args],
  };
}

/** True while a process exists and is no zombie. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    return !/^State:\s+[ZX]/m.test(await readFile(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
