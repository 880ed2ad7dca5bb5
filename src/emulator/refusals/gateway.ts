import type { Refusal } from "./refusal.ts";

/** What the front door refuses before any model is asked. */
export const gatewayRefusals = [
  {
    id: "401-key-wrong",
    status: 401,
    when: "The key is missing, wrong, or that of another resource.",
    evidence: { kind: "recorded", source: "real responses, August 2026 and March 2026" },
    body: {
      error: {
        code: "401",
        message:
          "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
      },
    },
  },
  {
    id: "404-deployment-now",
    status: 404,
    when: "No deployment has the name given in the path or as `model`.",
    evidence: { kind: "recorded", source: "real responses, March and September 2026" },
    headers: { "x-ms-region": "{region}" },
    body: {
      error: {
        type: "invalid_request_error",
        code: "DeploymentNotFound",
        message:
          "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
      },
    },
  },
  {
    id: "404-path",
    status: 404,
    when: "The path is unknown, holds /openai twice, or is not served under the given api-version.",
    evidence: { kind: "reported", source: "https://github.com/openai/openai-node/issues/1607" },
    body: { error: { code: "404", message: "Resource not found" } },
  },
  {
    id: "400-api-version",
    status: 400,
    when: "A dated api-version is given on a /openai/v1/ path.",
    evidence: { kind: "reported", source: "https://github.com/openai/codex/issues/3725" },
    body: { error: { code: "BadRequest", message: "API version not supported" } },
  },
] as const satisfies readonly Refusal[];
