import type { FilterTrigger } from "./content-filter.ts";

/** The APIs a deployment can serve. */
export type Api = "responses" | "chat" | "embeddings";

/** How a reached rate limit is told: as a 429 of one of the two front ends, or inside a 200 stream (Responses on v1). */
type Throttling = "classic" | "new" | "stream-a" | "stream-b" | "stream-c";

/** A model deployment of the emulated resource. */
export interface Deployment {
  readonly name: string;
  /** Model name without date, as Azure puts it into error texts. */
  readonly model: string;
  /** Model with date, as in `x-ms-served-model` and chat bodies. */
  readonly served: string;
  readonly apis: readonly Api[];
  readonly reasoning: boolean;
  /** Reasoning efforts it takes; empty where it does not reason. */
  readonly efforts: readonly string[];
  /** Function tools on Chat Completions: current reasoning models take them only with effort "none". */
  readonly chatTools: "always" | "without_reasoning" | "never";
  /** Parameters it does not take. */
  readonly refuses: readonly string[];
  /** Parameters it takes with their default value only. */
  readonly fixed: readonly string[];
  /** Tools of the service (`web_search`, `code_interpreter`, ...) that it has not, on Responses. */
  readonly refusesTools: readonly string[];
  /** Roles that chat messages cannot have; older models know no `developer`. */
  readonly refusesRoles: readonly string[];
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  /** Longest tool description in characters; null: no limit. */
  readonly maxToolDescription: number | null;
  readonly region: string;
  /** Null: not limited (headers then show nominal limits). */
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  /**
   * Shorter times, in seconds, in which no more than their share of a minute's requests pass. Null: as the front end has it, 1 and 10
   * seconds for `classic`, none for the newer one.
   */
  readonly requestWindows: readonly number[] | null;
  readonly throttling: Throttling;
  /** Asynchronous content filter: chat chunks without delta come after the text. */
  readonly asyncFilter: boolean;
  /** What trips its content filter, besides the triggers of the resource. */
  readonly contentFilter: readonly FilterTrigger[];
}

const reasoningModel = {
  model: "gpt-5.6-luna",
  served: "gpt-5.6-luna-2026-07-09",
  reasoning: true,
  efforts: ["none", "low", "medium", "high", "xhigh"],
  chatTools: "without_reasoning",
  refuses: ["logit_bias", "logprobs", "top_logprobs", "presence_penalty", "frequency_penalty", "stop", "prediction"],
  fixed: ["temperature", "top_p", "n"],
  refusesRoles: [],
  contextWindow: 400_000,
  maxOutputTokens: 128_000,
  maxToolDescription: null,
} as const;

const plainModel = {
  model: "gpt-4.1-mini",
  served: "gpt-4.1-mini-2025-04-14",
  reasoning: false,
  efforts: [],
  chatTools: "always",
  refuses: ["reasoning_effort", "reasoning"],
  fixed: [],
  refusesRoles: [],
  contextWindow: 1_047_576,
  maxOutputTokens: 32_768,
  maxToolDescription: null,
} as const;

const hosting = {
  refusesTools: [],
  region: "East US 2",
  requestsPerMinute: null,
  tokensPerMinute: null,
  requestWindows: null,
  throttling: "new",
  asyncFilter: false,
  contentFilter: [],
} as const;

/** What a resource has when no configuration says otherwise. `default` behaves like a current reasoning model. */
export const defaultDeployments: readonly Deployment[] = [
  { name: "default", ...reasoningModel, ...hosting, apis: ["responses", "chat"] },
  { name: "classic", ...plainModel, ...hosting, apis: ["responses", "chat"] },
  {
    name: "responses-only",
    ...reasoningModel,
    ...hosting,
    model: "gpt-5.1-codex-max",
    served: "gpt-5.1-codex-max-2025-11-19",
    efforts: ["low", "medium", "high", "xhigh"],
    apis: ["responses"],
  },
  {
    name: "chat-only",
    ...plainModel,
    ...hosting,
    model: "gpt-35-turbo",
    served: "gpt-35-turbo-0125",
    contextWindow: 16_385,
    maxOutputTokens: 4_096,
    refusesRoles: ["developer"],
    maxToolDescription: 1_024,
    apis: ["chat"],
  },
  {
    name: "embeddings",
    ...plainModel,
    ...hosting,
    model: "text-embedding-3-large",
    served: "text-embedding-3-large",
    contextWindow: 8_192,
    maxOutputTokens: 0,
    apis: ["embeddings"],
  },
];
