import { type AnsweredError, fail, header, resourceOf } from "./error-reply.ts";
import type { Failure } from "./failure.ts";

/** 401: a key or token that is not accepted, or an identity without its role, which Azure tells with this status too. */
export function unauthorised(answer: AnsweredError): Failure {
  const { context, message, words } = answer;
  if (isRoleMissing(answer)) return roleMissing(answer);
  const usesToken = context.auth !== "api_key";
  if (!usesToken && /subscription key|api.?key/i.test(message) && !/token is missing/i.test(message)) {
    return fail(answer, "auth", `Azure OpenAI at ${context.host} refused the API key (401).`, {
      fix: `Use a key of this very resource: az cognitiveservices account keys list -n ${resourceOf(context)} -g <resource-group>. Keys of other resources are refused, and some resources accept no keys at all (then use Entra ID).`,
      misconfigured: true,
    });
  }
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

type Said = Pick<AnsweredError, "code" | "message">;

/** Whether a 401 or 403 means that the caller is known, and has no role on the resource. */
export function isRoleMissing({ code, message }: Said): boolean {
  return code === "PermissionDenied" || /principal.*(lacks|does not have)/i.test(message);
}

/** Whether a 403 means that Azure has blocked the resource, as after abuse. */
export const isBlocked = ({ message }: Said): boolean => /temporarily blocked|abuse/i.test(message);

/** Whether a 403 means that the subscription behind the resource is disabled, as by its spending limit. */
export function isSubscriptionDisabled({ code, message }: Said): boolean {
  return code === "ReadOnlyDisabledSubscription" || /subscription .*\b(is|has been) (disabled|suspended)/i.test(message);
}

/** Whether a 404 means the deployment and not the path. Gateways in front of several services say it in OpenAI's words. */
export function isDeploymentUnknown({ code, message }: Said): boolean {
  return /^(DeploymentNotFound|model_not_found)$/.test(code) || /(deployment|model) .*does not exist/i.test(message);
}

function roleMissing(answer: AnsweredError): Failure {
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

/** 403: blocked, kept out by network rules, without its role, or refused by something on the way. */
export function forbidden(answer: AnsweredError): Failure {
  const { context, message, words } = answer;
  if (isRoleMissing(answer)) return roleMissing(answer);
  if (isBlocked(answer)) {
    return fail(answer, "auth", `Azure has blocked the resource at ${context.host} (403): ${words}`, {
      fix: "Open a support request in the Azure portal for this resource.",
      misconfigured: true,
    });
  }
  if (isSubscriptionDisabled(answer)) {
    return fail(answer, "auth", `The Azure subscription behind ${context.host} is disabled (403): ${words}`, {
      fix: "Have the subscription enabled again (a spending limit or an unpaid bill is the usual reason): az account list --query \"[?state!='Enabled']\" -o table shows which ones are not.",
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

/** 404: the deployment, or the path. */
export function notFound(answer: AnsweredError): Failure {
  const { context, words, json } = answer;
  if (isDeploymentUnknown(answer)) {
    return fail(answer, "config", `There is no deployment "${context.deployment}" on ${context.host} (404).`, {
      fix: `Set the deployment's own name (AZURE_OPENAI_DEPLOYMENT_NAME or --deployment), which need not be the model's name; list them: az cognitiveservices account deployment list -n ${resourceOf(context)} -g <resource-group> -o table. One created in the last 5 minutes may still be on its way.`,
      misconfigured: true,
    });
  }
  const path = context.path ?? "the requested path";
  const html = json === undefined;
  const said = /^(resource )?not found\.?$/i.test(words) || words === "" ? "" : `: ${words}`;
  return fail(
    answer,
    "config",
    `${context.host} does not know ${path} (404)${html ? ": the answer is a web page, not an API." : said === "" ? "." : said}`,
    {
      fix: `Set the endpoint to https://<resource>.openai.azure.com (no path behind it)${context.apiVersion === undefined ? "" : `, check that api-version ${context.apiVersion} exists`} and check the deployment name "${context.deployment}". Endpoints of Foundry projects and gateways need their own base URL${context.apiVersion === undefined ? ", or an api-version where they know the classic paths only (AZURE_OPENAI_API_VERSION=2024-10-21)" : ""}.`,
      remedy: html || context.api === "chat" ? undefined : { kind: "switch_api", to: "chat" },
      misconfigured: true,
    },
  );
}

/** 407, where a proxy for plain http answers in the service's place. */
export function proxyRefused(answer: AnsweredError): Failure {
  return fail(answer, "network", `A proxy on the way to ${answer.context.host} wants to be signed in to (407).`, {
    fix: `Put the proxy's user and password into HTTPS_PROXY, or ${answer.context.host} into NO_PROXY.`,
  });
}

/** 3xx. */
export function redirected(answer: AnsweredError): Failure {
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
