import type { HeaderMap } from "../http/headers.ts";
import { type Refusal, refuse } from "../http/refusal.ts";

/** What a challenge says beside the error. Source: RFC 6750 section 3, RFC 9728 section 5.1. */
export interface ChallengeParts {
  /** Where the protected resource metadata is; absent where there is no authorization server to be found. */
  readonly metadataUrl?: string;
  /** Scopes to ask for. */
  readonly scope?: string;
}

/** The bearer token of a request; undefined for anything but exactly one well-formed one in the Authorization header. */
export function bearerToken(headers: HeaderMap): string | undefined {
  return /^bearer +([\w\-.~+/]+=*)$/i.exec(headers.get("authorization") ?? "")?.[1];
}

/** 401: no token, or one that does not hold. Which of its parts is wrong is not said: that helps forgers only. */
export function unauthenticated(headers: HeaderMap, parts: ChallengeParts): Refusal {
  const error = headers.has("authorization") ? { error: "invalid_token" } : {};
  const message = headers.has("authorization") ? "The token is not valid here." : "A bearer token is needed.";
  return refuse(401, message, { headers: { "www-authenticate": challengeText({ ...error, ...named(parts) }) } });
}

/** 403: a good token that does not reach far enough. */
export function insufficientScope(parts: ChallengeParts): Refusal {
  const headers = { "www-authenticate": scopeChallenge(parts) };
  return refuse(403, "The token lacks a scope this needs.", { headers });
}

export function scopeChallenge(parts: ChallengeParts): string {
  return challengeText({ error: "insufficient_scope", ...named(parts) });
}

function named({ metadataUrl, scope }: ChallengeParts): Readonly<Record<string, string>> {
  return { ...(scope === undefined ? {} : { scope }), ...(metadataUrl === undefined ? {} : { resource_metadata: metadataUrl }) };
}

function challengeText(parameters: Readonly<Record<string, string>>): string {
  const listed = Object.entries(parameters).map(
    ([name, value]) => `${name}="${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "")}"`,
  );
  return `Bearer ${listed.length === 0 ? 'realm="mcp"' : listed.join(", ")}`;
}
