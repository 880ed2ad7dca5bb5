import { resolve } from "node:path";
import type { Transport } from "@modelcontextprotocol/client";
import { isJsonObject, type JsonObject } from "../../src/core/json.ts";
import {
  createToolbox,
  type McpToolbox,
  type ServerConfig,
  type ToolboxEvent,
  type ToolboxOptions,
} from "../../src/mcp/index.ts";

/** What a scripted server answers to one request; undefined for no answer at all. */
export type Answer = { readonly result: unknown } | { readonly error: { code: number; message: string } } | undefined;

export interface ScriptedServer {
  readonly config: ServerConfig;
  /** Every message the host sent, in order. */
  readonly received: JsonObject[];
  /** Sends anything to the host. */
  send(message: unknown): void;
  /** Ends the connection as a crash would. */
  crash(): void;
}

export interface Script {
  readonly era?: "modern" | "legacy";
  readonly capabilities?: JsonObject;
  readonly instructions?: string;
  /** Definitions as served; default one `echo` tool. */
  readonly tools?: readonly unknown[] | (() => readonly unknown[]);
  /** Answers requests that the script does not answer by itself, and those it does where it returns something. */
  readonly on?: (method: string, params: JsonObject, message: JsonObject) => Answer | Promise<Answer>;
  readonly knowledge?: boolean;
}

export const echoTool = {
  name: "echo",
  description: "Echoes text",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
};

const text = (value: string): Answer => ({ result: { content: [{ type: "text", text: value }] } });

/** A server made of a script, connected in the same process: no process is started, no socket opened. */
export function scripted(script: Script = {}): ScriptedServer {
  const received: JsonObject[] = [];
  const era = script.era ?? "legacy";
  const capabilities = script.capabilities ?? { tools: { listChanged: true } };
  let host: Transport | undefined;
  const send = (message: unknown): void => {
    const copy: unknown = JSON.parse(JSON.stringify(message));
    queueMicrotask(() => host?.onmessage?.(copy as never));
  };
  const standard = (method: string, params: JsonObject): Answer => {
    const about = { capabilities, ...(script.instructions !== undefined && { instructions: script.instructions }) };
    if (method === "initialize" && era === "legacy") {
      return { result: { protocolVersion: params.protocolVersion, serverInfo: { name: "scripted", version: "1" }, ...about } };
    }
    if (method === "server/discover" && era === "modern") {
      return { result: { resultType: "complete", supportedVersions: ["2026-07-28"], ttlMs: 0, cacheScope: "private", ...about } };
    }
    const tools = typeof script.tools === "function" ? script.tools() : (script.tools ?? [echoTool]);
    if (method === "tools/list") return { result: { tools } };
    if (method === "tools/call") return text(isJsonObject(params.arguments) ? String(params.arguments.text) : "");
    return { error: { code: -32601, message: "Method not found" } };
  };
  const connect = (): Transport => {
    const transport: Transport = {
      start: async () => {},
      close: async () => transport.onclose?.(),
      send: async (raw) => {
        const message = JSON.parse(JSON.stringify(raw)) as JsonObject;
        received.push(message);
        const { id, method } = message;
        if (typeof method !== "string" || id === undefined) return;
        const params = isJsonObject(message.params) ? message.params : {};
        const own = script.on === undefined ? undefined : await script.on(method, params, message);
        const answer = own ?? (script.on !== undefined && silent.has(method) ? undefined : standard(method, params));
        if (answer !== undefined && !("nothing" in answer)) send({ jsonrpc: "2.0", id, ...answer });
      },
    };
    host = transport;
    return transport;
  };
  const silent = new Set<string>();
  const config: ServerConfig = { type: "in_process", connect, ...(script.knowledge && { knowledge: true }) };
  return { config, received, send, crash: () => host?.onclose?.() };
}

/** An answer that never comes. */
export const nothing = { nothing: true, result: undefined } as const;

/** A toolbox with one server called `s` and what it reported. */
export async function connected(
  server: ScriptedServer,
  options: ToolboxOptions = {},
): Promise<{ toolbox: McpToolbox; events: ToolboxEvent[] }> {
  const events: ToolboxEvent[] = [];
  const toolbox = await createToolbox({ s: server.config }, { onEvent: (event) => events.push(event), ...options });
  return { toolbox, events };
}

/** Calls a tool of server `s`. */
export const callTool = (toolbox: McpToolbox, tool: string, args: JsonObject = {}, signal?: AbortSignal) =>
  toolbox.call({ id: "c1", name: `s__${tool}`, arguments: JSON.stringify(args) }, signal ? { signal } : {});

/** A result's text blocks as one string. */
export const textOf = (result: { content: readonly { type: string }[] }): string =>
  result.content.map((block) => ("text" in block && typeof block.text === "string" ? block.text : `[${block.type}]`)).join("\n");

/** The hostile or odd stdio server of our own, in one of its modes. */
export function fixtureServer(mode: string, ...args: string[]): Extract<ServerConfig, { type: "stdio" }> {
  return {
    type: "stdio",
    command: process.execPath,
    args: [resolve(import.meta.dirname, "servers/stdio-server.mjs"), mode, ...args],
  };
}

/** True while a process exists and is no zombie. */
export async function isRunning(pid: number): Promise<boolean> {
  const { readFile } = await import("node:fs/promises");
  try {
    return !/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
