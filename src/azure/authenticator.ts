import { isLecternError, LecternError } from "../core/errors.ts";
import type { AccessToken, Authenticator, Credential, GetToken } from "./credentials.ts";
import { entraNames, tokenTimeout } from "./entra-names.ts";
import { serviceWords } from "./service-words.ts";
import { claimsOf } from "./token-claims.ts";

/** Time for a token, in milliseconds. */
const defaultTimeoutMs = 10_000;
/** Tokens are asked for anew this long before they expire, in milliseconds. */
const renewBeforeMs = 120_000;

export interface AuthenticatorOptions {
  /** Scope of the endpoint's cloud. */
  readonly scope: string;
  /** Header for API keys. */
  readonly keyHeader: string;
  readonly now: () => number;
  /** Certificates to trust besides the usual ones, read when they are needed. */
  readonly extraCa?: () => readonly string[] | undefined;
  /** Time for a token, in milliseconds. Default 10,000; an Entra credential's own wins. */
  readonly timeoutMs?: number;
}

/** The headers of a credential. Throws LecternError "config" for an empty key or an unknown credential name. */
export function createAuthenticator(credential: Credential, options: AuthenticatorOptions): Authenticator {
  const { scope, keyHeader, now, extraCa, timeoutMs: usualMs = defaultTimeoutMs } = options;
  if (credential.type === "api_key") return keyAuthenticator(credential.key, keyHeader);
  if (credential.type === "token")
    return new TokenAuthenticator("token", credential.getToken, { scope, now, timeoutMs: usualMs });
  if (credential.only !== undefined && !entraNames.includes(credential.only.trim().toLowerCase()))
    throw unknownCredential(credential.only);
  let tokens: GetToken | undefined;
  const getToken: GetToken = async (request) => {
    const { entraTokens } = await import("./entra.ts");
    tokens ??= entraTokens(credential, { ca: extraCa?.() });
    return tokens(request);
  };
  const { scope: own = scope, timeoutMs = usualMs } = credential;
  return new TokenAuthenticator("entra", getToken, { scope: own, now, timeoutMs });
}

function unknownCredential(name: string): LecternError {
  return new LecternError("config", `"${name}" is no credential`, {
    fix: `Use one of ${entraNames.join(", ")} (any case), the names AZURE_TOKEN_CREDENTIALS takes.`,
  });
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
  readonly #timeoutMs: number;
  #headers: Readonly<Record<string, string>> | undefined;
  #renewAt = 0;
  #pending: Promise<Readonly<Record<string, string>>> | undefined;
  principal: string | undefined;

  constructor(type: "entra" | "token", getToken: GetToken, options: { scope: string; now: () => number; timeoutMs: number }) {
    this.type = type;
    this.#getToken = getToken;
    this.#scope = options.scope;
    this.#now = options.now;
    this.#timeoutMs = options.timeoutMs;
  }

  async headers({
    stop,
    fresh,
  }: {
    stop: { readonly signal: AbortSignal };
    fresh: boolean;
  }): Promise<Readonly<Record<string, string>>> {
    if (!fresh && this.#headers !== undefined && this.#now() < this.#renewAt) return this.#headers;
    // Many questions at once ask for one token; one of them leaving must not take it from the others.
    this.#pending ??= this.#fetch(fresh).finally(() => {
      this.#pending = undefined;
    });
    return abortable(this.#pending, stop.signal);
  }

  async #fetch(forceRefresh: boolean): Promise<Readonly<Record<string, string>>> {
    const answer = await this.#inTime((signal) => this.#getToken({ scope: this.#scope, signal, forceRefresh }));
    const token = answer === null ? "" : tokenText(answer);
    if (answer === null || token === "" || /[^\x21-\x7e]/.test(token)) {
      throw new LecternError("auth", "The credential gave no access token", {
        fix: "Sign in with az login, or set AZURE_OPENAI_API_KEY.",
      });
    }
    const claims = claimsOf(token);
    const expires = typeof answer === "string" ? (claims.expiresAtMs ?? this.#now()) : answer.expiresOnTimestamp;
    this.principal = claims.objectId;
    this.#renewAt = expires - renewBeforeMs;
    this.#headers = { authorization: `Bearer ${token}` };
    return this.#headers;
  }

  /** Credentials may ignore the signal they are given, so the deadline is kept here. */
  async #inTime<T>(get: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const timeout = tokenTimeout(this.#timeoutMs);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(timeout);
        stop.abort(timeout);
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([get(stop.signal), late]);
    } catch (thrown) {
      throw isLecternError(thrown) ? thrown : tokenFailure(thrown);
    } finally {
      clearTimeout(timer);
    }
  }
}

function tokenFailure(cause: unknown): LecternError {
  const why = serviceWords(cause instanceof Error ? cause.message : String(cause));
  return new LecternError("auth", `The credential gave no access token: ${why}`, {
    fix: "Check the token source that was configured.",
    cause,
  });
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function tokenText(answer: AccessToken): string {
  return typeof answer === "string" ? answer : answer.token;
}
