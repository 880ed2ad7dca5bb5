import { isBlocked, isDeploymentUnknown, isRoleMissing, isSubscriptionDisabled } from "../../azure/access-errors.ts";
import { classifyHttpError } from "../../azure/errors.ts";
import { maskSecrets, secretsBeside, serviceWords } from "../../azure/service-words.ts";
import { isJsonObject, type Json, parseJson } from "../../core/json.ts";
import { addressKind } from "./addresses.ts";
import { textFor, tlsPort } from "./answer-texts.ts";
import type { Context, Finding } from "./check.ts";
import { fails, finder, warns } from "./check.ts";
import type { Answer } from "./probe.ts";
import { asker } from "./requests.ts";
import { errorContext, type Surface } from "./target.ts";

/** What an answer that is no reply can mean. Bodies as recorded and reported up to 2026-11. */
export const answerFaults = {
  "key-refused": fails("auth", "401: the key is wrong, or that of another resource."),
  "keys-disabled": fails("auth", "403 AuthenticationTypeDisabled: the resource takes Entra tokens only."),
  "gateway-wants-key": fails(
    "auth",
    "401 of a gateway (API Management and others) that looks for its key or sign-in elsewhere than where the key was sent.",
  ),
  "role-missing": fails("auth", "401 PermissionDenied: the identity has no role on the resource."),
  "tenant-wrong": fails("auth", "The token is of another tenant than the resource."),
  "token-refused": fails("auth", "401: the access token's audience, time or signature is not accepted."),
  "network-rules": fails("auth", "403: the resource's firewall or virtual network rules keep this machine out."),
  "private-endpoint-bypassed": fails(
    "auth",
    "403 public access disabled, while the name resolves to a public address: the private endpoint is not used.",
  ),
  "resource-blocked": fails("auth", "403: Azure has blocked the resource, or its subscription is disabled."),
  "access-refused": fails("auth", "403 without a reason the doctor knows; often a gateway or a proxy."),
  "deployment-unknown": fails("config", "404 DeploymentNotFound, or a gateway's word for it: no deployment of that name."),
  "path-unknown": fails("config", "404: the host does not know the path, or the api-version."),
  "web-page": fails("config", "A web page came in place of an answer: a project URL, a login page, a proxy."),
  "api-version-unsupported": fails("config", "400: the api-version is not supported on this path."),
  redirected: fails("config", "3xx: redirects are not followed, since the credential would go along."),
  "rate-limited": warns("rate_limited", "429: over the rate limit right now; the setup itself is right."),
  "no-capacity": warns("rate_limited", "429: Azure has no capacity for the deployment right now."),
  "quota-used-up": fails(
    "rate_limited",
    "429, 403 or 402: a quota or budget is used up; no wait of seconds helps, so this is a failure.",
  ),
  "content-filtered": fails("content_filtered", "400: the content filter refuses even the doctor's harmless question."),
  "tls-port": fails("config", "The endpoint begins with http://, and the port speaks TLS."),
  "service-down": fails("service", "5xx: the service, or a gateway before it, is in trouble."),
  "request-refused": fails("bad_request", "400 for another reason; the service's words are shown."),
  "answer-unreadable": fails("service", "200, but no reply: an error, nothing, or neither JSON nor an event stream."),
};
const found = finder(answerFaults);

/** Longest part of a refusal that is read, in characters. */
const maxRefusal = 64 * 1024;

/** What is wrong with an answer; undefined where it is a reply. */
export function answerFinding(given: Answer, surface: Surface, context: Context): Finding | undefined {
  const answer = masked(given, context);
  if (/plain http request was sent to https port|http request to an https server/i.test(answer.body.slice(0, 2_000))) {
    return found("tls-port", tlsPort(context));
  }
  const page = /^\s*<(!doctype|html|head|body|script)/i.test(answer.body);
  if (page && answer.status < 500 && answer.status !== 401) return webPage(answer, context);
  if (answer.status >= 200 && answer.status < 300) return unreadable(answer, context);
  const target = context.facts.target!;
  const { error, usedUp } = classifyHttpError(answer, errorContext(target, surface, asker(context)));
  const id = usedUp ? "quota-used-up" : error.code === "content_filtered" ? "content-filtered" : idOf(answer, context);
  const named = page ? `${error.message} ("${titleOf(answer) ?? "a web page"}")` : error.message;
  const text = { cause: sentence(named), fix: error.fix ?? "", ...textFor(id, answer, context) };
  // A minute's wait is daily life; a day's is no setup that works.
  return found(id, (error.retryAfterMs ?? 0) > 60_000 ? { ...text, status: "fail" } : text);
}

/** Some gateways echo what was sent. */
function masked(answer: Answer, { facts, config }: Context): Answer {
  if (answer.status >= 200 && answer.status < 300 && answer.body.length > maxRefusal) return answer;
  const secrets = [...Object.values(facts.auth?.headers ?? {}), ...secretsBeside(facts.target!.headers, config.azure.baseUrl)];
  return { ...answer, body: maskSecrets(answer.body.slice(0, maxRefusal), secrets) };
}

const sentence = (text: string): string => (/[.!?)]$/.test(text) ? text : `${text}.`);

const titleOf = ({ body }: Answer): string | undefined => /<title>([^<]{1,120})/i.exec(body)?.[1]?.trim();

export type AnswerFault = keyof typeof answerFaults;

/** The error object of a body, wrapped or bare. */
export function errorBody(body: string): { readonly code: string; readonly message: string; readonly param: string } {
  const parsed = parseJson(body);
  const outer = isJsonObject(parsed) ? parsed : {};
  const error = isJsonObject(outer.error) ? outer.error : outer;
  const text = (key: string): string => (typeof error[key] === "string" ? error[key] : "");
  return { code: text("code"), message: text("message"), param: text("param") };
}

function idOf(answer: Answer, context: Context): AnswerFault {
  const { code, message, param } = errorBody(answer.body);
  if (/does not match resource tenant|tenant provided in token/i.test(`${code} ${message}`)) return "tenant-wrong";
  switch (answer.status) {
    case 401:
      return unauthorised(code, message, answer, context);
    case 403:
      return forbidden(code, message, answer, context);
    case 404:
      return isDeploymentUnknown({ code, message }) ? "deployment-unknown" : "path-unknown";
    case 429:
      return /high demand|capacity/i.test(message) ? "no-capacity" : "rate-limited";
    default:
  }
  if (answer.status >= 500 || answer.status === 408) return "service-down";
  if (answer.status >= 300 && answer.status < 400) return "redirected";
  if (param === "model" || /^invalid model name/i.test(message)) return "deployment-unknown";
  return /api.?version.*not supported/i.test(message) ? "api-version-unsupported" : "request-refused";
}

/** Words of gateways that saw no credential at all. */
const nothingSeen =
  /missing subscription key|no (api.?key|token|credential|authorization)|(api.?key|token|jwt|authorization header) (is |was )?(missing|required|not (found|present|provided))/i;

function unauthorised(code: string, message: string, { headers }: Answer, { facts }: Context): AnswerFault {
  if (isRoleMissing({ code, message })) return "role-missing";
  if (facts.auth?.type === "entra") return "token-refused";
  const challenge = String(headers["www-authenticate"] ?? "");
  // Azure's own words for a token begin like those of gateways.
  const wantsOther = (nothingSeen.test(message) && !/audience/i.test(message)) || /^(basic|bearer|negotiate)\b/i.test(challenge);
  if (facts.target!.endpoint.kind === "gateway" && wantsOther) return "gateway-wants-key";
  return "key-refused";
}

function forbidden(code: string, message: string, answer: Answer, { facts }: Context): AnswerFault {
  if (code === "AuthenticationTypeDisabled" || /key based authentication is disabled/i.test(message)) return "keys-disabled";
  if (isRoleMissing({ code, message })) return "role-missing";
  if (isSubscriptionDisabled({ code, message }) || isBlocked({ code, message })) return "resource-blocked";
  const rules = /virtual network|firewall|public access|private endpoint/i.test(message);
  if (!rules && answer.headers["policy-id"] !== "ThrowExceptionDueToTrafficDenied") return "access-refused";
  const addresses = facts.resolution?.addresses ?? [];
  const isPublic = addresses.length > 0 && addresses.some((address) => addressKind(address) === "public");
  return /public access/i.test(message) && isPublic ? "private-endpoint-bypassed" : "network-rules";
}

function webPage(answer: Answer, { facts, config }: Context): Finding {
  const target = facts.target!;
  const title = titleOf(answer);
  const called = title === undefined ? "" : ` ("${title}")`;
  const project = /\/api\/projects\//.test(config.azure.baseUrl ?? config.azure.endpoint ?? "");
  const cause = `${target.host} answers with a web page${called} in place of an API (status ${answer.status}).`;
  if (answer.status === 403) {
    const wall = `A firewall or proxy before ${target.host} refuses the request: have POST requests with JSON bodies to it let through.`;
    return found("web-page", { cause, fix: wall });
  }
  const fix =
    project || answer.status === 404
      ? "Set AZURE_OPENAI_ENDPOINT to the resource itself, https://<resource>.openai.azure.com: a Foundry project's own URL answers like this."
      : `A proxy or a network's login page answers in the endpoint's place: sign in to the network, or have ${target.host} let through.`;
  return found("web-page", { cause, fix });
}

function unreadable(answer: Answer, { facts }: Context): Finding | undefined {
  const type = String(answer.headers["content-type"] ?? "");
  const json = parseJson(answer.body);
  if (json !== undefined ? isReply(json) : /event-stream/i.test(type) || /^(data|event|id|retry)?:/.test(answer.body.trimStart()))
    return undefined;
  const cause = `${facts.target!.host} answers ${answer.status} with ${whatCame(answer, type, json)}.`;
  return found("answer-unreadable", {
    cause,
    fix: "Look for a proxy or gateway on the way that cuts, compresses, replaces or empties answers.",
  });
}

/** Throttles inside a 200 are replies too: of a service that works. */
function isReply(json: Json): boolean {
  if (!isJsonObject(json)) return false;
  return Array.isArray(json.output) || Array.isArray(json.choices) || json.object === "response";
}

function whatCame({ body }: Answer, type: string, json: Json | undefined): string {
  if (body.trim() === "") return "nothing";
  if (json === undefined && body.trimStart().startsWith("{")) return `JSON that breaks off after ${body.length} characters`;
  if (json === undefined) return `something that is neither JSON nor an event stream (${type || "no content type"})`;
  const { message } = errorBody(body);
  return message === "" ? "JSON that is no reply" : `an error in place of a reply: ${serviceWords(message)}`;
}
