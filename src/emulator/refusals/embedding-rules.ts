import { guessed, invalidRequest, type Refusal, reported } from "./refusal.ts";

/** What is wrong with a request for embeddings. */
export const embeddingRefusals = [
  {
    id: "400-embeddings-input",
    status: 400,
    when: "What is to be embedded is empty, or neither text nor tokens.",
    trigger: '`input` of another type, `""`, `[]`, or a list that holds such',
    evidence: reported("https://github.com/Azure/azure-sdk-for-js/issues/28253"),
    body: invalidRequest(
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
      null,
      null,
    ),
  },
  {
    id: "400-embeddings-context",
    status: 400,
    when: "A text is longer than the embedding model's window.",
    trigger: "one of the inputs has more estimated tokens than the profile's `contextWindow`",
    evidence: reported("https://github.com/microsoft/PubSec-Info-Assistant/issues/755 (Azure)"),
    body: invalidRequest(
      "This model's maximum context length is {limit} tokens, however you requested {tokens} tokens ({tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.",
      null,
      null,
    ),
    example: { limit: 8_192, tokens: 155_434 },
  },
  {
    id: "400-embeddings-dimensions",
    status: 400,
    when: "More dimensions are asked for than the model has.",
    trigger: "`dimensions` over 3,072; always on, since nothing else can be answered",
    evidence: guessed("wording of the OpenAI API, from memory"),
    body: invalidRequest("Invalid value for 'dimensions' = {value}. Must be less than or equal to {limit}.", "dimensions", null),
    example: { value: 5_000, limit: 3_072 },
  },
] as const satisfies readonly Refusal[];
