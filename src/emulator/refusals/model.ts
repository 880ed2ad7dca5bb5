import type { Refusal } from "./refusal.ts";

/** What the model service refuses once the deployment is known. */
export const modelRefusals = [
  {
    id: "400-operation-not-supported",
    status: 400,
    when: "Chat Completions is asked of a deployment whose model serves only Responses, and the like.",
    evidence: { kind: "reported", source: "https://github.com/langgenius/dify-official-plugins/issues/2359" },
    body: {
      error: {
        code: "OperationNotSupported",
        message:
          "The {operation} operation does not work with the specified model, {model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.",
      },
    },
  },
  {
    id: "400-invalid-json",
    status: 400,
    when: "The body is not JSON, or not a JSON object.",
    evidence: { kind: "guessed", source: "wording of the OpenAI API; always on, since nothing else can be answered" },
    body: {
      error: {
        message:
          "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
        type: "invalid_request_error",
        param: null,
        code: null,
      },
    },
  },
] as const satisfies readonly Refusal[];
