import { forbidden, notFound, proxyRefused, redirected, unauthorised } from "./access-errors.ts";
import { type AnsweredError, type ErrorContext, type ErrorReply, fail, readError, requestIdOf } from "./error-reply.ts";
import type { Failure } from "./failure.ts";
import { contentFilterFailure, isContentFilter } from "./filter-errors.ts";
import { isUsedUp, throttled, unavailable, usedUp } from "./limit-errors.ts";
import { parameterRemedy, rejectionFix, replayRemedy, schemaRemedy, switchRemedy } from "./remedies.ts";
import { serviceWords } from "./service-words.ts";

/**
 * Says what an answered error means, what to do about it and whether another attempt can help. Pure; never throws.
 * Codes are those of docs/reference/errors.md. Source of the bodies: Azure OpenAI as recorded and reported up to 2026-11.
 */
export function classifyHttpError(reply: ErrorReply, context: ErrorContext): Failure {
  const answer = readError(reply, context);
  const { status } = reply;
  if (isContentFilter(answer.error)) return contentFilterFailure(answer.error, requestIdOf(reply.headers), status);
  if (isUsedUp(answer)) return usedUp(answer);
  if (status === 401) return unauthorised(answer);
  if (status === 403) return forbidden(answer);
  if (status === 404) return notFound(answer);
  if (status === 407) return proxyRefused(answer);
  if (status === 429) return throttled(answer);
  if ([408, 409].includes(status) || status >= 500) return unavailable(answer);
  if (status >= 300 && status < 400) return redirected(answer);
  return rejected(answer);
}

function rejected(answer: AnsweredError): Failure {
  const { context, code, message, words, reply, param } = answer;
  if (reply.status === 410) {
    const fix = "Deploy a current model and name that deployment (AZURE_OPENAI_DEPLOYMENT_NAME).";
    const message = `The model behind deployment "${context.deployment}" is retired (410): ${words || "no reason given"}`;
    return fail(answer, "config", message, { fix, misconfigured: true });
  }
  if (reply.status === 413 && code !== "context_length_exceeded") {
    return fail(answer, "context_length", `The request is larger than ${context.host}, or a gateway before it, takes (413).`, {
      fix: "Ask for fewer results or offer fewer tools; or raise the limit for request bodies there (nginx: client_max_body_size).",
    });
  }
  if (code === "context_length_exceeded") {
    return fail(answer, "context_length", `The conversation is too long for deployment "${context.deployment}": ${words}`, {
      fix: "Start a new conversation, ask for fewer results, or use a deployment with a larger context window.",
    });
  }
  const remedy =
    switchRemedy(context.api, { code, message, param }) ??
    replayRemedy({ code, message, param }) ??
    schemaRemedy({ code, message, param }) ??
    parameterRemedy({ code, message, param });
  if (/api.?version.*not supported/i.test(message)) {
    return fail(
      answer,
      "config",
      `${context.host} does not support api-version ${context.apiVersion ?? "(none)"} on this path (400).`,
      {
        fix: "Leave the api-version out (the v1 API needs none), or set a dated one that this resource knows.",
        misconfigured: true,
      },
    );
  }
  return fail(
    answer,
    "bad_request",
    `${context.host} rejected the request (${reply.status}): ${words || serviceWords(code) || "no reason given"}`,
    { fix: rejectionFix({ remedy, param, apiVersion: context.apiVersion }), remedy },
  );
}
