import { type Refusal, recorded, reported } from "./refusal.ts";

const classicHeaders = {
  "retry-after": "{seconds}",
  "retry-after-ms": "{milliseconds}",
  "x-ratelimit-reset-requests": "{seconds}",
  "x-ratelimit-remaining-requests": "0",
  "x-ratelimit-remaining-tokens": "0",
} as const;
const classicExample = { operation: "ChatCompletions_Create", version: "2024-10-21", seconds: 22, milliseconds: 22_000 } as const;
const newerText = "Your requests to {deployment} for {model} in {region} have exceeded rate limit.";

/** The 429s: quota of tokens, quota of calls, both generations of the front end, and capacity. */
export const throttleRefusals = [
  {
    id: "429-tokens-classic",
    status: 429,
    when: "The deployment's tokens per minute are used up.",
    trigger: "the tokens of the minute are used up (`throttling: classic`)",
    evidence: reported("message seen in public source 2023 to 2026; headers as documented"),
    headers: classicHeaders,
    body: {
      error: {
        code: "429",
        message:
          "Requests to the {operation} Operation under Azure OpenAI API version {version} have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after {seconds} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
      },
    },
    example: classicExample,
  },
  {
    id: "429-calls-classic",
    status: 429,
    when: "The deployment's requests are used up: of a second, of ten, or of the minute.",
    trigger: "a request window of the deployment is full (`throttling: classic`)",
    evidence: reported("the same text with `call rate limit`, seen in public source 2023 to 2026"),
    headers: classicHeaders,
    body: {
      error: {
        code: "429",
        message:
          "Requests to the {operation} Operation under Azure OpenAI API version {version} have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after {seconds} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
      },
    },
    example: classicExample,
  },
  {
    id: "429-try-again",
    status: 429,
    when: "The older front end throttles in a few words, by a window of a few seconds.",
    trigger: "by name",
    evidence: reported(
      "https://github.com/microsoft/copilot-camp/issues/551, https://github.com/Azure-Samples/azure-search-openai-demo/issues/177",
    ),
    body: { error: { code: "429", message: "Rate limit is exceeded. Try again in {seconds} seconds." } },
    example: { seconds: 2 },
  },
  {
    id: "429-day",
    status: 429,
    when: "A free or trial subscription has used up its day.",
    trigger: "by name, or the fault `429-day`",
    evidence: reported("seen in public source in December 2024; the header is assumed from the text"),
    headers: { "retry-after": "86400", "retry-after-ms": "86400000" },
    body: {
      error: {
        code: "429",
        message:
          "Requests to the {operation} Operation under Azure OpenAI API version {version} have exceeded token rate limit of your current AIServices S0 pricing tier. Please retry after 86400 seconds. Please contact Azure support service if you would like to further increase the default rate limit.",
      },
    },
    example: { operation: "ChatCompletions_Create", version: "2024-08-01-preview" },
  },
  {
    id: "429-new",
    status: 429,
    when: "The newer front end throttles; note `retry-after-ms: 0` beside `retry-after: 1`.",
    trigger:
      "a limit reached with `throttling: new` (`x-ratelimit-type: Tokens` where it is that of tokens), or the fault `429-new`",
    evidence: recorded("a real response of August 2026"),
    headers: { "retry-after": "1", "retry-after-ms": "0" },
    body: { error: { code: "RateLimitReached", message: newerText, details: newerText } },
    example: { deployment: "default", model: "gpt-5.6-luna", region: "westeurope" },
  },
  {
    id: "429-new-tokens",
    status: 429,
    when: "The newer front end throttles by tokens.",
    trigger: "by name",
    evidence: reported("https://github.com/icereed/paperless-gpt/issues/814 (code assumed)"),
    headers: { "retry-after": "{seconds}" },
    body: {
      error: {
        code: "429",
        message:
          "Your requests to {deployment} for {model} in {region} have exceeded the token rate limit for your current AIServices S0 pricing tier. This request was for {operation} under Azure OpenAI API version {version}. Please retry after {seconds} seconds.",
      },
    },
    example: {
      ...classicExample,
      version: "2023-05-15",
      seconds: 45,
      deployment: "default",
      model: "gpt-5.6-luna",
      region: "East US 2",
    },
  },
  {
    id: "429-capacity",
    status: 429,
    when: "The region has no capacity; nothing to do with quota.",
    trigger: "by name, or the fault `429-capacity`",
    evidence: reported("https://github.com/pollinations/pollinations/issues/6260 (code assumed)"),
    headers: { "retry-after": "20" },
    body: {
      error: {
        code: "429",
        message:
          "The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. Please retry after 20 seconds. For improved latency reliability, consider switching to Provisioned Throughput.",
      },
    },
  },
] as const satisfies readonly Refusal[];
