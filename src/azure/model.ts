import type { Model, ModelDescription, ModelEvent, ModelLimits, ModelOptions, ModelRequest } from "../core/model.ts";
import type { Tool } from "../core/tools.ts";
import type { BackendOptions } from "./backend.ts";
import { Backend } from "./backend.ts";
import { FilteredResults } from "./filtered-results.ts";
import type { LearnedStore } from "./learned.ts";
import { Pool } from "./pool.ts";
import { maxTools, PreparedTools, type ToolSet } from "./prepare-tools.ts";
import { ReplyRun, type RunSettings } from "./reply-run.ts";
import { RequestBodies } from "./request-body.ts";
import type { Clock, RetryBudget } from "./retry.ts";
import { createRetryBudget, sharedRetryBudget, systemClock } from "./retry.ts";
import { maxToolNameLength } from "./tools/names.ts";

export interface AzureModelOptions extends BackendOptions {
  /** Time for a reply to begin, all attempts and waits included, in milliseconds. Default 60,000. A reply under way is bounded by `idleTimeoutMs`. */
  readonly deadlineMs?: number;
  /** Longest silence within a reply, in milliseconds. Default 90,000, since reasoning models are silent for long. */
  readonly idleTimeoutMs?: number;
  /** Requests per reply, the first one included. Default 4. */
  readonly maxAttempts?: number;
  /** Keeps what a deployment taught us longer than this process lives. */
  readonly learnedStore?: LearnedStore;
  /** Bounds the retries of all who share it. Default: the one of the process for this endpoint, so that models do not multiply an outage. */
  readonly retryBudget?: RetryBudget;
  /** Further backends in order of preference, asked when those before them are throttled, down or refuse us. */
  readonly failover?: readonly BackendOptions[];
  /** The only backend to use, by its name, host or deployment. Throws `config` where that is none of them, or several. */
  readonly pin?: string;
  /** Lets failover go to a backend of another residency. Default false. */
  readonly allowResidencyChange?: boolean;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case; nothing else is read from it. Default: no proxy. */
  readonly env?: Readonly<Record<string, string>>;
  /** Certificates to trust besides Node's own, as PEM text. The operating system's are tried by themselves where Node's do not suffice. */
  readonly ca?: string;
  /** Whether the endpoint is the emulator; only told on by `describe`. Default false. */
  readonly emulated?: boolean;
  /** How long a connection may stay open after the reply is known to be whole, in milliseconds. Default 3,000. */
  readonly lingerMs?: number;
  /** For tests; with one, the default retry budget is the model's own. */
  readonly clock?: Clock;
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
  readonly #settings: RunSettings;
  readonly #emulated: boolean;
  readonly #prepared = new WeakMap<readonly Tool[], PreparedTools>();
  /** The backend asked last. */
  #last: Backend;
  #requests = 0;

  constructor(options: AzureModelOptions) {
    const {
      deadlineMs = 60_000,
      idleTimeoutMs = 90_000,
      maxAttempts = 4,
      lingerMs = 3_000,
      clock = systemClock,
      emulated = false,
    } = options;
    const now = (): number => clock.now();
    const surroundings = { learnedStore: options.learnedStore, now, proxyEnv: options.env, ca: options.ca };
    const backends = [options, ...(options.failover ?? [])].map((backend) => new Backend(backend, surroundings));
    const pool = new Pool(backends, { pin: options.pin, allowResidencyChange: options.allowResidencyChange ?? false });
    this.#last = pool.backends[0]!;
    this.#emulated = emulated;
    const { root } = backends[0]!.endpoint;
    const usualBudget = options.clock === undefined ? sharedRetryBudget(root) : createRetryBudget({ now });
    this.#settings = {
      deadlineMs,
      idleTimeoutMs,
      maxAttempts,
      lingerMs,
      clock,
      budget: options.retryBudget ?? usualBudget,
      bodies: new RequestBodies(),
      filtered: new FilteredResults(),
      pool,
      onRequest: (backend) => {
        this.#requests++;
        this.#last = backend;
      },
    };
  }

  stream(request: ModelRequest, options: ModelOptions = {}): AsyncIterable<ModelEvent> {
    return {
      [Symbol.asyncIterator]: () => new ReplyRun(request, this.#toolSet(request), this.#settings, options.signal).events,
    };
  }

  describe(): ModelDescription {
    const { deployment, served, region, lessons } = this.#last;
    return {
      deployment,
      api: this.#last.surfaceFor(lessons.current),
      served,
      region,
      emulated: this.#emulated,
      requests: this.#requests,
    };
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
