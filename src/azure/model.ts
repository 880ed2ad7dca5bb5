import type { Model, ModelDescription, ModelEvent, ModelLimits, ModelOptions, ModelRequest } from "../core/model.ts";
import type { Tool } from "../core/tools.ts";
import type { BackendOptions } from "./backend.ts";
import { Backend } from "./backend.ts";
import type { LearnedStore } from "./learned.ts";
import { maxTools, PreparedTools, type Surface } from "./prepare-tools.ts";
import { ReplyRun, type RunSettings } from "./reply-run.ts";
import { RequestBodies } from "./request-body.ts";
import type { Clock, RetryBudget } from "./retry.ts";
import { createRetryBudget, systemClock } from "./retry.ts";
import { maxToolNameLength, type ToolNames } from "./tools/names.ts";

export interface AzureModelOptions extends BackendOptions {
  /** Time for a reply to begin, all attempts and waits included, in milliseconds. Default 60,000. A reply under way is bounded by `idleTimeoutMs`. */
  readonly deadlineMs?: number;
  /** Longest silence within a reply, in milliseconds. Default 90,000, since reasoning models are silent for long. */
  readonly idleTimeoutMs?: number;
  /** Requests per reply, the first one included. Default 4. */
  readonly maxAttempts?: number;
  /** Keeps what a deployment taught us longer than this process lives. */
  readonly learnedStore?: LearnedStore;
  /** Shared by all models of a process, so that an outage is met with few retries altogether. Default: one of its own. */
  readonly retryBudget?: RetryBudget;
  /** Whether the endpoint is the emulator; only told on by `describe`. Default false. */
  readonly emulated?: boolean;
  /** For tests. */
  readonly clock?: Clock;
}

/** The tools of one request. */
export interface ToolSet {
  readonly names: ToolNames;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  json(surface: Surface): string;
  quarantine(
    which: { readonly index: number | undefined; readonly name: string | undefined },
    surface: Surface,
  ): string | undefined;
}

/**
 * A deployment of Azure OpenAI as a `Model`. Opens nothing until the first question. Its connections are kept alive for the
 * next question and never keep the process alive.
 * Throws LecternError "config" for an endpoint, deployment, key or api-version that cannot be right.
 */
export function createAzureModel(options: AzureModelOptions): Model {
  return new AzureModel(options);
}

class AzureModel implements Model {
  readonly limits: ModelLimits = { maxTools, maxToolNameLength, images: true };
  readonly #backend: Backend;
  readonly #settings: RunSettings;
  readonly #emulated: boolean;
  readonly #prepared = new WeakMap<readonly Tool[], PreparedTools>();
  #requests = 0;

  constructor(options: AzureModelOptions) {
    const { deadlineMs = 60_000, idleTimeoutMs = 90_000, maxAttempts = 4, clock = systemClock, emulated = false } = options;
    this.#backend = new Backend(options, { learnedStore: options.learnedStore, now: () => clock.now() });
    this.#emulated = emulated;
    this.#settings = {
      deadlineMs,
      idleTimeoutMs,
      maxAttempts,
      clock,
      budget: options.retryBudget ?? createRetryBudget({ now: () => clock.now() }),
      bodies: new RequestBodies(),
      onRequest: () => {
        this.#requests++;
      },
    };
  }

  stream(request: ModelRequest, options: ModelOptions = {}): AsyncIterable<ModelEvent> {
    return {
      [Symbol.asyncIterator]: () =>
        new ReplyRun(request, this.#backend, this.#toolSet(request), this.#settings, options.signal).events,
    };
  }

  describe(): ModelDescription {
    const { deployment, surface, served, region } = this.#backend;
    return { deployment, api: surface, served, region, emulated: this.#emulated, requests: this.#requests };
  }

  #toolSet(request: ModelRequest): ToolSet {
    let prepared = this.#prepared.get(request.tools);
    if (prepared === undefined) {
      prepared = new PreparedTools(request.tools);
      this.#prepared.set(request.tools, prepared);
    }
    return prepared.choose(request);
  }
}
