import type { Backend } from "./backend.ts";
import type { Failure } from "./failure.ts";
import { pinned } from "./pinned.ts";

/** Conversations whose backend is remembered. */
const rememberedConversations = 1000;
/** Cooldown after a throttle without a hint, where another backend can take over, in milliseconds. */
const unhintedCooldownMs = 10_000;

export interface Choice {
  readonly backend: Backend;
  /** How long the backend wants to be left alone first, in milliseconds. */
  readonly waitMs: number;
}

/**
 * An ordered list of backends. The first healthy one answers; a conversation stays with the one that answered it last, since
 * encrypted reasoning and cached prompts live there. Never leaves the residency of the first backend unless told to.
 */
export class Pool {
  readonly backends: readonly Backend[];
  readonly #byConversation = new Map<string, Backend>();

  constructor(all: readonly Backend[], options: { pin?: string | undefined; allowResidencyChange: boolean }) {
    const primary = all[0]!;
    const inResidence = all.filter((backend) => options.allowResidencyChange || backend.residency === primary.residency);
    this.backends = options.pin === undefined ? inResidence : [pinned(all, options.pin)];
  }

  /** The backend for the next attempt. `failed` are those that this reply has tried since it last waited. */
  choose(conversationId: string | undefined, failed: ReadonlySet<Backend>): Choice {
    const usable = (backend: Backend): boolean => backend.health.state === "ready" && !failed.has(backend);
    const familiar = conversationId === undefined ? undefined : this.#byConversation.get(conversationId);
    if (familiar !== undefined && usable(familiar)) return { backend: familiar, waitMs: 0 };
    const ready = this.backends.find(usable);
    if (ready !== undefined) return { backend: ready, waitMs: 0 };
    // Nothing is healthy: still ask the one that is ready soonest, for what we know may be out of date.
    const hopeful = this.backends.filter((backend) => backend.health.state !== "refusing");
    const backend = (hopeful.length === 0 ? this.backends : hopeful).reduce((a, b) =>
      b.health.coolingMs < a.health.coolingMs ? b : a,
    );
    return { backend, waitMs: backend.health.coolingMs };
  }

  failed(backend: Backend, failure: Failure): void {
    backend.health.failed(failure, this.backends.length > 1 ? unhintedCooldownMs : 0);
  }

  succeeded(backend: Backend, conversationId: string | undefined): void {
    backend.health.succeeded();
    if (conversationId === undefined || this.backends.length === 1) return;
    this.#byConversation.delete(conversationId);
    this.#byConversation.set(conversationId, backend);
    const oldest = this.#byConversation.keys().next();
    if (this.#byConversation.size > rememberedConversations && !oldest.done) this.#byConversation.delete(oldest.value);
  }
}
