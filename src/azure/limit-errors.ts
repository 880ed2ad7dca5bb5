import { type AnsweredError, fail } from "./error-reply.ts";
import type { Failure } from "./failure.ts";
import { hintedWaitMs } from "./retry-hints.ts";

/** Codes and types with which OpenAI, Azure and gateways say that there is no money or quota left. */
const usedUpCodes =
  /^(insufficient_?quota|quota_?exceeded|out_?of_?quota|insufficient_(funds|credits)|billing_hard_limit_reached|billing_not_active|budget_exceeded)$/i;
const usedUpWords =
  /exceeded your current quota|check your plan and billing|out of call volume quota|billing (hard )?limit|(exceeded|over|out of) (your |the |its |monthly )*(budget|credits?|spending limit)|budget (has been |is |was )?(exceeded|exhausted|used up)|exceeded ?budget|quota (has been |is |was )?(exhausted|used up)|insufficient (quota|funds|credits?|balance)|quota will be replenished/i;

/**
 * True where a quota or budget is used up, which passes by no wait of seconds: told with 429 by OpenAI and most gateways, with 403 by
 * API Management and Azure's free tier, with 402 and 400 by others.
 */
export function isUsedUp({ code, type, message, reply }: AnsweredError): boolean {
  if (![400, 402, 403, 429].includes(reply.status)) return false;
  return reply.status === 402 || usedUpCodes.test(code) || usedUpCodes.test(type) || usedUpWords.test(message);
}

/** Waiting a moment does not help, so it is asked once; another backend may do. */
export function usedUp(answer: AnsweredError): Failure {
  const { context, message, words, reply } = answer;
  const waitMs = hintedWaitMs(reply.headers, message);
  const when = waitMs === undefined ? "" : ` It begins anew in ${lasting(waitMs)}.`;
  const said = words === "" ? "." : `: ${words}`;
  return fail(
    answer,
    "rate_limited",
    `The quota or budget of deployment "${context.deployment}" on ${context.host} is used up (${reply.status})${said}${when}`,
    {
      fix: "Waiting a moment does not help. Raise what is used up: the subscription's budget or spending limit, the resource's pricing tier (Azure portal: Cost Management, Quotas), or the budget of this key at the gateway; or add a deployment with a quota of its own to the failover list.",
      waitMs,
      usedUp: true,
    },
  );
}

function lasting(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 600) return `${seconds} s`;
  const hours = Math.round(seconds / 3600);
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** 429: over the rate limit, or no capacity; both pass. */
export function throttled(answer: AnsweredError): Failure {
  const { context, message, reply } = answer;
  const waitMs = hintedWaitMs(reply.headers, message);
  const capacity = /high demand|capacity/i.test(message);
  const seconds = waitMs === undefined ? undefined : Math.ceil(waitMs / 1000);
  const when = seconds === undefined ? "" : ` It asks to come back in ${seconds} s.`;
  return fail(
    answer,
    "rate_limited",
    capacity
      ? `Azure has no capacity for deployment "${context.deployment}" at the moment (429).${when}`
      : `Deployment "${context.deployment}" on ${context.host} is over its rate limit (429).${when}`,
    {
      fix: capacity
        ? "Try again later, or add a deployment in another region to the failover list."
        : "Wait as long as said, raise the deployment's tokens-per-minute quota, or add another deployment to the failover list.",
      retry: "backoff",
      waitMs,
    },
  );
}

/** 408, 409 and 5xx. */
export function unavailable(answer: AnsweredError): Failure {
  const { context, reply, message, words } = answer;
  return fail(answer, "service", `${context.host} answered ${reply.status}${words === "" ? "" : `: ${words}`}`, {
    fix: "The service or a gateway before it is in trouble. Try again in a moment; if it stays, look at https://azure.status.microsoft.",
    retry: "backoff",
    waitMs: hintedWaitMs(reply.headers, message),
  });
}
