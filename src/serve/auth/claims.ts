import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { Caller } from "../../core/served-tools.ts";
import type { TrustedIssuer } from "./issuers.ts";

/** Clocks may differ by so much, in seconds. */
export const clockSkewSeconds = 60;
/** Longest life of a token. Entra ID's own last up to 28 hours (continuous access evaluation); anything beyond is no access token. */
const maxLifetimeSeconds = 30 * 3600;

const tokenTypes = new Set(["jwt", "at+jwt", "application/at+jwt"]);

/** True for tokens that say they are access tokens, or do not say what they are. */
export function isAccessTokenType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === "string" && tokenTypes.has(typ.toLowerCase()));
}

/**
 * What a verified token says of its bearer; undefined where a claim does not hold.
 * Signature, issuer and audience have been checked. Source: learn.microsoft.com, claims validation.
 */
export function callerFrom(
  claims: JsonObject,
  { tenant, tenantRequired }: TrustedIssuer,
  nowSeconds: number,
): Caller | undefined {
  if (!hasSoundTimes(claims, nowSeconds)) return undefined;
  const { tid, oid, sub } = claims;
  if (tid === undefined ? tenantRequired : tenant !== undefined && tid !== tenant) return undefined;
  // `oid` is one person across applications; e-mail and name are no identity, they can be given to somebody else.
  const subject = typeof oid === "string" && oid !== "" ? oid : sub;
  if (typeof subject !== "string" || subject === "") return undefined;
  const roles = texts(claims.roles);
  return { subject, groups: [...groupsOf(claims), ...roles], scopes: [...scopesOf(claims), ...roles] };
}

function hasSoundTimes({ exp, iat, nbf }: JsonObject, now: number): boolean {
  if (typeof exp !== "number" || !Number.isFinite(exp)) return false;
  const issued = iat ?? nbf ?? now;
  if (typeof issued !== "number" || !Number.isFinite(issued) || issued > now + clockSkewSeconds) return false;
  return exp - issued <= maxLifetimeSeconds && exp - now <= maxLifetimeSeconds + clockSkewSeconds;
}

/** Too many groups for the token: it names a place to ask instead. Then the caller is in none of them, rather than in all. */
function groupsOf(claims: JsonObject): readonly string[] {
  const names = claims._claim_names;
  const overflown = (isJsonObject(names) && names.groups !== undefined) || claims.hasgroups !== undefined;
  return overflown ? [] : texts(claims.groups);
}

function scopesOf({ scp, scope }: JsonObject): readonly string[] {
  const said = scp ?? scope;
  return typeof said === "string" ? said.split(" ").filter(Boolean) : texts(said);
}

/** Only lists of strings count: a lone string would match by accident. */
function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
