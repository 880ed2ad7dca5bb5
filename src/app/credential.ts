import type { Credential } from "../azure/credentials.ts";
import type { Config } from "../config/config.ts";
import { trustOf } from "../config/settings.ts";
import { LecternError } from "../core/errors.ts";

export interface ChosenCredential {
  readonly credential: Credential;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** Hosts that belong to Azure itself; only these, and `trustedHosts`, ever receive an Entra token. */
const azureHosts =
  /\.(openai\.azure\.(com|us|cn)|cognitiveservices\.azure\.(com|us|cn)|services\.ai\.azure\.(com|us|cn)|api\.cognitive\.microsoft\.(com|us))$/;

/**
 * How to prove who we are: the key when there is one (or `auth` says so), else an Azure identity. A secret never goes to an endpoint
 * from a less trusted place than its own, nor an Entra token outside Azure's hosts and `trustedHosts`. Throws `config`.
 */
export function credentialFor(config: Config): ChosenCredential {
  const { azure, env } = config;
  const identityGiven = Boolean(env.AZURE_CLIENT_ID ?? env.AZURE_FEDERATED_TOKEN_FILE ?? env.IDENTITY_ENDPOINT);
  if (azure.auth === "key" && !azure.apiKey) {
    throw new LecternError("config", 'auth is "key", but AZURE_OPENAI_API_KEY is not set.', {
      fix: "Set AZURE_OPENAI_API_KEY, or use --auth entra.",
    });
  }
  checkEndpointTrust(config);
  if (azure.apiKey && azure.auth !== "entra") {
    const both = identityGiven && azure.auth === "auto";
    return {
      credential: { type: "api_key", key: azure.apiKey },
      notices: both
        ? [
            {
              code: "key_wins",
              message:
                "Both an API key and an Azure identity are configured; the key is used. Say auth entra (LECTERN_AUTH=entra) to use the identity.",
            },
          ]
        : [],
    };
  }
  checkTokenHost(config);
  return {
    credential: {
      type: "entra",
      ...(azure.scope ? { scope: azure.scope } : {}),
      ...(azure.clientId ? { clientId: azure.clientId } : {}),
    },
    notices: azure.apiKey ? [{ code: "identity_wins", message: "AZURE_OPENAI_API_KEY is set but not used: auth is entra." }] : [],
  };
}

/** A cloned repository must not send the user's own secrets to a place of its choosing. */
function checkEndpointTrust(config: Config): void {
  const path = config.azure.baseUrl ? "azure.baseUrl" : "azure.endpoint";
  const endpoint = config.origins.get(path);
  if (!endpoint || trustOf[endpoint.kind] === 3) return;
  const key = config.origins.get("azure.apiKey");
  const secret = config.azure.apiKey && config.azure.auth !== "entra" ? key : undefined;
  if (config.azure.apiKey && secret && trustOf[secret.kind] <= trustOf[endpoint.kind]) return;
  // Without a key the credential is the user's own Azure identity; it goes to Azure hosts only (checkTokenHost).
  if (!secret) return;
  throw new LecternError(
    "config",
    `The endpoint comes from ${endpoint.name}, a file of the project, but the API key comes from ${secret.name}: your key is not sent to an endpoint that a project chose.`,
    {
      fix: "Check the endpoint, then name it yourself: set AZURE_OPENAI_ENDPOINT in the environment, or pass --endpoint.",
    },
  );
}

function checkTokenHost(config: Config): void {
  const given = config.azure.baseUrl ?? config.azure.endpoint ?? "";
  const host = hostOf(given);
  if (host === undefined || azureHosts.test(host)) return;
  const origin = config.origins.get("azure.trustedHosts");
  const trusted = origin && trustOf[origin.kind] === 3 ? (config.azure.trustedHosts ?? []) : [];
  if (trusted.includes(host)) return;
  throw new LecternError("config", `An Entra token is only sent to Azure's own hosts; ${host} is none.`, {
    fix: `Use an API key for this gateway, or list ${host} under azure.trustedHosts in your own configuration (${"the user's file or --config"}).`,
  });
}

/** The host of whatever people paste; undefined for a bare resource name, which becomes an Azure host. */
function hostOf(given: string): string | undefined {
  const text = given.trim();
  if (/^[\w-]+$/.test(text)) return undefined;
  try {
    return new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`).hostname.toLowerCase().replace(/\.$/, "");
  } catch {
    return text;
  }
}
