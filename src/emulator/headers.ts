import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Api, Deployment } from "./deployments.ts";
import type { WindowState } from "./windows.ts";

type Headers = Record<string, string>;

/** Headers of every answer that reached the resource; a refusal at the front door has only `apim-request-id`. */
export function baseHeaders(): Headers {
  return { "apim-request-id": randomUUID() };
}

/** A client's own request id comes back, as seen in recordings. */
export function echoedHeaders(request: IncomingHttpHeaders): Headers {
  const id = request["x-ms-client-request-id"];
  return typeof id === "string" ? { "x-ms-client-request-id": id } : {};
}

export function regionHeaders(region: string): Headers {
  return {
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    "x-ms-region": region,
  };
}

export function rateHeaders(deployment: Deployment, window: WindowState): Headers {
  return {
    "x-ratelimit-key": deployment.name,
    "x-ratelimit-limit-requests": String(window.limitRequests),
    "x-ratelimit-remaining-requests": String(window.remainingRequests),
    "x-ratelimit-reset-requests": String(window.resetSeconds),
    "x-ratelimit-renewalperiod-requests": "60",
    "x-ratelimit-limit-tokens": String(window.limitTokens),
    "x-ratelimit-remaining-tokens": String(window.remainingTokens),
    "x-ratelimit-reset-tokens": String(window.resetSeconds),
    "x-ratelimit-renewalperiod-tokens": "60",
    "x-ratelimit-abusepenalty-active": "False",
  };
}

/** Headers of a served request, by API. Source: recordings of 2025 and 2026 (43 responses of OpenAI models on Azure). */
export function servedHeaders(api: Api, deployment: Deployment, streaming: boolean): Headers {
  const chat: Headers = { "x-accel-buffering": "no", "x-ms-deployment-name": deployment.name, "x-ms-rai-invoked": "true" };
  const responses: Headers = { "x-ms-aoai-configured-data-retention-days": "30", "azureai-fe-offer-type": "paygo" };
  return {
    "x-request-id": randomUUID(),
    "skip-error-remapping": "true",
    "x-ms-is-spilled-over": "false",
    "x-ms-served-model": deployment.served,
    "azureai-fe-is-streaming": streaming ? "True" : "False",
    ...(api === "responses" ? responses : { "azureml-model-session": "d20260901000000-emulated" }),
    ...(api === "chat" ? chat : {}),
  };
}
