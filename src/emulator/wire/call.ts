import type { JsonObject } from "../../core/json.ts";
import type { BrainRequest, Reply } from "../brain/brain.ts";
import type { FilterTrigger } from "../content-filter.ts";
import type { Deployment } from "../deployments.ts";
import type { Seeded } from "../seeded.ts";

/** A request to a model, checked and understood: what the reply writers of both surfaces need. */
export interface ModelCall {
  readonly surface: "chat" | "responses";
  readonly deployment: Deployment;
  readonly body: JsonObject;
  readonly brain: BrainRequest;
  readonly stream: boolean;
  /** Estimated tokens of the prompt, tools included. */
  readonly inputTokens: number;
}

/** The tier that served a request: `fast` is called `priority`, and what is left to the service is served as `default`. Source: a live run of 2026. */
export function servedTier({ body }: ModelCall): string {
  const asked = body.service_tier;
  if (typeof asked !== "string" || asked === "auto") return "default";
  return asked === "fast" ? "priority" : asked;
}

/** What a reply writer may use besides the request: ids from the seed and the fixed time of this emulator. */
export interface ReplyContext {
  readonly random: Seeded;
  /** Seconds since 1970. Not the real clock: the same request gives the same bytes. */
  readonly created: number;
  /** Binds encrypted reasoning to this resource. */
  encrypt(text: string): string;
}

/** A reply that was cut to the request's own output limit. */
export interface FinishedReply extends Reply {
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** What tripped the completion filter. */
  readonly filter?: Pick<FilterTrigger, "category" | "severity">;
}
