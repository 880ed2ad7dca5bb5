import type { DefaultAzureCredentialClientIdOptions, TokenCredential } from "@azure/identity";
import type { AccessToken, EntraCredential, GetToken } from "./credentials.ts";
import { explainEntraFailure } from "./entra-errors.ts";
import { credentialsOf } from "./entra-names.ts";
import { trustedRoots, untrustedCodes } from "./trust.ts";

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
  let trust: SignInTrust = { ca: network.ca, usesSystem: false, refused: false };
  return async ({ scope, signal, forceRefresh }) => {
    // A new credential has an empty cache (managed identities share one in the process, the platform keeps those tokens anyway).
    if (forceRefresh) source = undefined;
    for (;;) {
      source ??= createSource(credential, trust);
      try {
        return await (await source).getToken(scope, { abortSignal: signal });
      } catch (thrown) {
        signal.throwIfAborted();
        if (!trust.refused || trust.usesSystem) throw explainEntraFailure(thrown, credential);
        trust = withSystemRoots(trust);
        source = undefined;
      }
    }
  };
}

/** Whom requests to the authority trust, and whether a certificate was refused for that. */
interface SignInTrust {
  readonly ca: readonly string[] | undefined;
  readonly usesSystem: boolean;
  refused: boolean;
}

/** Networks that inspect TLS put their root among the operating system's, as for the questions themselves. */
function withSystemRoots({ ca }: SignInTrust): SignInTrust {
  return { ca: [...(trustedRoots({ ca: undefined, system: true }) ?? []), ...(ca ?? [])], usesSystem: true, refused: false };
}

/** One token without keeping anything: for checks such as the doctor's. */
export function entraToken(
  credential: EntraCredential,
  { ca, ...request }: { readonly scope: string; readonly signal: AbortSignal } & EntraNetwork,
): Promise<AccessToken | null> {
  return entraTokens(credential, { ca })({ ...request, forceRefresh: false });
}

async function createSource(credential: EntraCredential, trust: SignInTrust): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const { clientId, tenantId, clientSecret, authorityHost, disableInstanceDiscovery } = credential;
  const options: DefaultAzureCredentialClientIdOptions = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(authorityHost === undefined ? {} : { authorityHost }),
    ...(disableInstanceDiscovery === undefined ? {} : { disableInstanceDiscovery }),
    ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
    additionalPolicies: [{ position: "perRetry", policy: trusting(trust) }],
  };
  if (clientSecret !== undefined)
    return new identity.ClientSecretCredential(tenantId ?? "", clientId ?? "", clientSecret, options);
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
function trusting(trust: SignInTrust): PipelinePolicy {
  return {
    name: "lecternTrustedRoots",
    sendRequest: async (request, next) => {
      if (trust.ca !== undefined) request.requestOverrides = { ...request.requestOverrides, ca: [...trust.ca] };
      try {
        return await next(request);
      } catch (thrown) {
        // The library does not pass the reason on.
        if (untrustedCodes.has(String((thrown as { code?: unknown } | null)?.code))) trust.refused = true;
        throw thrown;
      }
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
