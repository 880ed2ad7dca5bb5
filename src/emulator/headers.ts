import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Api, Deployment } from "./deployments.ts";
import type { RateState } from "./rates.ts";

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

/** What is left of a deployment's limits. The older front end tells less; its `-requests` figures are those of 10 seconds. */
export function rateHeaders(deployment: Deployment, rates: RateState): Headers {
  const figures = {
    "x-ratelimit-limit-requests": String(rates.limitRequests),
    "x-ratelimit-remaining-requests": String(rates.remainingRequests),
    "x-ratelimit-limit-tokens": String(rates.limitTokens),
    "x-ratelimit-remaining-tokens": String(rates.remainingTokens),
  };
  if (deployment.throttling === "classic") return figures;
  return {
    "x-ratelimit-key": deployment.name,
    ...figures,
    "x-ratelimit-reset-requests": String(rates.resetRequests),
    "x-ratelimit-renewalperiod-requests": "60",
    "x-ratelimit-reset-tokens": String(rates.resetTokens),
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
