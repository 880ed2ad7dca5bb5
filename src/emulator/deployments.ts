/** The APIs a deployment can serve. */
export type Api = "responses" | "chat" | "embeddings";

/** A model deployment of the emulated resource. */
export interface Deployment {
  readonly name: string;
  /** Model name without date, as Azure puts it into error texts. */
  readonly model: string;
  /** Model with date, as in `x-ms-served-model` and chat bodies. */
  readonly served: string;
  readonly apis: readonly Api[];
  readonly reasoning: boolean;
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  readonly region: string;
}

const reasoningModel = { model: "gpt-5.6-luna", served: "gpt-5.6-luna-2026-07-09", reasoning: true } as const;
const sizes = { contextWindow: 400_000, maxOutputTokens: 128_000, region: "East US 2" } as const;

/** What a resource has when no configuration says otherwise. */
export const defaultDeployments: readonly Deployment[] = [
  { name: "default", ...reasoningModel, ...sizes, apis: ["responses", "chat"] },
  {
    name: "classic",
    model: "gpt-4.1-mini",
    served: "gpt-4.1-mini-2025-04-14",
    reasoning: false,
    ...sizes,
    contextWindow: 1_047_576,
    maxOutputTokens: 32_768,
    apis: ["responses", "chat"],
  },
  {
    name: "responses-only",
    model: "gpt-5.1-codex-max",
    served: "gpt-5.1-codex-max-2025-11-19",
    reasoning: true,
    ...sizes,
    apis: ["responses"],
  },
  {
    name: "chat-only",
    model: "gpt-35-turbo",
    served: "gpt-35-turbo-0125",
    reasoning: false,
    ...sizes,
    contextWindow: 16_385,
    maxOutputTokens: 4_096,
    apis: ["chat"],
  },
  {
    name: "embeddings",
    model: "text-embedding-3-large",
    served: "text-embedding-3-large",
    reasoning: false,
    ...sizes,
    contextWindow: 8_192,
    maxOutputTokens: 0,
    apis: ["embeddings"],
  },
];
