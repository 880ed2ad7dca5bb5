import { isLecternError, LecternError } from "../core/errors.ts";
import { EventQueue } from "../core/event-queue.ts";
import type { ModelEvent, ModelRequest } from "../core/model.ts";
import { Remedies } from "./apply-remedy.ts";
import { attempt } from "./attempt.ts";
import type { Backend } from "./backend.ts";
import { FailedAttempt, type Failure } from "./failure.ts";
import { blame, type FilteredResults } from "./filtered-results.ts";
import type { Pool } from "./pool.ts";
import type { ToolSet } from "./prepare-tools.ts";
import { partLost, type Reply } from "./reply.ts";
import type { RequestBodies } from "./request-body.ts";
import type { Clock, RetryBudget } from "./retry.ts";
import { backoffMs } from "./retry.ts";
import { Stop } from "./stop.ts";
import type { Exchange } from "./wire.ts";

/** What all replies of a model share. */
export interface RunSettings {
  readonly deadlineMs: number;
  readonly idleTimeoutMs: number;
  readonly maxAttempts: number;
  readonly lingerMs: number;
  readonly clock: Clock;
  readonly budget: RetryBudget;
  readonly bodies: RequestBodies;
  readonly filtered: FilteredResults;
  readonly pool: Pool;
  /** Told of each request sent, and to which backend. */
  readonly onRequest: (backend: Backend) => void;
}

/** Longest time for DNS, TCP and TLS, in milliseconds: a black-holed address must leave time for another attempt. */
const connectMs = 10_000;

/** One reply with all its attempts: one deadline, one number of attempts, every change and wait announced. */
export class ReplyRun {
  readonly events: EventQueue<ModelEvent>;
  readonly #request: ModelRequest;
  readonly #tools: ToolSet;
  readonly #settings: RunSettings;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new Stop();
  readonly #remedies: Remedies;
  /** Backends that failed since the last wait. */
  readonly #failed = new Set<Backend>();
  #exchange: Exchange | undefined;
  #shown = false;
  #deadlineAt = 0;
  #retries = 0;
  /** From then on each attempt has a connection of its own. */
  #failedOnce = false;

  constructor(request: ModelRequest, tools: ToolSet, settings: RunSettings, signal: AbortSignal | undefined) {
    this.#request = request;
    this.#tools = tools;
    this.#settings = settings;
    this.#signal = signal;
    this.#remedies = new Remedies(tools);
    this.events = new EventQueue({
      start: () => void this.#run(),
      stop: () => this.#abort(new LecternError("interrupted", "The reader left before the reply ended")),
      onFull: () => this.#exchange?.pause(),
      onDrained: () => this.#exchange?.resume(),
    });
  }

  async #run(): Promise<void> {
    const onAbort = (): void => this.#abort(this.#signal?.reason);
    try {
      this.#signal?.throwIfAborted();
      this.#signal?.addEventListener("abort", onAbort, { once: true });
      this.#deadlineAt = this.#settings.clock.now() + this.#settings.deadlineMs;
      for (const notice of this.#tools.takeNotices()) this.#note(notice);
      await this.#reply();
      this.events.end();
    } catch (thrown) {
      this.events.fail(this.#stop.stopped ? this.#stop.reason : thrown);
    } finally {
      this.#signal?.removeEventListener("abort", onAbort);
    }
  }

  #abort(reason: unknown): void {
    this.#stop.stop(reason);
    this.#exchange?.abort();
  }

  async #reply(): Promise<void> {
    const { pool, budget } = this.#settings;
    const { conversationId } = this.#request;
    let { backend, waitMs } = pool.choose(conversationId, this.#failed);
    if (waitMs > 0) await this.#cool(backend, waitMs);
    for (let number = 1; ; number++) {
      try {
        const reply = await this.#attempt(backend);
        this.#remedies.confirm(backend);
        pool.succeeded(backend, conversationId);
        this.#settings.filtered.accept(this.#request.messages);
        budget.refund(this.#retries);
        this.#deliver(reply, backend);
        return;
      } catch (thrown) {
        this.#stop.throwIfStopped();
        if (!(thrown instanceof FailedAttempt)) throw thrown;
        const { failure } = thrown;
        if (this.#mend(failure, backend)) number--;
        else {
          this.#failedOnce = true;
          // Nobody saw the request, so it was no attempt. Only a kept connection can tell so, and those that follow are fresh.
          if (failure.unsent) number--;
          else backend = await this.#next(failure, backend, number);
        }
        if (this.#shown) this.events.push({ type: "reset", reason: failure.error.message });
        this.#shown = false;
      }
    }
  }

  async #attempt(backend: Backend): Promise<Reply> {
    const { clock, idleTimeoutMs, lingerMs, onRequest } = this.#settings;
    for (const notice of backend.takeNotices()) this.#note(notice);
    await backend.lessons.load();
    const headers = await this.#headers(backend);
    this.#stop.throwIfStopped();
    const remainingMs = Math.max(1, this.#deadlineAt - clock.now());
    onRequest(backend);
    return attempt({
      backend,
      surface: this.#remedies.surface(backend),
      body: this.#body(backend),
      fresh: this.#failedOnce,
      headers,
      timeouts: {
        connectMs: Math.min(connectMs, remainingMs),
        answerMs: Math.min(idleTimeoutMs, remainingMs),
        idleMs: idleTimeoutMs,
        lingerMs,
      },
      listener: {
        text: (delta) => this.#show("text", delta),
        replace: (whole) => this.#replace(whole),
        reasoning: (delta) => this.#show("reasoning", delta),
      },
      onExchange: (exchange) => {
        this.#exchange = exchange;
      },
    });
  }

  async #headers(backend: Backend): Promise<Readonly<Record<string, string>>> {
    const fresh = this.#remedies.freshToken;
    this.#remedies.freshToken = false;
    try {
      return await backend.headers({ stop: this.#stop, fresh });
    } catch (thrown) {
      // No token for this backend; another one may have another credential.
      if (!isLecternError(thrown)) throw thrown;
      throw new FailedAttempt({ error: thrown, retry: "never", misconfigured: true });
    }
  }

  #body(backend: Backend): string {
    const learned = this.#remedies.learned(backend);
    const noReplay = this.#remedies.dropReasoning || learned.dropped.includes("include");
    const messages = this.#settings.filtered.apply(this.#request.messages);
    const surface = this.#remedies.surface(backend);
    return this.#settings.bodies.build(messages, this.#request, {
      surface,
      deployment: backend.deployment,
      names: this.#tools.names,
      toolsJson: this.#tools.json(surface),
      learned,
      replayBackend: noReplay ? undefined : backend.replayName,
    });
  }

  #show(type: "text" | "reasoning", delta: string): void {
    if (delta === "") return;
    this.#shown = true;
    this.events.push({ type, delta });
  }

  #replace(whole: string): void {
    this.events.push(partLost);
    this.#show("text", whole);
  }

  #note(notice: { readonly code: string; readonly message: string }): void {
    this.events.push({ type: "notice", ...notice });
  }

  #deliver(reply: Reply, backend: Backend): void {
    for (const call of reply.calls) this.events.push({ type: "tool_call", ...call, name: this.#tools.names.original(call.name) });
    for (const notice of reply.notices) this.#note(notice);
    if (reply.usage !== undefined) this.events.push({ type: "usage", ...reply.usage });
    const replay = reply.replay.length === 0 ? {} : { replay: { backend: backend.replayName, items: reply.replay } };
    this.events.push({ type: "finish", reason: reply.finish, ...replay });
  }

  /** Changes the request as the failure asks; true where it is worth sending again at once. */
  #mend(failure: Failure, backend: Backend): boolean {
    const { error } = failure;
    if (error.code === "content_filtered" && error.details?.culprit === "prompt") {
      // Text had come already, so it was the answer that was stopped.
      if (this.#shown) throw blame(error, "answer");
      const aside = this.#settings.filtered.setAside(this.#request.messages);
      if (aside === undefined) throw this.#settings.filtered.blame(error, this.#request.messages);
      const categories = Array.isArray(error.details.categories) ? error.details.categories.join(", ") : "";
      const message = `The content filter refused a tool result (${categories || "no category given"}; request ${error.requestId ?? "unknown"}). Set aside: ${aside.documents.join(", ")}.`;
      this.#note({ code: "results_set_aside", message });
      return true;
    }
    const notice = this.#remedies.apply(failure, backend);
    if (notice !== undefined) this.#note(notice);
    return notice !== undefined;
  }

  /** The backend for the next attempt, after the wait it needs; throws the failure's error where there is to be none. */
  async #next(failure: Failure, backend: Backend, number: number): Promise<Backend> {
    const { pool, clock, maxAttempts, budget } = this.#settings;
    const error = this.#remedies.blame(failure.error, backend);
    // A kept connection that had died says nothing of the backend's health.
    if (failure.retry === "at_once" && number < maxAttempts) return backend;
    pool.failed(backend, failure);
    this.#failed.add(backend);
    const mayRetry = failure.retry !== "never" || failure.misconfigured === true || failure.usedUp === true;
    if (!mayRetry || number >= maxAttempts) throw error;
    const next = pool.choose(this.#request.conversationId, this.#failed);
    if (next.backend.health.state === "ready" && !this.#failed.has(next.backend)) {
      const misconfigured = failure.misconfigured ? `${backend.name} is set up wrongly: ` : "";
      this.#note({ code: "failover", message: `${misconfigured}${error.message} Asking ${next.backend.name} instead.` });
      return next.backend;
    }
    const isOther = next.backend !== backend;
    // Where this one refuses, one that only asked for patience may still answer.
    if (failure.retry === "never" && (!isOther || next.backend.health.state === "refusing")) throw error;
    // While a backend is down, questions cost one attempt each: retries would be all of its traffic.
    if (next.backend.health.state === "down") throw error;
    const hintedMs = isOther ? next.waitMs : Math.max(failure.waitMs ?? 0, next.waitMs);
    const waitMs = backoffMs(number, hintedMs, clock.random());
    if (clock.now() + waitMs > this.#deadlineAt || !budget.take()) throw error;
    this.#retries++;
    const when = `Trying again in ${(waitMs / 1000).toFixed(1)} s (attempt ${number + 1} of ${maxAttempts}).`;
    this.#note({ code: "retry", message: `${error.message} ${when}` });
    await clock.sleep(waitMs, this.#stop.signal);
    this.#failed.clear();
    return next.backend;
  }

  /** A backend that asked for patience gets it where the deadline allows; beyond that it is asked all the same, its answer says more than we know. */
  async #cool(backend: Backend, waitMs: number): Promise<void> {
    const { clock } = this.#settings;
    if (clock.now() + waitMs > this.#deadlineAt) return;
    this.#note({ code: "cooling", message: `${backend.name} asked for a pause; waiting ${(waitMs / 1000).toFixed(1)} s.` });
    await clock.sleep(waitMs, this.#stop.signal);
  }
}
