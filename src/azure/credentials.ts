/** How we prove who we are to Azure. */
export type Credential =
  | { readonly type: "api_key"; readonly key: string }
  | EntraCredential
  /** Any source of access tokens, `DefaultAzureCredential` or another `TokenCredential` wrapped in a function for example. */
  | { readonly type: "token"; readonly getToken: GetToken };

/** Microsoft Entra ID through `@azure/identity`, which is loaded at the first request. */
export interface EntraCredential {
  readonly type: "entra";
  /** Default: the scope of the endpoint's cloud, https://ai.azure.com/.default in the public one. */
  readonly scope?: string;
  /** One credential by its AZURE_TOKEN_CREDENTIALS name, or "dev" or "prod"; default: the whole chain. */
  readonly only?: string;
  /** Client id of a user-assigned managed identity, or of the application that `clientSecret` belongs to. */
  readonly clientId?: string;
  readonly tenantId?: string;
  /** Signs in as an application (service principal) and as nothing else; needs `clientId` and `tenantId`. */
  readonly clientSecret?: string;
  readonly authorityHost?: string;
  /** For private clouds and tests, where the authority cannot be looked up. Default false. */
  readonly disableInstanceDiscovery?: boolean;
  /** Time for the first token, in milliseconds. Default 10,000: a black-holed metadata endpoint else takes minutes. */
  readonly timeoutMs?: number;
}

/** A token, or a token with its end of life in milliseconds since 1970. */
export type AccessToken = string | { readonly token: string; readonly expiresOnTimestamp: number };

export type GetToken = (options: {
  readonly scope: string;
  readonly signal: AbortSignal;
  /** True after a 401: do not answer from a cache. */
  readonly forceRefresh: boolean;
}) => Promise<AccessToken | null>;

/** Headers that prove who we are; made anew for each request, since tokens expire. */
export interface Authenticator {
  readonly type: Credential["type"];
  /** `stop.signal` is only read where a token has to be waited for. */
  headers(options: {
    readonly stop: { readonly signal: AbortSignal };
    readonly fresh: boolean;
  }): Promise<Readonly<Record<string, string>>>;
  /** Object id of the caller, once a token was seen that says so. */
  readonly principal: string | undefined;
}
