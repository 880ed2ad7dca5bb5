import type { AnswerFault } from "./answer-faults.ts";
import type { Context } from "./check.ts";
import { clockFix, clockGap } from "./clock.ts";
import type { Answer } from "./probe.ts";
import { isLoopback } from "./target.ts";

interface Text {
  readonly cause: string;
  readonly fix: string;
}

/** Words of our own for a refusal, where the doctor knows more than the client's error. */
export function textFor(id: AnswerFault, answer: Answer, context: Context): Partial<Text> | undefined {
  const { host, deployment } = context.facts.target!;
  switch (id) {
    case "keys-disabled":
      return {
        cause: `The resource at ${host} has key authentication switched off (403); it takes Entra tokens only.`,
        fix: "unset AZURE_OPENAI_API_KEY (or LECTERN_AUTH=entra) and sign in: az login; in Azure use a managed identity.",
      };
    case "tenant-wrong":
      return {
        cause: `The token is of tenant ${context.facts.auth?.claims?.tenantId ?? "another one"}, which is not the tenant of the resource at ${host}.`,
        fix: "az login --tenant <tenant of the resource> (or AZURE_TENANT_ID for a service principal); the resource's tenant: az account list -o table.",
      };
    case "gateway-wants-key":
      return gatewayWantsKey(answer, context);
    case "key-refused":
      return keyRefused(context);
    case "private-endpoint-bypassed":
      return bypassed(context);
    case "token-refused":
      return tokenRefused(answer, context);
    case "content-filtered":
      return {
        cause: `The content filter of deployment "${deployment}" refuses even the doctor's harmless question ("Reply with OK.").`,
        fix: "Look at the content filter and the block lists of this deployment (Azure AI Foundry portal: Guardrails + controls), and at what a gateway adds to the prompt.",
      };
    case "deployment-unknown":
      return answer.status === 404
        ? undefined
        : {
            fix: `Set the name under which ${host} knows the model: AZURE_OPENAI_DEPLOYMENT_NAME or --deployment (now "${deployment}").`,
          };
    case "path-unknown":
      return context.config.azure.baseUrl === undefined ? undefined : { fix: baseUrlFix(context) };
    case "tls-port":
      return tlsPort(context);
    default:
      return undefined;
  }
}

function baseUrlFix({ facts, config }: Context): string {
  const { host, surfaces } = facts.target!;
  const tails = surfaces.map((surface) => (surface === "chat" ? "/chat/completions" : "/responses")).join(" or ");
  return `Correct azure.baseUrl: it is taken as it stands, and ${tails} is put behind its path (now ${new URL(config.azure.baseUrl!).pathname} on ${host}).`;
}

export function tlsPort({ facts }: Context): Text {
  const { host } = facts.target!;
  return {
    cause: `${host} speaks TLS on this port, and the endpoint begins with http://.`,
    fix: `Begin it with https: AZURE_OPENAI_ENDPOINT=https://${host}.`,
  };
}

/** Where a gateway looks for a credential, as far as it says so. API Management does: `WWW-Authenticate: AzureApiManagementKey realm=...,name=...,type=...`, read 2026-11. */
function gatewayWantsKey({ headers, body }: Answer, { facts, config }: Context): Text {
  const { host } = facts.target!;
  const challenge = /^AzureApiManagementKey .*\bname="([\w-]{1,60})",\s*type="(header|query)"/i.exec(
    String(headers["www-authenticate"] ?? ""),
  );
  const [, named = "Ocp-Apim-Subscription-Key", place = "header"] = challenge ?? [];
  const sent = `the key was sent as "${config.azure.keyHeader ?? "api-key"}"`;
  if (place === "query") {
    return {
      cause: `The gateway at ${host} looks for its key in the query, as "${named}" (401); ${sent}.`,
      fix: `Have API Management take the key from a header (API settings: Subscription), or give the whole address as azure.baseUrl, with ?${named}=<key> at its end.`,
    };
  }
  if (challenge === null && !/subscription key/i.test(body)) {
    const scheme = /^(basic|bearer|negotiate)\b/i.exec(String(headers["www-authenticate"] ?? ""))?.[1];
    return {
      cause: `The gateway at ${host} found no credential where it looks for one (401${scheme === undefined ? "" : `; it asks for ${scheme}`}); ${sent}.`,
      fix: `Name the header that this gateway reads its key from: "azure": { "keyHeader": "<name>" }; where it wants a token of Entra, use LECTERN_AUTH=entra and list ${host.replace(/:\d+$/, "")} under azure.trustedHosts.`,
    };
  }
  const usual = challenge === null ? " (API Management's default)" : "";
  return {
    cause: `The gateway at ${host} got no key in the header it reads${challenge === null ? "" : `, "${named}"`} (401); ${sent}.`,
    fix: `Name the header in lectern.config.json: "azure": { "keyHeader": "${named}" }${usual}.`,
  };
}

function keyRefused({ facts, config }: Context): Text | undefined {
  const { host, endpoint, url } = facts.target!;
  const { keyHeader = "api-key" } = config.azure;
  if (!/^api-key$/i.test(keyHeader)) {
    return {
      cause: `${host} refuses the API key (401); the key was sent as "${keyHeader}", and Azure itself reads "api-key".`,
      fix: "Remove azure.keyHeader from the configuration, or name the header that this gateway reads.",
    };
  }
  if (endpoint.kind === "azure" || isLoopback(url)) return undefined;
  return {
    cause: `The gateway at ${host} refuses the API key (401).`,
    fix: "Use a key that this gateway knows (API Management: of an active subscription to the product that holds the API); the key of the Azure OpenAI resource behind it is none.",
  };
}

function bypassed({ facts }: Context): Text {
  const { host } = facts.target!;
  return {
    cause: `The resource at ${host} takes no public access (403), but its name resolves here to the public address ${facts.resolution!.addresses.join(", ")}: the private endpoint is not used.`,
    fix: `Link the private DNS zone privatelink.openai.azure.com to this machine's network, so that ${host} resolves to the private address: az network private-dns link vnet create -g <resource-group> -z privatelink.openai.azure.com -n <name> -v <vnet> -e false.`,
  };
}

function tokenRefused({ headers, body }: Answer, { facts, world }: Context): Text | undefined {
  const { host, endpoint } = facts.target!;
  const gap = clockGap(headers.date, world.now());
  if (gap !== undefined) {
    return {
      cause: `Azure OpenAI at ${host} refuses the access token (401), and this machine's clock is ${gap} the service's: by that clock the token is over or not yet valid.`,
      fix: `${clockFix} Then sign in again: az login.`,
    };
  }
  // Azure's usual words name every reason there is.
  if (/expired|not yet valid/i.test(body) && !/audience/i.test(body)) {
    return {
      cause: `Azure OpenAI at ${host} refuses the access token (401): it says that it has expired, or is not yet valid.`,
      fix: "Sign in again (az login), and check this machine's clock and time zone.",
    };
  }
  const audience = facts.auth?.claims?.audience;
  if (audience === undefined) return undefined;
  return {
    cause: `Azure OpenAI at ${host} refuses the access token (401); its audience is ${audience}.`,
    fix: `az cognitiveservices account show -n ${endpoint.resource ?? "<resource>"} -g <resource-group> tells whether the resource is in this cloud and tenant; another audience is tried with AZURE_OPENAI_SCOPE=https://cognitiveservices.azure.com/.default.`,
  };
}
