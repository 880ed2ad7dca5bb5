import { LecternError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { parseJson } from "../core/json.ts";
import type { Failure, Remedy } from "./failure.ts";
import { contentFilterFailure, isContentFilter } from "./filter-errors.ts";
import { field, messageOf, text } from "./json-fields.ts";
import { parameterRemedy, rejectionFix, replayRemedy, schemaRemedy, switchRemedy } from "./remedies.ts";
import { hintedWaitMs } from "./retry-hints.ts";
import { serviceWords } from "./service-words.ts";

export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer that is no reply: a status of 400 and more, or an error found inside a 200. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: HeaderMap;
  /** The body as received; JSON, HTML or nothing. */
  readonly body: string;
}

/** What was asked, so that messages can name it. Holds no secret. */
export interface ErrorContext {
  readonly api: "responses" | "chat";
  readonly host: string;
  readonly deployment: string;
  readonly auth: "api_key" | "entra" | "token";
  /** Object id of the caller, where the token said so. */
  readonly principal?: string | undefined;
  /** Path of the request, without its query. */
  readonly path?: string | undefined;
  /** Name of the Azure resource, where the host tells it. */
  readonly resource?: string | undefined;
  readonly apiVersion?: string | undefined;
}

/** The service's own id of a request, to quote to its support: `apim-request-id` is the one that is always there. */
export function requestIdOf(headers: HeaderMap): string | undefined {
  return header(headers, "apim-request-id") ?? header(headers, "x-request-id") ?? header(headers, "x-ms-request-id");
}

/** One header as text; undefined where absent. */
export function header(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

interface Answer {
  readonly reply: ErrorReply;
  readonly context: ErrorContext;
  readonly json: Json | undefined;
  readonly code: string;
  readonly message: string;
  /** `message`, fit to be shown. */
  readonly words: string;
  readonly param: string;
}

/**
 * Says what an answered error means, what to do about it and whether another attempt can help. Pure; never throws.
 * Codes are those of docs/reference/errors.md. Source of the bodies: Azure OpenAI as recorded and reported up to 2026-11.
 */
export function classifyHttpError(reply: ErrorReply, context: ErrorContext): Failure {
  const json = parseJson(reply.body);
  const error = field(json, "error") ?? json;
  const message = messageOf(error);
  const answer: Answer = {
    reply,
    context,
    json,
    code: text(error, "code") ?? text(error, "type") ?? "",
    message,
    words: serviceWords(message),
    param: text(error, "param") ?? "",
  };
  if (isContentFilter(error)) return contentFilterFailure(error, requestIdOf(reply.headers), reply.status);
  if (reply.status === 401) return unauthorised(answer);
  if (reply.status === 403) return forbidden(answer);
  if (reply.status === 404) return notFound(answer);
  if (reply.status === 407) return proxyRefused(answer);
  if (reply.status === 429) return throttled(answer);
  if ([408, 409].includes(reply.status) || reply.status >= 500) return unavailable(answer);
  if (reply.status >= 300 && reply.status < 400) return redirected(answer);
  return rejected(answer);
}

function fail(answer: Answer, code: LecternError["code"], message: string, options: FailOptions = {}): Failure {
  const { fix, retry = "never", waitMs, remedy, misconfigured } = options;
  const error = new LecternError(code, message, {
    ...(fix === undefined ? {} : { fix }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...optional("requestId", requestIdOf(answer.reply.headers)),
    status: answer.reply.status,
  });
  return {
    error,
    retry,
    ...optional("waitMs", waitMs),
    ...optional("remedy", remedy),
    ...optional("misconfigured", misconfigured),
  };
}

interface FailOptions {
  readonly fix?: string;
  readonly retry?: Failure["retry"];
  readonly waitMs?: number | undefined;
  readonly remedy?: Remedy | undefined;
  readonly misconfigured?: boolean;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function unauthorised(answer: Answer): Failure {
  const { context, message, words, code } = answer;
  if (code === "PermissionDenied" || /principal.*(lacks|does not have)/i.test(message)) return roleMissing(answer);
  if (/subscription key|api.?key/i.test(message) && !/token is missing/i.test(message)) {
    return fail(answer, "auth", `Azure OpenAI at ${context.host} refused the API key (401).`, {
      fix: `Use a key of this very resource: az cognitiveservices account keys list -n ${resourceOf(context)} -g <resource-group>. Keys of other resources are refused, and some resources accept no keys at all (then use Entra ID).`,
      misconfigured: true,
    });
  }
  const usesToken = context.auth !== "api_key";
  return fail(
    answer,
    "auth",
    `Azure OpenAI at ${context.host} refused the ${usesToken ? "access token" : "credential"} (401): ${words || "no reason given"}`,
    {
      fix: usesToken
        ? "Check the token's audience (scope https://ai.azure.com/.default, or https://cognitiveservices.azure.com/.default for older resources and sovereign clouds) and tenant; sign in again with az login."
        : "Send the API key in the header that this endpoint reads (api-key for Azure; gateways may name another), or use Entra ID.",
      remedy: usesToken ? { kind: "fresh_token" } : undefined,
      misconfigured: true,
    },
  );
}

function roleMissing(answer: Answer): Failure {
  const { context, message } = answer;
  const action = /data action [`'"]?([\w./-]+)/.exec(message)?.[1];
  const principal = context.principal ?? /principal [`'"]?([0-9a-f-]{36})/i.exec(message)?.[1] ?? "<object-id>";
  const role = roleFor(action);
  return fail(
    answer,
    "auth",
    `The identity ${principal} may not use deployment "${context.deployment}" on ${context.host}: the role "${role}" is missing${action === undefined ? "" : ` (data action ${action})`}.`,
    {
      fix: `az role assignment create --assignee-object-id ${principal} --role "${role}" --scope "$(az cognitiveservices account show -n ${resourceOf(context)} -g <resource-group> --query id -o tsv)". Owner and Contributor do not include it; a new role takes up to 5 minutes or more to apply.`,
      misconfigured: true,
    },
  );
}

/** All of our paths are OpenAI ones, whose data actions this role holds; other vendors' models on a Foundry resource have theirs elsewhere. */
function roleFor(action: string | undefined): string {
  const other = action !== undefined && !action.includes("/accounts/OpenAI/");
  return other ? "Cognitive Services User" : "Cognitive Services OpenAI User";
}

function resourceOf(context: ErrorContext): string {
  return context.resource ?? "<resource>";
}

function forbidden(answer: Answer): Failure {
  const { context, message, words } = answer;
  if (/temporarily blocked|abuse/i.test(message)) {
    return fail(answer, "auth", `Azure has blocked the resource at ${context.host} (403): ${words}`, {
      fix: "Open a support request in the Azure portal for this resource.",
      misconfigured: true,
    });
  }
  const network = /virtual network|firewall|public access|private endpoint/i.test(message);
  if (network || header(answer.reply.headers, "policy-id") === "ThrowExceptionDueToTrafficDenied") {
    return fail(answer, "auth", `The network rules of the resource at ${context.host} keep this machine out (403): ${words}`, {
      fix: `Go through the resource's private endpoint or add this address to its firewall; where a private endpoint exists, ${context.host} must resolve to a private address here (check: nslookup ${context.host.replace(/:\d+$/, "")}).`,
      misconfigured: true,
    });
  }
  return fail(answer, "auth", `${context.host} refused access (403): ${words || "no reason given"}`, {
    fix: "Check that the credential belongs to this resource and that no proxy or gateway on the way refuses the request.",
    misconfigured: true,
  });
}

function notFound(answer: Answer): Failure {
  const { context, code, message, json } = answer;
  if (code === "DeploymentNotFound" || /deployment .*does not exist/i.test(message)) {
    return fail(answer, "config", `There is no deployment "${context.deployment}" on ${context.host} (404).`, {
      fix: `Set the deployment's own name (AZURE_OPENAI_DEPLOYMENT_NAME or --deployment), which need not be the model's name; list them: az cognitiveservices account deployment list -n ${resourceOf(context)} -g <resource-group> -o table. One created in the last 5 minutes may still be on its way.`,
      misconfigured: true,
    });
  }
  const path = context.path ?? "the requested path";
  const html = json === undefined;
  return fail(
    answer,
    "config",
    `${context.host} does not know ${path} (404)${html ? ": the answer is a web page, not an API" : ""}.`,
    {
      fix: `Set the endpoint to https://<resource>.openai.azure.com (no path behind it)${context.apiVersion === undefined ? "" : `, check that api-version ${context.apiVersion} exists`} and check the deployment name "${context.deployment}". Endpoints of Foundry projects and gateways need their own base URL${context.apiVersion === undefined ? ", or an api-version where they know the classic paths only (AZURE_OPENAI_API_VERSION=2024-10-21)" : ""}.`,
      remedy: html || context.api === "chat" ? undefined : { kind: "switch_api", to: "chat" },
      misconfigured: true,
    },
  );
}

function proxyRefused(answer: Answer): Failure {
  return fail(answer, "network", `A proxy on the way to ${answer.context.host} wants to be signed in to (407).`, {
    fix: `Put the proxy's user and password into HTTPS_PROXY, or ${answer.context.host} into NO_PROXY.`,
  });
}

function throttled(answer: Answer): Failure {
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

function unavailable(answer: Answer): Failure {
  const { context, reply, message, words } = answer;
  return fail(answer, "service", `${context.host} answered ${reply.status}${words === "" ? "" : `: ${words}`}`, {
    fix: "The service or a gateway before it is in trouble. Try again in a moment; if it stays, look at https://azure.status.microsoft.",
    retry: "backoff",
    waitMs: hintedWaitMs(reply.headers, message),
  });
}

function redirected(answer: Answer): Failure {
  const location = header(answer.reply.headers, "location");
  const target = location !== undefined && URL.canParse(location) ? new URL(location).host : "another place";
  return fail(
    answer,
    "config",
    `${answer.context.host} redirects to ${target} (${answer.reply.status}); redirects are not followed, since the credential would go along.`,
    {
      fix: "Set the endpoint to the final address (https, no redirect), or sign in to the network's login page.",
      misconfigured: true,
    },
  );
}

function rejected(answer: Answer): Failure {
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
