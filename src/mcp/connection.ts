import { isLecternError, LecternError } from "../core/errors.ts";
import type { RunEvent, ServerState } from "../core/events.ts";
import type { JsonObject } from "../core/json.ts";
import type { Tool, ToolProgress, ToolResult } from "../core/tools.ts";
import { backOffMs } from "./back-off.ts";
import { readToolResult } from "./content.ts";
import type { QuarantinedTool } from "./definition.ts";
import type { RequestOptions, Session } from "./engine.ts";
import { engineCode, needsSignIn, reasonOf } from "./errors.ts";
import { listTools, type ToolList } from "./list-tools.ts";
import { refuseHeaders } from "./mirrored-headers.ts";
import { oneLine } from "./neutralise.ts";
import { type Opened, type OpenOptions, openServer } from "./open.ts";
import type { ServerConfig } from "./servers.ts";

export interface ConnectionOptions extends Omit<OpenOptions, "signal" | "onToolsChanged" | "onClosed"> {
  readonly onEvent: (event: Extract<RunEvent, { type: "server" | "notice" }>) => void;
  /** The offered tools changed. */
  readonly onChange: () => void;
  readonly callTimeoutMs: number;
  readonly maxCallMs: number;
  /** How often a server that ended is started again before it is given up. */
  readonly maxRestarts: number;
}

const noTools: ToolList = { tools: [], quarantined: [], remarks: [] };

/** One configured server through its whole life: connect, list, call, restart, close. */
export class Connection {
  readonly name: string;
  readonly config: ServerConfig;
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  #state: ServerState = "connecting";
  #reason: string | null = null;
  #opened: Opened | undefined;
  #list: ToolList = noTools;
  #attempt: Promise<void> | undefined;
  #restarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #refreshAgain = false;

  constructor(name: string, config: ServerConfig, options: ConnectionOptions) {
    this.name = name;
    this.config = config;
    this.#options = options;
  }

  get state(): ServerState {
    return this.#state;
  }

  get reason(): string | null {
    return this.#reason;
  }

  get tools(): readonly Tool[] {
    return this.#list.tools;
  }

  get quarantined(): readonly QuarantinedTool[] {
    return this.#list.quarantined;
  }

  get session(): Session | undefined {
    return this.#opened?.session;
  }

  #enter(state: ServerState, reason: string | null = null): void {
    if (this.#state === "closed" || (this.#state === state && this.#reason === reason)) return;
    this.#state = state;
    this.#reason = reason;
    this.#options.onEvent({ type: "server", name: this.name, state, reason });
  }

  /** Connects and lists the tools, within the time for connecting. Never rejects: how it went is the state. Concurrent calls share one attempt. */
  connect(): Promise<void> {
    this.#attempt ??= this.#connect().finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#restartTimer);
    this.#options.onEvent({ type: "server", name: this.name, state: "connecting", reason: null });
    const deadline = new AbortController();
    const timeoutMs = this.#options.connectTimeoutMs;
    const timer = setTimeout(() => {
      deadline.abort(new LecternError("bound", `it was not ready within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    const signal = AbortSignal.any([deadline.signal, this.#closing.signal]);
    let opened: Opened | undefined;
    try {
      opened = await openServer(this.name, this.config, {
        ...this.#options,
        signal,
        onToolsChanged: () => void this.#refresh(),
        onClosed: () => {
          if (opened !== undefined) this.#lost(opened);
        },
      });
      this.#list = await this.#fetchList(opened, signal);
      this.#opened = opened;
      this.#settleReady();
      this.#watch(opened);
    } catch (error) {
      const reason = opened === undefined ? reasonOf(error) : opened.reasonFor(error);
      await opened?.close().catch(() => {});
      this.#failed(signal.aborted && isLecternError(signal.reason) ? signal.reason : error, reason);
    } finally {
      clearTimeout(timer);
    }
  }

  #settleReady(): void {
    const { quarantined, remarks } = this.#list;
    const remark = [...remarks, ...(quarantined.length > 0 ? [`${quarantined.length} of its tools cannot be offered`] : [])];
    this.#enter(remark.length > 0 ? "degraded" : "ready", remark.length > 0 ? remark.join("; ") : null);
    for (const { tool, reason } of quarantined.slice(0, 20)) {
      const message = `Tool "${tool}" of server "${this.name}" is not offered: ${reason}.`;
      this.#options.onEvent({ type: "notice", code: "tool_quarantined", message });
    }
    this.#options.onChange();
  }

  #failed(error: unknown, reason: string): void {
    const text = isLecternError(error) && error.code === "bound" ? error.message : reason;
    if (this.#list !== noTools) {
      this.#list = noTools;
      this.#options.onChange();
    }
    if (this.#closing.signal.aborted) return;
    if (needsSignIn(error)) this.#enter("needs_sign_in", text);
    else if (this.#restarts > 0) this.#backOff(text);
    else this.#enter("failed", text);
  }

  /** The server ended by itself. Its tools stay listed, so that the list does not flicker: calls wait for the restart. */
  #lost(opened: Opened): void {
    if (this.#opened !== opened) return;
    this.#opened = undefined;
    void opened.close().catch(() => {});
    if (!this.#closing.signal.aborted) this.#backOff(opened.reasonFor(undefined));
  }

  #backOff(reason: string): void {
    if (this.#restarts >= this.#options.maxRestarts) {
      this.#list = noTools;
      this.#enter("failed", reason);
      this.#options.onChange();
      return;
    }
    this.#restarts += 1;
    this.#enter("backing_off", reason);
    this.#restartTimer = setTimeout(() => void this.connect(), backOffMs(this.#restarts));
    // Nobody waits for this restart yet; a call that does has its own timer.
    this.#restartTimer.unref();
  }

  async #fetchList(opened: Opened, signal: AbortSignal): Promise<ToolList> {
    const timeoutMs = this.#options.connectTimeoutMs;
    return await listTools({
      server: this.name,
      fetchPage: (params) => opened.session.request("tools/list", params, { signal, timeoutMs, maxTotalMs: timeoutMs }),
      ...(opened.mirrorsHeaders && { refuse: refuseHeaders }),
    });
  }

  /** Reads the list again. Requests that arrive meanwhile are answered by one more reading, however many they are. */
  #refresh(): Promise<void> {
    if (this.#refreshing !== undefined) {
      this.#refreshAgain = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#readListAgain().finally(() => {
      this.#refreshing = undefined;
      if (this.#refreshAgain) {
        this.#refreshAgain = false;
        void this.#refresh();
      }
    });
    return this.#refreshing;
  }

  async #readListAgain(): Promise<void> {
    // Servers announce changes in bursts.
    await new Promise((resolve) => setTimeout(resolve, 100).unref());
    const opened = this.#opened;
    if (opened === undefined || this.#closing.signal.aborted) return;
    try {
      this.#list = await this.#fetchList(opened, this.#closing.signal);
      this.#settleReady();
    } catch (error) {
      if (this.#opened === opened)
        this.#enter("degraded", `its list of tools changed but could not be read again: ${reasonOf(error)}`);
    }
  }

  #watch(opened: Opened): void {
    const tools = opened.session.capabilities.tools;
    const announces = typeof tools === "object" && tools !== null && "listChanged" in tools && tools.listChanged === true;
    if (opened.session.era !== "modern" || !announces) return;
    void this.#keepWatching(opened);
  }

  /** Subscriptions end with the connection that carries them; the engine never renews one. */
  async #keepWatching(opened: Opened): Promise<void> {
    for (let attempt = 1; attempt <= 5 && this.#opened === opened; attempt++) {
      const ended = await opened.session.watchTools(this.#options.connectTimeoutMs).catch(() => "remote" as const);
      if (ended !== "remote" || this.#opened !== opened) return;
      await new Promise((resolve) => setTimeout(resolve, backOffMs(attempt)).unref());
      if (this.#opened === opened) await this.#refresh();
    }
  }

  /** Waits until calls can be made; rejects with the reason where they cannot. */
  async #usable(signal: AbortSignal): Promise<Opened> {
    if (this.#opened === undefined && (this.#state === "backing_off" || this.#attempt !== undefined)) {
      await Promise.race([this.connect(), rejectOnAbort(signal)]);
    }
    if (this.#opened === undefined) {
      throw new LecternError("service", `MCP server "${this.name}" cannot be used: ${this.#reason ?? "it is not connected"}`);
    }
    return this.#opened;
  }

  /** Runs one tool, once. A failing server or tool is an `isError` result; rejects only with the signal's reason. */
  async call(
    tool: Tool,
    args: JsonObject,
    options: { signal: AbortSignal; onProgress?: (progress: ToolProgress) => void },
  ): Promise<ToolResult> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    let opened: Opened | undefined;
    try {
      opened = await this.#usable(signal);
      const bounds = { ...this.#bounds(signal), ...(options.onProgress && { onProgress: options.onProgress }) };
      const raw = await opened.session.callTool({ name: tool.tool, arguments: args, inputSchema: tool.inputSchema }, bounds);
      this.#restarts = 0;
      return readToolResult(raw, { server: this.name, tool: tool.tool, knowledge: this.config.knowledge === true });
    } catch (error) {
      options.signal.throwIfAborted();
      return { content: [{ type: "text", text: this.#callFailure(tool, error, opened) }], isError: true };
    }
  }

  #bounds(signal: AbortSignal): RequestOptions {
    return { signal, timeoutMs: this.config.callTimeoutMs ?? this.#options.callTimeoutMs, maxTotalMs: this.#options.maxCallMs };
  }

  #callFailure(tool: Tool, error: unknown, opened: Opened | undefined): string {
    if (opened === undefined) return reasonOf(error);
    const code = engineCode(error);
    if (typeof code === "number") return `The server refused the call of "${oneLine(tool.tool, 100)}": ${reasonOf(error)}`;
    const reason = opened.reasonFor(error);
    return `The call of "${oneLine(tool.tool, 100)}" on MCP server "${this.name}" failed: ${reason}. It may or may not have been carried out; it was not repeated.`;
  }

  /** Sends any other request (resources); rejects with a LecternError. */
  async request(method: string, params: JsonObject, signal: AbortSignal): Promise<unknown> {
    const opened = await this.#usable(signal);
    try {
      return await opened.session.request(method, params, this.#bounds(AbortSignal.any([signal, this.#closing.signal])));
    } catch (error) {
      signal.throwIfAborted();
      throw new LecternError("service", `MCP server "${this.name}": ${opened.reasonFor(error)}`, { cause: error });
    }
  }

  /** Kills what is left at once; for the host's own exit. */
  endNow(): void {
    this.#opened?.endNow();
  }

  async close(): Promise<void> {
    clearTimeout(this.#restartTimer);
    this.#closing.abort(new LecternError("interrupted", "the toolbox was closed"));
    const opened = this.#opened;
    this.#opened = undefined;
    await Promise.all([opened?.close().catch(() => {}), this.#attempt]);
    this.#enter("closed");
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
