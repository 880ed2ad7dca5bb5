import { isLecternError, LecternError } from "../core/errors.ts";
import type { RunEvent, ServerState } from "../core/events.ts";
import type { JsonObject } from "../core/json.ts";
import type { Tool, ToolResult } from "../core/tools.ts";
import { backOffMs } from "./back-off.ts";
import { type CallOptions, type CallTarget, isSessionLost, runTool, signingIn } from "./calling.ts";
import type { AskPerson, Elicit } from "./elicitation.ts";
import { engineCode, needsSignIn, networkCode, reasonOf } from "./errors.ts";
import { listTools, type ToolList } from "./list-tools.ts";
import { refuseHeaders } from "./mirrored-headers.ts";
import { openServer } from "./open.ts";
import type { Opened, OpenOptions } from "./opening.ts";
import { resourceTool, runResourceTool } from "./resource-tool.ts";
import { ServerTools } from "./server-tools.ts";
import { notReady, type ServerConfig } from "./servers.ts";
import type { Session } from "./session.ts";
import { ToolWatch } from "./tool-watch.ts";

export interface ConnectionOptions
  extends Omit<OpenOptions, "signal" | "onToolsChanged" | "onClosed" | "credentials" | "elicit"> {
  /** Asks the person on behalf of a server; undefined where nobody can be asked. */
  readonly elicit: Elicit | undefined;
  readonly onEvent: (event: Extract<RunEvent, { type: "server" | "notice" }>) => void;
  /** First part of the names of its tools; unique among servers. */
  readonly prefix: string;
  /** Whether the model may be offered the host's tool for the server's resources. */
  readonly offersResources: (tool: Tool) => boolean;
  /** The offered tools changed. */
  readonly onChange: () => void;
  readonly callTimeoutMs: number;
  readonly maxCallMs: number;
  /** How often a server that ended is started again before it is given up. */
  readonly maxRestarts: number;
}

const methodNotFound = -32_601;

/** One configured server through its whole life: connect, list, call, restart, close. */
export class Connection {
  readonly name: string;
  readonly config: ServerConfig;
  readonly list: ServerTools;
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #credentials: OpenOptions["credentials"] = {};
  #state: ServerState | undefined;
  #reason: string | null = null;
  #opened: Opened | undefined;
  #attempt: Promise<void> | undefined;
  #restarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  readonly #watch: ToolWatch;
  readonly #target: CallTarget;
  readonly #resourceTool: Tool;
  readonly #ask: AskPerson | undefined;

  constructor(name: string, config: ServerConfig, options: ConnectionOptions) {
    this.name = name;
    this.config = config;
    this.#options = options;
    const { elicit } = options;
    this.#ask = elicit && ((question, { signal }) => elicit(question, { signal, server: name }));
    this.#resourceTool = resourceTool(name, options.prefix);
    this.list = new ServerTools({
      server: name,
      onChange: options.onChange,
      onNotice: (code, message) => options.onEvent({ type: "notice", code, message }),
    });
    this.#watch = new ToolWatch({
      reread: () => this.#readListAgain(),
      isCurrent: (opened) => this.#opened === opened,
      timeoutMs: options.connectTimeoutMs,
    });
    this.#target = {
      server: name,
      knowledge: config.knowledge === true,
      elicit: this.#ask,
      bounds: { timeoutMs: config.callTimeoutMs ?? options.callTimeoutMs, maxTotalMs: options.maxCallMs },
      usable: (signal) => this.#opened ?? this.#usable(signal),
      renew: (opened) => this.#renew(opened),
      note: (failure) => this.#note(failure),
    };
  }

  get state(): ServerState {
    return this.#state ?? "connecting";
  }

  get reason(): string | null {
    return this.#reason;
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
    this.#enter("connecting");
    const deadline = new AbortController();
    const timeoutMs = this.#options.connectTimeoutMs;
    const timer = setTimeout(() => {
      deadline.abort(new LecternError("bound", notReady(this.config, timeoutMs)));
    }, timeoutMs);
    const signal = AbortSignal.any([deadline.signal, this.#closing.signal]);
    let opened: Opened | undefined;
    try {
      opened = await openServer(this.name, this.config, {
        ...this.#options,
        elicit: this.#ask,
        credentials: this.#credentials,
        signal,
        onToolsChanged: () => this.#watch.changed(),
        onClosed: () => {
          if (opened !== undefined) this.#lost(opened);
        },
      });
      const list = await this.#fetchList(opened, signal);
      this.#opened = opened;
      this.list.take(list);
      this.#enterReady();
      this.#watch.subscribe(opened);
    } catch (error) {
      const reason = opened === undefined ? reasonOf(error) : opened.reasonFor(error);
      await opened?.close().catch(() => {});
      this.#failed(signal.aborted && !isLecternError(error) ? signal.reason : error, reason);
    } finally {
      clearTimeout(timer);
    }
  }

  #enterReady(): void {
    const { flaws } = this.list;
    this.#enter(flaws === null ? "ready" : "degraded", flaws);
  }

  #failed(error: unknown, reason: string): void {
    if (this.#closing.signal.aborted) return;
    const text = isLecternError(error) && error.code === "bound" ? error.message : reason;
    // A server elsewhere may be starting, too; a program that fails at once will fail again.
    const mayComeBack = this.#restarts > 0 || (this.config.type === "http" && networkCode(error) !== undefined);
    if (needsSignIn(error)) this.#giveUp("needs_sign_in", text);
    else if (mayComeBack) this.#backOff(text);
    else this.#giveUp("failed", text);
  }

  #giveUp(state: "failed" | "needs_sign_in", reason: string): void {
    this.#enter(state, reason);
    this.list.clear();
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
      this.#giveUp("failed", reason);
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
    const list = await listTools({
      server: this.name,
      prefix: this.#options.prefix,
      fetchPage: (params) =>
        signingIn(opened, () => opened.session.request("tools/list", params, { signal, timeoutMs, maxTotalMs: timeoutMs })).catch(
          (error: unknown) => {
            // Servers of resources alone need not know the method.
            if (engineCode(error) === methodNotFound && !("tools" in opened.session.capabilities)) return { tools: [] };
            throw error;
          },
        ),
      ...(opened.mirrorsHeaders && { refuse: refuseHeaders }),
    });
    const tool = this.#resourceTool;
    const isOffered = "resources" in opened.session.capabilities && this.#options.offersResources(tool);
    return isOffered ? withTool(list, tool) : list;
  }

  async #readListAgain(): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined || this.#closing.signal.aborted) return;
    try {
      this.list.take(await this.#fetchList(opened, this.#closing.signal));
      this.#enterReady();
    } catch (error) {
      if (this.#opened === opened)
        this.#enter("degraded", `its list of tools changed but could not be read again: ${opened.reasonFor(error)}`);
    }
  }

  /** Waits until calls can be made; rejects with the reason where they cannot. */
  async #usable(signal: AbortSignal): Promise<Opened> {
    if (this.#opened === undefined && (this.#state === "backing_off" || this.#attempt !== undefined)) {
      await orAborted(this.connect(), signal);
    }
    if (this.#opened === undefined) {
      throw new LecternError("service", `MCP server "${this.name}" cannot be used: ${this.#reason ?? "it is not connected"}`);
    }
    return this.#opened;
  }

  /** Runs one tool. A failing server or tool is an `isError` result; rejects only with the signal's reason. */
  async call(tool: Tool, args: JsonObject, options: Omit<CallOptions, "closing">): Promise<ToolResult> {
    if (tool === this.#resourceTool) {
      const request = (method: string, params: JsonObject) => this.request(method, params, options.signal);
      return await runResourceTool(args, { server: this.name, knowledge: this.#target.knowledge, request });
    }
    return await runTool(this.#target, tool, args, { ...options, closing: this.#closing.signal });
  }

  #note(failure: Parameters<CallTarget["note"]>[0]): void {
    if (failure === null) {
      this.#restarts = 0;
      if (this.#state === "degraded" || this.#state === "needs_sign_in") this.#enterReady();
    } else if (failure.needsSignIn) this.#enter("needs_sign_in", failure.reason);
    // A process that ended has its own way back; a server elsewhere may come back by itself.
    else if (this.config.type === "http") this.#enter("degraded", failure.reason);
  }

  async #renew(opened: Opened): Promise<void> {
    if (this.#opened === opened) {
      this.#opened = undefined;
      void opened.close().catch(() => {});
    }
    await this.connect();
  }

  /** Sends any other request (resources: they only read, so one that a forgotten session cost is sent again); rejects with a LecternError. */
  async request(method: string, params: JsonObject, signal: AbortSignal): Promise<unknown> {
    const bounds = { ...this.#target.bounds, signal: AbortSignal.any([signal, this.#closing.signal]) };
    for (let isRepeated = false; ; isRepeated = true) {
      const opened = await this.#usable(signal);
      try {
        return await signingIn(opened, () => opened.session.request(method, params, bounds));
      } catch (error) {
        signal.throwIfAborted();
        if (isRepeated || !isSessionLost(error, opened))
          throw new LecternError("service", `MCP server "${this.name}": ${opened.reasonFor(error)}`, { cause: error });
        await this.#renew(opened);
      }
    }
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

/** A list with one tool more, in order; a tool of that name that the server has itself stays in its place. */
function withTool(list: ToolList, tool: Tool): ToolList {
  if (list.tools.some((other) => other.tool === tool.tool)) return list;
  const at = list.tools.findIndex((other) => other.tool > tool.tool);
  return { ...list, tools: list.tools.toSpliced(at === -1 ? list.tools.length : at, 0, tool) };
}

/** Waits for `work`, but no longer than until the signal is aborted. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
