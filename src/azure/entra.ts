import type { DefaultAzureCredentialClientIdOptions, TokenCredential } from "@azure/identity";
import type { AccessToken, EntraCredential, GetToken } from "./credentials.ts";
import { explainEntraFailure } from "./entra-errors.ts";
import { credentialsOf } from "./entra-names.ts";

type PipelinePolicy = NonNullable<DefaultAzureCredentialClientIdOptions["additionalPolicies"]>[number]["policy"];

/** Certificates to trust besides the usual ones, for requests to the authority. */
export interface EntraNetwork {
  readonly ca?: readonly string[] | undefined;
}

/**
 * Access tokens from Microsoft Entra ID through `@azure/identity`, which is loaded at the first call. Throws LecternError
 * "auth" that says which credentials were tried and why none gave a token.
 */
export function entraTokens(credential: EntraCredential, network: EntraNetwork): GetToken {
  let source: Promise<TokenCredential> | undefined;
  return async ({ scope, signal, forceRefresh }) => {
    // A new credential has an empty cache (managed identities share one in the process, the platform keeps those tokens anyway).
    if (source === undefined || forceRefresh) source = createSource(credential, network);
    try {
      return await (await source).getToken(scope, { abortSignal: signal });
    } catch (thrown) {
      signal.throwIfAborted();
      throw explainEntraFailure(thrown, credential);
    }
  };
}

/** One token without keeping anything: for checks such as the doctor's. */
export function entraToken(
  credential: EntraCredential,
  { ca, ...request }: { readonly scope: string; readonly signal: AbortSignal } & EntraNetwork,
): Promise<AccessToken | null> {
  return entraTokens(credential, { ca })({ ...request, forceRefresh: false });
}

async function createSource(credential: EntraCredential, network: EntraNetwork): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const { clientId, tenantId, authorityHost, disableInstanceDiscovery } = credential;
  const options: DefaultAzureCredentialClientIdOptions = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(authorityHost === undefined ? {} : { authorityHost }),
    ...(disableInstanceDiscovery === undefined ? {} : { disableInstanceDiscovery }),
    ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
    ...(network.ca === undefined ? {} : { additionalPolicies: [{ position: "perRetry", policy: trusting(network.ca) }] }),
  };
  if (credential.only === undefined) return new identity.DefaultAzureCredential(options);
  const own = clientId === undefined ? options : { ...options, clientId };
  const makers: Readonly<Record<string, () => TokenCredential>> = {
    environmentcredential: () => new identity.EnvironmentCredential(options),
    workloadidentitycredential: () => new identity.WorkloadIdentityCredential(own),
    managedidentitycredential: () => new identity.ManagedIdentityCredential(own),
    visualstudiocodecredential: () => new identity.VisualStudioCodeCredential(options),
    azureclicredential: () => new identity.AzureCliCredential(options),
    azurepowershellcredential: () => new identity.AzurePowerShellCredential(options),
    azuredeveloperclicredential: () => new identity.AzureDeveloperCliCredential(options),
  };
  return new identity.ChainedTokenCredential(...credentialsOf(credential.only).map((name) => lazily(makers[name]!)));
}

/** The library's own `tlsOptions` are dropped where a request goes through a proxy, which is where networks inspect TLS. */
function trusting(ca: readonly string[]): PipelinePolicy {
  return {
    name: "lecternTrustedRoots",
    sendRequest: (request, next) => {
      request.requestOverrides = { ...request.requestOverrides, ca: [...ca] };
      return next(request);
    },
  };
}

/** Some credentials throw when made without their settings; in a chain that only means the next one's turn. */
function lazily(make: () => TokenCredential): TokenCredential {
  let made: TokenCredential | undefined;
  return {
    getToken: async (scopes, options) => {
      try {
        made ??= make();
      } catch (thrown) {
        const { CredentialUnavailableError } = await import("@azure/identity");
        throw new CredentialUnavailableError(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
      }
      return made.getToken(scopes, options);
    },
  };
}
