import type { Credential } from "../azure/credentials.ts";
import type { Config, ConfigNotice } from "../config/config.ts";
import { type Origin, trustOf } from "../config/settings.ts";
import { LecternError } from "../core/errors.ts";
import { checkDestinations } from "./endpoint-trust.ts";

export interface ChosenCredential {
  readonly credential: Credential;
  readonly notices: readonly ConfigNotice[];
}

/**
 * How to prove who we are: what was given in code, else the key when there is one (or `auth` says so), else an Azure identity. A secret never
 * goes to an endpoint from a less trusted place than its own, nor an Entra token outside Azure's hosts and `trustedHosts`. Throws `config`.
 */
export function credentialFor(config: Config, given?: Credential): ChosenCredential {
  const { azure } = config;
  if (given) {
    // Whoever gives a credential in code answers for the host; only a project's files must not have it sent elsewhere.
    const kind = given.type === "api_key" ? "key" : "token";
    const notices = checkDestinations(config, { what: "the program's credential", kind, origin: givenInCode });
    return { credential: given, notices };
  }
  if (azure.auth === "key" && !azure.apiKey) {
    throw new LecternError("config", 'auth is "key", but AZURE_OPENAI_API_KEY is not set.', {
      fix: "Set AZURE_OPENAI_API_KEY, or use --auth entra.",
    });
  }
  const general = config.notices.filter((notice) => !notice.code.startsWith("server_"));
  if (azure.apiKey && azure.auth !== "entra") {
    const origin = config.origins.get("azure.apiKey") ?? givenInCode;
    const notices = checkDestinations(config, { what: "the API key", kind: "key", origin });
    return { credential: { type: "api_key", key: azure.apiKey }, notices: [...general, ...notices, ...whenBoth(config)] };
  }
  checkScope(config);
  const { credential, origin } = identity(config);
  const notices = checkDestinations(config, { what: "your Azure identity", kind: "entra", origin });
  const unused = azure.apiKey
    ? [{ code: "identity_wins", message: "AZURE_OPENAI_API_KEY is set but not used: auth is entra." }]
    : [];
  return { credential, notices: [...general, ...notices, ...unused] };
}

const givenInCode: Origin = { kind: "flag", name: "the program" };

/** Variables by which the platform or the user says that an identity is meant. */
const identityVariables = ["AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT"];

function whenBoth({ azure, env }: Config): readonly ConfigNotice[] {
  if (azure.auth !== "auto" || !identityVariables.some((name) => env[name])) return [];
  const message =
    "Both an API key and an Azure identity are configured; the key is used. Say auth entra (LECTERN_AUTH=entra) to use the identity.";
  return [{ code: "key_wins", message }];
}

/** A service principal of the `.env` is handed over by value, since the identity library reads the real environment only. */
function identity({ azure, env, dotenvNames }: Config): { readonly credential: Credential; readonly origin: Origin } {
  const scope = azure.scope ? { scope: azure.scope } : {};
  const {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    AZURE_AUTHORITY_HOST: authorityHost,
  } = env;
  if (tenantId && clientId && clientSecret && dotenvNames.has("AZURE_CLIENT_SECRET")) {
    return {
      credential: { type: "entra", ...scope, tenantId, clientId, clientSecret, ...(authorityHost ? { authorityHost } : {}) },
      origin: { kind: "dotenv", name: "AZURE_CLIENT_SECRET (.env)" },
    };
  }
  return {
    credential: { type: "entra", ...scope, ...(azure.clientId ? { clientId: azure.clientId } : {}) },
    origin: { kind: "env", name: "your sign-in" },
  };
}

/** Scopes of Azure's own model services. A project must not ask for tokens to anything else in the user's name. */
const modelScopes = /^https:\/\/(?:ai\.azure\.(?:com|us|cn)|ml\.azure\.com|cognitiveservices\.azure\.(?:com|us|cn))\/\.default$/;

function checkScope({ azure, origins }: Config): void {
  const origin = origins.get("azure.scope");
  if (!azure.scope || !origin || trustOf[origin.kind] === 3 || modelScopes.test(azure.scope)) return;
  throw new LecternError(
    "config",
    `${origin.name} asks for a token to something else than Azure's model services, and a project may not.`,
    {
      fix: "If you want this scope, set AZURE_OPENAI_SCOPE in your environment.",
    },
  );
}
