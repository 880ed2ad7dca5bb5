import { hash } from "node:crypto";
import type { JWTVerifyGetKey } from "jose";
import type { JsonObject } from "../../core/json.ts";
import type { Caller } from "../../core/served-tools.ts";
import type { HeaderMap } from "../http/headers.ts";
import { type Refusal, refuse } from "../http/refusal.ts";
import type { Authenticator } from "./authenticator.ts";
import { bearerToken, type ChallengeParts, insufficientScope, scopeChallenge, unauthenticated } from "./bearer.ts";
import { callerFrom, clockSkewSeconds, isAccessTokenType } from "./claims.ts";
import { type IssuerOptions, secureUrl, type TrustedIssuer, trustedIssuer } from "./issuers.ts";

export interface OidcAuthOptions extends IssuerOptions {
  /** A scope (or application role) every caller's token must carry. Default: none in particular, but at least one. */
  readonly scope?: string;
  /** Signature algorithms taken. Default RS256 alone. */
  readonly algorithms?: readonly string[];
  /** Told why a token was refused, in words fit for a log: never the token. Default: nobody. */
  readonly onRefused?: (reason: string) => void;
}

/** Gives the URL of the protected resource metadata, as the client of this request can reach it. */
export type MetadataUrl = (headers: HeaderMap) => string;

/** A verified token is trusted for so long before it is verified anew, in milliseconds. */
const trustMs = 30_000;
const maxTrusted = 1_000;
/** An unknown key makes us fetch the key set again, but not more often than this, in milliseconds: a new key counts that soon. */
const refetchMs = 10_000;
const fetchTimeoutMs = 5_000;
/** The key set is fetched anew after so long, in milliseconds: with `trustMs`, a withdrawn key is good for at most 90 s more. */
const keysMs = 60_000;

/** Access tokens of an OpenID provider, Entra ID in particular. Throws a LecternError `config` for settings that protect nothing. */
export function oidcAuthenticator(options: OidcAuthOptions, metadataUrl: MetadataUrl): Authenticator {
  const verify = tokenVerifier(trustedIssuer(options), options);
  const scope = advertisedScope(options);
  const parts = (headers: HeaderMap): ChallengeParts => ({ metadataUrl: metadataUrl(headers), ...(scope && { scope }) });
  const reaches = scopeCheck(options);
  const admit = (headers: HeaderMap, verdict: Verdict): Caller | Refusal => {
    if (verdict === "keys unavailable")
      return refuse(503, "Tokens cannot be checked at the moment.", { headers: { "retry-after": "10" } });
    if (verdict === "refused") return unauthenticated(headers, parts(headers));
    return reaches(verdict.caller) ? verdict.caller : insufficientScope(parts(headers));
  };
  const trusted = trustedTokens();
  return {
    checksScopes: true,
    challenge: (scopes) => scopeChallenge({ scope: scopes.join(" ") }),
    authenticate: (headers) => {
      const token = bearerToken(headers);
      if (token === undefined) return admit(headers, "refused");
      const known = trusted.find(token);
      if (known !== undefined) return admit(headers, known);
      return verify(token).then((verdict) => {
        if (typeof verdict === "object") trusted.add(token, verdict);
        return admit(headers, verdict);
      });
    },
  };
}

interface Verified {
  readonly caller: Caller;
  readonly expiresAtMs: number;
}

type Verdict = Verified | "refused" | "keys unavailable";

/** Tokens verified a moment ago, by hash: verifying a signature costs more than answering a request. */
function trustedTokens(): { find(token: string): Verified | undefined; add(token: string, verified: Verified): void } {
  const byHash = new Map<string, { readonly verified: Verified; readonly until: number }>();
  const keyOf = (token: string): string => hash("sha256", token, "base64");
  return {
    find: (token) => {
      const known = byHash.get(keyOf(token));
      return known !== undefined && Date.now() < known.until ? known.verified : undefined;
    },
    add: (token, verified) => {
      const key = keyOf(token);
      byHash.delete(key);
      byHash.set(key, { verified, until: Math.min(Date.now() + trustMs, verified.expiresAtMs) });
      if (byHash.size > maxTrusted) byHash.delete(byHash.keys().next().value!);
    },
  };
}

/** Entra ID wants scopes asked for by their full name, but writes the short one into tokens. */
export function advertisedScope({ scope, audience }: OidcAuthOptions): string | undefined {
  if (scope === undefined || scope.includes("/") || !audience.startsWith("api://")) return scope;
  return `${audience}/${scope}`;
}

function scopeCheck({ scope, audience }: OidcAuthOptions): (caller: Caller) => boolean {
  // A token without any scope or role is an ID token, or was made for nothing in particular.
  if (scope === undefined) return ({ scopes }) => scopes.length > 0;
  const short = scope.startsWith(`${audience}/`) ? scope.slice(audience.length + 1) : scope;
  return ({ scopes }) => scopes.includes(short);
}

/** Never rejects: whatever is wrong with a token, its bearer is nobody. */
function tokenVerifier(trusted: TrustedIssuer, options: OidcAuthOptions): (token: string) => Promise<Verdict> {
  const { algorithms = ["RS256"], onRefused = () => {} } = options;
  const keys = issuerKeys(trusted, options.issuer);
  return async (token) => {
    try {
      // Loaded here, since most servers run without it.
      const { jwtVerify } = await import("jose");
      const { payload, protectedHeader } = await jwtVerify(token, await keys(), {
        algorithms: [...algorithms],
        issuer: [...trusted.issuers],
        audience: [...trusted.audiences],
        clockTolerance: clockSkewSeconds,
        requiredClaims: ["exp"],
      });
      const isAccess = isAccessTokenType(protectedHeader.typ);
      const caller = isAccess ? callerFrom(payload as JsonObject, trusted, Date.now() / 1000) : undefined;
      if (caller !== undefined) return { caller, expiresAtMs: Number(payload.exp) * 1000 };
      onRefused(isAccess ? "a claim does not hold" : "not an access token");
      return "refused";
    } catch (thrown) {
      onRefused(thrown instanceof Error ? thrown.name : "unknown");
      return thrown instanceof KeysUnavailable ? "keys unavailable" : "refused";
    }
  };
}

class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** The issuer's key set, found on first use. Failures are remembered for a while, or every request would knock again. */
function issuerKeys({ jwksUrl }: TrustedIssuer, issuer: string): () => Promise<JWTVerifyGetKey> {
  let found: Promise<JWTVerifyGetKey> | undefined;
  let foundAt = 0;
  let failed = false;
  const find = async (): Promise<JWTVerifyGetKey> => {
    const { createRemoteJWKSet, customFetch } = await import("jose");
    const url = jwksUrl ?? (await discoverKeys(issuer));
    const options = { cooldownDuration: refetchMs, cacheMaxAge: keysMs, timeoutDuration: fetchTimeoutMs };
    return createRemoteJWKSet(url, { ...options, [customFetch]: fetchOk });
  };
  return () => {
    if (found === undefined || (failed && Date.now() - foundAt > refetchMs)) {
      failed = false;
      foundAt = Date.now();
      found = find();
      found.catch(() => {
        failed = true;
      });
    }
    return found;
  };
}

async function fetchOk(url: string, options: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, { ...options, redirect: "error" });
    if (response.status === 200) return response;
  } catch (cause) {
    throw new KeysUnavailable("The issuer cannot be reached.", { cause });
  }
  throw new KeysUnavailable("The issuer does not give its keys.");
}

/** Source: OpenID Connect Discovery 1.0 section 4. */
async function discoverKeys(issuer: string): Promise<URL> {
  const where = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetchOk(where, { signal: AbortSignal.timeout(fetchTimeoutMs) });
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (document.issuer !== issuer || typeof document.jwks_uri !== "string")
    throw new KeysUnavailable("Discovery names another issuer.");
  return secureUrl(document.jwks_uri, "key set");
}
