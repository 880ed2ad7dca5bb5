import { LecternError } from "../core/errors.ts";
import type { AccessToken, Authenticator, Credential, GetToken } from "./credentials.ts";
import { claimsOf } from "./token-claims.ts";

/** Tokens are asked for anew this long before they expire, in milliseconds. */
const renewBeforeMs = 120_000;

export interface AuthenticatorOptions {
  /** Scope of the endpoint's cloud. */
  readonly scope: string;
  /** Header for API keys. */
  readonly keyHeader: string;
  readonly now: () => number;
}

/** The headers of a credential. Throws LecternError "config" for an empty key. */
export function createAuthenticator(credential: Credential, options: AuthenticatorOptions): Authenticator {
  if (credential.type === "api_key") return keyAuthenticator(credential.key, options.keyHeader);
  if (credential.type === "token") return new TokenAuthenticator("token", credential.getToken, options.scope, options.now);
  const getToken: GetToken = async (request) => {
    const { entraToken } = await import("./entra.ts");
    return entraToken(credential, request);
  };
  return new TokenAuthenticator("entra", getToken, credential.scope ?? options.scope, options.now);
}

function keyAuthenticator(key: string, keyHeader: string): Authenticator {
  const clean = key.trim();
  if (clean === "" || /[^\x21-\x7e]/.test(clean)) {
    throw new LecternError("config", clean === "" ? "The API key is empty" : "The API key holds characters that no key has", {
      fix: "Set AZURE_OPENAI_API_KEY to the key as the Azure portal shows it, or leave it out to sign in with Entra ID.",
    });
  }
  // Not as a bearer token: proxies log Authorization, and dated paths take a bearer for an access token.
  const headers = Promise.resolve({ [keyHeader]: clean });
  return { type: "api_key", principal: undefined, headers: () => headers };
}

class TokenAuthenticator implements Authenticator {
  readonly type: "entra" | "token";
  readonly #getToken: GetToken;
  readonly #scope: string;
  readonly #now: () => number;
  #headers: Readonly<Record<string, string>> | undefined;
  #renewAt = 0;
  #pending: Promise<void> | undefined;
  principal: string | undefined;

  constructor(type: "entra" | "token", getToken: GetToken, scope: string, now: () => number) {
    this.type = type;
    this.#getToken = getToken;
    this.#scope = scope;
    this.#now = now;
  }

  async headers({ signal, fresh }: { signal: AbortSignal; fresh: boolean }): Promise<Readonly<Record<string, string>>> {
    if (fresh || this.#headers === undefined || this.#now() >= this.#renewAt) {
      // Many questions at once ask for one token.
      this.#pending ??= this.#fetch(signal, fresh).finally(() => {
        this.#pending = undefined;
      });
      await this.#pending;
    }
    return this.#headers!;
  }

  async #fetch(signal: AbortSignal, forceRefresh: boolean): Promise<void> {
    const answer = await this.#getToken({ scope: this.#scope, signal, forceRefresh });
    const token = answer === null ? "" : tokenText(answer);
    if (answer === null || token === "") {
      throw new LecternError("auth", "The credential gave no access token", {
        fix: "Sign in with az login, or set AZURE_OPENAI_API_KEY.",
      });
    }
    const claims = claimsOf(token);
    const expires = typeof answer === "string" ? (claims.expiresAtMs ?? this.#now()) : answer.expiresOnTimestamp;
    this.principal = claims.objectId;
    this.#renewAt = expires - renewBeforeMs;
    this.#headers = { authorization: `Bearer ${token}` };
  }
}

function tokenText(answer: AccessToken): string {
  return typeof answer === "string" ? answer : answer.token;
}
