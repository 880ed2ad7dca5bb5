import { LecternError } from "../core/errors.ts";
import type { ModelRequest } from "../core/model.ts";
import { attempt } from "./attempt.ts";
import type { Backend } from "./backend.ts";
import { EventQueue } from "./event-queue.ts";
import { FailedAttempt, type Failure, type Remedy } from "./failure.ts";
import type { ToolSet } from "./model.ts";
import type { Reply } from "./reply.ts";
import type { RequestBodies } from "./request-body.ts";
import type { Clock, RetryBudget } from "./retry.ts";
import { backoffMs } from "./retry.ts";
import type { Exchange } from "./wire.ts";

export interface RunSettings {
  readonly deadlineMs: number;
  readonly idleTimeoutMs: number;
  readonly maxAttempts: number;
  readonly clock: Clock;
  readonly budget: RetryBudget;
  readonly bodies: RequestBodies;
  readonly onRequest: () => void;
}

/** Most repairs of one request that its errors may ask for. */
const maxRemedies = 8;

/** One reply with all its attempts. */
export class ReplyRun {
  readonly events: EventQueue;
  readonly #request: ModelRequest;
  readonly #backend: Backend;
  readonly #tools: ToolSet;
  readonly #settings: RunSettings;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new AbortController();
  #exchange: Exchange | undefined;
  #shown = false;
  #deadlineAt = 0;
  #retries = 0;
  #freshToken = false;
  #dropReasoning = false;
  readonly #remedied = new Set<string>();

  constructor(request: ModelRequest, backend: Backend, tools: ToolSet, settings: RunSettings, signal: AbortSignal | undefined) {
    this.#request = request;
    this.#backend = backend;
    this.#tools = tools;
    this.#settings = settings;
    this.#signal = signal;
    this.events = new EventQueue(
      () => void this.#run(),
      () => this.#abort(new LecternError("interrupted", "The reader left before the reply ended")),
    );
    this.events.onFull = () => this.#exchange?.pause();
    this.events.onDrained = () => this.#exchange?.resume();
  }

  async #run(): Promise<void> {
    const onAbort = (): void => this.#abort(this.#signal?.reason);
    try {
      this.#signal?.throwIfAborted();
      this.#signal?.addEventListener("abort", onAbort, { once: true });
      this.#deadlineAt = this.#settings.clock.now() + this.#settings.deadlineMs;
      await this.#backend.lessons.load();
      for (const notice of this.#tools.notices) this.events.push({ type: "notice", ...notice });
      this.#deliver(await this.#attempts());
      this.events.end();
    } catch (thrown) {
      this.events.fail(this.#stop.signal.aborted ? this.#stop.signal.reason : thrown);
    } finally {
      this.#signal?.removeEventListener("abort", onAbort);
    }
  }

  #abort(reason: unknown): void {
    this.#stop.abort(reason);
    this.#exchange?.abort();
  }

  async #attempts(): Promise<Reply> {
    for (let number = 1; ; number++) {
      try {
        const reply = await this.#attempt();
        this.#settings.budget.refund(this.#retries);
        return reply;
      } catch (thrown) {
        this.#stop.signal.throwIfAborted();
        if (!(thrown instanceof FailedAttempt)) throw thrown;
        const { failure } = thrown;
        if (failure.remedy !== undefined && this.#remedy(failure.remedy, failure)) number--;
        else await this.#waitBeforeRetry(failure, number);
        if (this.#shown) this.events.push({ type: "reset", reason: failure.error.message });
        this.#shown = false;
      }
    }
  }

  async #attempt(): Promise<Reply> {
    const { settings, backend } = { settings: this.#settings, backend: this.#backend };
    const surface = backend.surface;
    const headers = await backend.headers({ signal: this.#stop.signal, fresh: this.#freshToken });
    this.#freshToken = false;
    this.#stop.signal.throwIfAborted();
    const remainingMs = Math.max(1, this.#deadlineAt - settings.clock.now());
    const learned = backend.lessons.current;
    const body = settings.bodies.build(this.#request, {
      surface,
      deployment: backend.deployment,
      names: this.#tools.names,
      toolsJson: this.#tools.json(surface),
      learned,
      replayBackend: this.#dropReasoning || learned.dropped.includes("include") ? undefined : backend.replayName,
    });
    settings.onRequest();
    return attempt({
      backend,
      surface,
      body,
      headers,
      timeouts: {
        connectMs: Math.min(10_000, remainingMs),
        answerMs: Math.min(settings.idleTimeoutMs, remainingMs),
        idleMs: settings.idleTimeoutMs,
        lingerMs: 1_000,
      },
      listener: {
        text: (delta) => this.#show({ type: "text", delta }),
        reasoning: (delta) => this.#show({ type: "reasoning", delta }),
      },
      onExchange: (exchange) => {
        this.#exchange = exchange;
      },
    });
  }

  #show(event: { readonly type: "text" | "reasoning"; readonly delta: string }): void {
    if (event.delta === "") return;
    this.#shown = true;
    this.events.push(event);
  }

  #deliver(reply: Reply): void {
    const { names } = this.#tools;
    for (const call of reply.calls) this.events.push({ type: "tool_call", ...call, name: names.original(call.name) });
    for (const notice of reply.notices) this.events.push({ type: "notice", ...notice });
    if (reply.usage !== undefined) this.events.push({ type: "usage", ...reply.usage });
    const replay = reply.replay.length === 0 ? {} : { replay: { backend: this.#backend.replayName, items: reply.replay } };
    this.events.push({ type: "finish", reason: reply.finish, ...replay });
  }

  /** Applies the change an error asks for; false where it was made before or is not ours to make. */
  #remedy(remedy: Remedy, failure: Failure): boolean {
    const key = JSON.stringify(remedy);
    if (this.#remedied.has(key) || this.#remedied.size >= maxRemedies) return false;
    const done = this.#apply(remedy);
    if (done === undefined) return false;
    this.#remedied.add(key);
    this.events.push({ type: "notice", code: remedy.kind, message: `${done} (${failure.error.message})` });
    return true;
  }

  #apply(remedy: Remedy): string | undefined {
    const { lessons } = this.#backend;
    switch (remedy.kind) {
      case "switch_api":
        if (!this.#backend.mayFallBack || this.#remedied.has(JSON.stringify({ kind: "switch_api", to: this.#backend.surface })))
          return undefined;
        lessons.add({ api: remedy.to });
        return `The ${remedy.to === "chat" ? "Chat Completions" : "Responses"} API is used from now on`;
      case "drop_parameter":
        lessons.add({ dropped: remedy.name });
        return `"${remedy.name}" is left out from now on`;
      case "rename_parameter":
        lessons.add({ renamed: [remedy.name, remedy.to] });
        return `"${remedy.name}" is sent as "${remedy.to}" from now on`;
      case "drop_reasoning":
        this.#dropReasoning = true;
        return "Earlier reasoning is left out of this request";
      case "quarantine_tool":
        return this.#tools.quarantine(remedy, this.#backend.surface);
      case "fresh_token":
        this.#freshToken = true;
        return "A fresh access token is tried";
    }
  }

  /** Waits as the failure asks; throws its error where there is to be no further attempt. */
  async #waitBeforeRetry(failure: Failure, number: number): Promise<void> {
    const { clock, maxAttempts, budget } = this.#settings;
    const { error } = failure;
    if (failure.retry === "never" || number >= maxAttempts) throw error;
    if (failure.retry === "at_once") return;
    const waitMs = backoffMs(number, failure.waitMs, clock.random());
    if (clock.now() + waitMs > this.#deadlineAt) throw error;
    if (!budget.take()) throw error;
    this.#retries++;
    const message = `${error.message} Trying again in ${(waitMs / 1000).toFixed(1)} s (attempt ${number + 1} of ${maxAttempts}).`;
    this.events.push({ type: "notice", code: "retry", message });
    await clock.sleep(waitMs, this.#stop.signal);
  }
}
