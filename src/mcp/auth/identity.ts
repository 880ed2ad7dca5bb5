import type { AuthProvider } from "./types.ts";

/** What Azure's credential objects return. */
export interface IdentityToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

export interface IdentityTokensOptions {
  /** Fetches a token, for example `(scope) => credential.getToken(scope)` of a managed identity. */
  readonly getToken: (scope: string) => Promise<IdentityToken | null>;
  /** For an Entra-protected server: `api://<application id>/.default`. */
  readonly scope: string;
  /** Milliseconds before its end at which a token is replaced. Default 300,000. */
  readonly renewBeforeMs?: number;
  readonly now?: () => number;
}

/**
 * Tokens of the identity this program runs under, for MCP servers protected by Microsoft Entra ID. No discovery takes place:
 * the scope says for whom the token is, so a server cannot have it made out to somebody else.
 */
export function identityTokens({
  getToken,
  scope,
  renewBeforeMs = 300_000,
  now = Date.now,
}: IdentityTokensOptions): AuthProvider {
  let held: IdentityToken | undefined;
  let fetching: Promise<IdentityToken | null> | undefined;
  const fresh = async (): Promise<string | undefined> => {
    fetching ??= getToken(scope).finally(() => {
      fetching = undefined;
    });
    held = (await fetching) ?? undefined;
    return held?.token;
  };
  return {
    token: async () => (held !== undefined && held.expiresOnTimestamp - renewBeforeMs > now() ? held.token : await fresh()),
    // A refused token is thrown away once; if the next is refused too, the engine gives up.
    onUnauthorized: async () => {
      held = undefined;
    },
  };
}
