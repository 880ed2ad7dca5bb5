import { classifyHttpError } from "../../azure/errors.ts";
import { serviceWords } from "../../azure/service-words.ts";
import { isJsonObject, type Json, parseJson } from "../../core/json.ts";
import { addressKind } from "./addresses.ts";
import type { Context, Finding } from "./check.ts";
import { fails, finder, warns } from "./check.ts";
import type { Answer } from "./probe.ts";
import { asker } from "./requests.ts";
import { errorContext, type Surface } from "./target.ts";

/** What an answer that is no reply can mean. Bodies as recorded and reported up to 2026-11. */
export const answerFaults = {
  "key-refused": fails("auth", "401: the key is wrong, or that of another resource."),
  "keys-disabled": fails("auth", "403 AuthenticationTypeDisabled: the resource takes Entra tokens only."),
  "gateway-wants-key": fails("auth", "401 of a gateway (API Management) that reads its key from another header."),
  "role-missing": fails("auth", "401 PermissionDenied: the identity has no role on the resource."),
  "tenant-wrong": fails("auth", "The token is of another tenant than the resource."),
  "token-refused": fails("auth", "401: the access token's audience, time or signature is not accepted."),
  "network-rules": fails("auth", "403: the resource's firewall or virtual network rules keep this machine out."),
  "private-endpoint-bypassed": fails(
    "auth",
    "403 public access disabled, while the name resolves to a public address: the private endpoint is not used.",
  ),
  "resource-blocked": fails("auth", "403: Azure has blocked the resource."),
  "access-refused": fails("auth", "403 without a reason the doctor knows; often a gateway or a proxy."),
  "deployment-unknown": fails("config", "404 DeploymentNotFound: no deployment of that name on the resource."),
  "path-unknown": fails("config", "404: the host does not know the path, or the api-version."),
  "web-page": fails("config", "A web page came in place of an answer: a project URL, a login page, a proxy."),
  "api-version-unsupported": fails("config", "400: the api-version is not supported on this path."),
  redirected: fails("config", "3xx: redirects are not followed, since the credential would go along."),
  "rate-limited": warns("rate_limited", "429: over the rate limit right now; the setup itself is right."),
  "no-capacity": warns("rate_limited", "429: Azure has no capacity for the deployment right now."),
  "service-down": fails("service", "5xx: the service, or a gateway before it, is in trouble."),
  "request-refused": fails("bad_request", "400 for another reason; the service's words are shown."),
  "answer-unreadable": fails("service", "200, but no reply: an error, nothing, or neither JSON nor an event stream."),
};
const found = finder(answerFaults);

/** What is wrong with an answer; undefined where it is a reply. */
export function answerFinding(answer: Answer, surface: Surface, context: Context): Finding | undefined {
  const page = /^\s*<(!doctype|html|head|body|script)/i.test(answer.body);
  if (page) return webPage(answer, context);
  if (answer.status >= 200 && answer.status < 300) return unreadable(answer, context);
  const target = context.facts.target!;
  const { error } = classifyHttpError(answer, errorContext(target, surface, asker(context)));
  const id = idOf(answer, context);
  const special = specialText(id, context);
  const text = { cause: special?.cause ?? error.message, fix: special?.fix ?? error.fix ?? "" };
  // A minute's wait is daily life; a day's is no setup that works.
  return found(id, (error.retryAfterMs ?? 0) > 60_000 ? { ...text, status: "fail" } : text);
}

type AnswerFault = keyof typeof answerFaults;

/** The error object of a body, wrapped or bare. */
export function errorBody(body: string): { readonly code: string; readonly message: string; readonly param: string } {
  const parsed = parseJson(body);
  const outer = isJsonObject(parsed) ? parsed : {};
  const error = isJsonObject(outer.error) ? outer.error : outer;
  const text = (key: string): string => (typeof error[key] === "string" ? error[key] : "");
  return { code: text("code"), message: text("message"), param: text("param") };
}

function idOf(answer: Answer, context: Context): AnswerFault {
  const { code, message } = errorBody(answer.body);
  if (/does not match resource tenant|tenant provided in token/i.test(`${code} ${message}`)) return "tenant-wrong";
  switch (answer.status) {
    case 401:
      return unauthorised(code, message, context);
    case 403:
      return forbidden(code, message, answer, context);
    case 404:
      return code === "DeploymentNotFound" || /deployment .*does not exist/i.test(message)
        ? "deployment-unknown"
        : "path-unknown";
    case 429:
      return /high demand|capacity/i.test(message) ? "no-capacity" : "rate-limited";
    default:
  }
  if (answer.status >= 500 || answer.status === 408) return "service-down";
  if (answer.status >= 300 && answer.status < 400) return "redirected";
  return /api.?version.*not supported/i.test(message) ? "api-version-unsupported" : "request-refused";
}

function unauthorised(code: string, message: string, { facts }: Context): AnswerFault {
  if (code === "PermissionDenied" || /principal.*(lacks|does not have)/i.test(message)) return "role-missing";
  if (facts.auth?.type === "entra") return "token-refused";
  if (facts.target!.endpoint.kind === "gateway" && /missing subscription key/i.test(message)) return "gateway-wants-key";
  return "key-refused";
}

function forbidden(code: string, message: string, answer: Answer, { facts }: Context): AnswerFault {
  if (code === "AuthenticationTypeDisabled" || /key based authentication is disabled/i.test(message)) return "keys-disabled";
  if (/temporarily blocked|abuse/i.test(message)) return "resource-blocked";
  const rules = /virtual network|firewall|public access|private endpoint/i.test(message);
  if (!rules && answer.headers["policy-id"] !== "ThrowExceptionDueToTrafficDenied") return "access-refused";
  const addresses = facts.resolution?.addresses ?? [];
  const isPublic = addresses.length > 0 && addresses.some((address) => addressKind(address) === "public");
  return /public access/i.test(message) && isPublic ? "private-endpoint-bypassed" : "network-rules";
}

/** Words of our own, where the doctor knows more than the client's error. */
function specialText(id: AnswerFault, { facts, config }: Context): { readonly cause: string; readonly fix: string } | undefined {
  const target = facts.target!;
  const resource = target.endpoint.resource ?? "<resource>";
  switch (id) {
    case "keys-disabled":
      return {
        cause: `The resource at ${target.host} has key authentication switched off (403); it takes Entra tokens only.`,
        fix: "unset AZURE_OPENAI_API_KEY (or LECTERN_AUTH=entra) and sign in: az login; in Azure use a managed identity.",
      };
    case "tenant-wrong": {
      const tenant = facts.auth?.claims?.tenantId;
      return {
        cause: `The token is of tenant ${tenant ?? "another one"}, which is not the tenant of the resource at ${target.host}.`,
        fix: "az login --tenant <tenant of the resource> (or AZURE_TENANT_ID for a service principal); the resource's tenant: az account list -o table.",
      };
    }
    case "gateway-wants-key":
      return {
        cause: `The gateway at ${target.host} got no key in the header it reads (401); the key was sent as "${config.azure.keyHeader ?? "api-key"}".`,
        fix: 'Name the header in lectern.config.json: "azure": { "keyHeader": "Ocp-Apim-Subscription-Key" } (API Management\'s default).',
      };
    case "key-refused": {
      const { keyHeader = "api-key" } = config.azure;
      if (/^api-key$/i.test(keyHeader)) return undefined;
      return {
        cause: `${target.host} refuses the API key (401); the key was sent as "${keyHeader}", and Azure itself reads "api-key".`,
        fix: "Remove azure.keyHeader from the configuration, or name the header that this gateway reads.",
      };
    }
    case "private-endpoint-bypassed":
      return {
        cause: `The resource at ${target.host} takes no public access (403), but its name resolves here to the public address ${facts.resolution!.addresses.join(", ")}: the private endpoint is not used.`,
        fix: `Link the private DNS zone privatelink.openai.azure.com to this machine's network, so that ${target.host} resolves to the private address: az network private-dns link vnet create -g <resource-group> -z privatelink.openai.azure.com -n <name> -v <vnet> -e false.`,
      };
    case "token-refused":
      return facts.auth?.claims?.audience === undefined
        ? undefined
        : {
            cause: `Azure OpenAI at ${target.host} refuses the access token (401); its audience is ${facts.auth.claims.audience}.`,
            fix: `az cognitiveservices account show -n ${resource} -g <resource-group> tells whether the resource is in this cloud and tenant; another audience is tried with AZURE_OPENAI_SCOPE=https://cognitiveservices.azure.com/.default.`,
          };
    default:
      return undefined;
  }
}

function webPage(answer: Answer, { facts, config }: Context): Finding {
  const target = facts.target!;
  const title = /<title>([^<]{1,120})/i.exec(answer.body)?.[1]?.trim();
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
