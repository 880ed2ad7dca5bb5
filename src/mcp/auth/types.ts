import type { OAuthClientProvider } from "@modelcontextprotocol/client";

/** Gives the token for a server over HTTP. After a 401 `onUnauthorized` is called once, then the request is sent again. */
export interface AuthProvider {
  token(): Promise<string | undefined>;
  onUnauthorized?(): Promise<void>;
}

/** OAuth for programs: no person, a registered client. The token is fetched from the server's own authorization server. */
export interface ClientCredentials {
  readonly grant: "client_credentials";
  readonly clientId: string;
  /** One of `secret`, `privateKey` or `assertion` proves that we are this client. */
  readonly secret?: string;
  readonly privateKey?: { readonly pem: string; readonly algorithm: string };
  /**
   * A signed statement of the workload's own platform about who it is (workload identity federation); asked for at every token request.
   * Exchanged by the JWT bearer grant. Source: RFC 7523; MCP SEP-1933.
   */
  readonly assertion?: () => Promise<string>;
  readonly scope?: string;
  /** The only authorization server the proof may be sent to. Without it the MCP server names one. */
  readonly issuer?: string;
  /** Whether to name the server in the token request (RFC 8707). Default true; Microsoft Entra ID v2 refuses it (AADSTS9010010). */
  readonly sendResource?: boolean;
  /** Binds tokens to a key of ours (RFC 9449) where the authorization server knows that. Default false. */
  readonly dpop?: boolean;
}

/**
 * The seam for a sign-in by a person: `provider` holds the client's registration, tokens and verifier, and shows the address to open;
 * `callback` resolves with the parameters the browser came back with, and rejects where the person declined.
 */
export interface SignIn {
  readonly provider: OAuthClientProvider;
  readonly callback: () => Promise<URLSearchParams>;
}

export type HttpAuth = AuthProvider | ClientCredentials | SignIn;

export const isSignIn = (auth: HttpAuth | undefined): auth is SignIn => auth !== undefined && "provider" in auth;
