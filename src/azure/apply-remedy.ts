import type { LecternError } from "../core/errors.ts";
import type { Backend } from "./backend.ts";
import type { Failure, Remedy } from "./failure.ts";
import type { Learned } from "./learned.ts";
import { addLesson, type Lesson } from "./learned.ts";
import type { Surface, ToolSet } from "./prepare-tools.ts";

/** Most changes to one request that its errors may ask for: each costs a round trip. */
const maxRemedies = 8;

/** What one reply tries out on a backend; it becomes a lesson once it has worked. */
interface Trial {
  readonly lessons: Lesson[];
  /** The error that made us switch the API: the one to report when the other API is no better. */
  switchedBecause?: LecternError;
}

/** The changes that errors asked for during one reply: each is made at most once. */
export class Remedies {
  readonly #tools: ToolSet;
  readonly #made = new Set<string>();
  readonly #trials = new Map<Backend, Trial>();
  /** The next request needs a fresh access token. */
  freshToken = false;
  /** Encrypted reasoning is left out for the rest of this reply. */
  dropReasoning = false;

  constructor(tools: ToolSet) {
    this.#tools = tools;
  }

  /** What is known of a backend and what is being tried on it. */
  learned(backend: Backend): Learned {
    const trial = this.#trials.get(backend);
    const known = backend.lessons.current;
    return trial === undefined ? known : trial.lessons.reduce(addLesson, known);
  }

  surface(backend: Backend): Surface {
    return backend.surfaceFor(this.learned(backend));
  }

  /** What was tried has worked. */
  confirm(backend: Backend): void {
    const trial = this.#trials.get(backend);
    if (trial !== undefined && trial.lessons.length > 0) backend.lessons.add(trial.lessons);
  }

  /** The error to report: where both APIs are refused, the first refusal says more. */
  blame(error: LecternError, backend: Backend): LecternError {
    const first = this.#trials.get(backend)?.switchedBecause;
    return first !== undefined && error.code === first.code ? first : error;
  }

  /** Makes the change a failure asks for; the notice that says so, or undefined where it was made before or cannot be made. */
  apply(failure: Failure, backend: Backend): { readonly code: string; readonly message: string } | undefined {
    const { remedy, error } = failure;
    if (remedy === undefined || this.#made.size >= maxRemedies) return undefined;
    const key = `${backend.name} ${remedy.kind} ${JSON.stringify(remedy)}`;
    if (this.#made.has(key)) return undefined;
    const done = this.#make(remedy, backend, error);
    if (done === undefined) return undefined;
    this.#made.add(key);
    return { code: remedy.kind, message: `${done}. The service said: ${error.message}` };
  }

  #make(remedy: Remedy, backend: Backend, error: LecternError): string | undefined {
    const learned = this.learned(backend);
    switch (remedy.kind) {
      case "switch_api":
        return this.#switchApi(remedy.to, backend, error);
      case "drop_parameter":
        if (learned.dropped.includes(remedy.name)) return undefined;
        this.#try(backend, { dropped: remedy.name });
        return `The parameter "${remedy.name}" is left out from now on`;
      case "rename_parameter":
        // Its new name was refused as well: do without.
        if (Object.values(learned.renamed).includes(remedy.name)) return this.#dropRenamed(remedy.name, learned, backend);
        this.#try(backend, { renamed: [remedy.name, remedy.to] });
        return `The parameter "${remedy.name}" is sent as "${remedy.to}" from now on`;
      case "drop_reasoning":
        if (this.dropReasoning) return undefined;
        this.dropReasoning = true;
        return "Earlier reasoning is left out of this request";
      case "quarantine_tool":
        return this.#tools.quarantine(remedy);
      case "shorten_descriptions":
        return this.#tools.shortenDescriptions(remedy.to);
      case "fresh_token":
        this.freshToken = true;
        return "A fresh access token is tried";
      case "trust_system":
        return backend.trustSystem() ? "The operating system's certificates are trusted too from now on" : undefined;
    }
  }

  #dropRenamed(name: string, learned: Learned, backend: Backend): string {
    const original = Object.entries(learned.renamed).find(([, to]) => to === name)?.[0] ?? name;
    this.#try(backend, { dropped: original });
    return `The parameter "${original}" is left out from now on`;
  }

  /** Not back again: a deployment that refuses both APIs has another trouble. */
  #switchApi(to: Surface, backend: Backend, error: LecternError): string | undefined {
    const trial = this.#trial(backend);
    if (!backend.mayFallBack || this.surface(backend) === to || trial.switchedBecause !== undefined) return undefined;
    trial.switchedBecause = error;
    trial.lessons.push({ api: to });
    return `The ${to === "chat" ? "Chat Completions" : "Responses"} API is used from now on`;
  }

  #try(backend: Backend, lesson: Lesson): void {
    this.#trial(backend).lessons.push(lesson);
  }

  #trial(backend: Backend): Trial {
    let trial = this.#trials.get(backend);
    if (trial === undefined) {
      trial = { lessons: [] };
      this.#trials.set(backend, trial);
    }
    return trial;
  }
}
