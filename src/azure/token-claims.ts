import { parseJson } from "../core/json.ts";
import { number, text } from "./json-fields.ts";

/** What an access token says of itself; nothing is verified, this is for messages and expiry only. */
export interface TokenClaims {
  readonly audience: string | undefined;
  readonly objectId: string | undefined;
  readonly tenantId: string | undefined;
  readonly expiresAtMs: number | undefined;
}

/** Reads the claims of a JWT without verifying it; all undefined for a token of another form. */
export function claimsOf(token: string): TokenClaims {
  const payload = token.split(".")[1];
  const claims = payload === undefined ? undefined : parseJson(Buffer.from(payload, "base64url").toString("utf8"));
  const expires = number(claims, "exp");
  return {
    audience: text(claims, "aud"),
    objectId: text(claims, "oid"),
    tenantId: text(claims, "tid"),
    expiresAtMs: expires === undefined ? undefined : expires * 1000,
  };
}
