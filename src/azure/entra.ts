import type { AccessToken, EntraCredential } from "./credentials.ts";

/** First version: the default chain. */
export async function entraToken(
  credential: EntraCredential,
  request: { readonly scope: string; readonly signal: AbortSignal },
): Promise<AccessToken | null> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential({ ...(credential.tenantId === undefined ? {} : { tenantId: credential.tenantId }) }).getToken(
    request.scope,
    {
      abortSignal: request.signal,
    },
  );
}
