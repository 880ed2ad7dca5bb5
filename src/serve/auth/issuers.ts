import { LecternError } from "../../core/errors.ts";
import { isLoopback } from "../http/front.ts";

/** Whose tokens are taken, and for whom they must be made. */
export interface TrustedIssuer {
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  /** Directory the token must come from; undefined: not looked at. */
  readonly tenant: string | undefined;
  /** True where a token without a `tid` claim is refused. */
  readonly tenantRequired: boolean;
  /** Where the keys are; undefined: the issuer's discovery document says. */
  readonly jwksUrl: URL | undefined;
}

export interface IssuerOptions {
  /** For Entra ID `https://login.microsoftonline.com/<tenant>/v2.0`. */
  readonly issuer: string;
  /** Default: what the issuer's discovery document names. */
  readonly jwks?: string;
  /** For Entra ID the application id, or its URI `api://<application id>`: each stands for both. */
  readonly audience: string;
  /** Directory id that `tid` must equal. Default: the one in the issuer's path, if any. */
  readonly tenant?: string;
}

const guid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const entraV1 = new RegExp(`^https://sts\\.windows\\.net/(${guid})/$`, "i");
const entraV2 = new RegExp(`^https://login\\.microsoftonline\\.(?:com|us)/(${guid})/v2\\.0$`, "i");

/** Throws a LecternError `config` for settings that could not protect anything. */
export function trustedIssuer({ issuer, jwks, audience, tenant }: IssuerOptions): TrustedIssuer {
  if (audience === "")
    throw new LecternError("config", "OIDC needs an audience.", { fix: "Give the application id by --audience." });
  const url = secureUrl(issuer, "issuer");
  const directory = tenant ?? new RegExp(`^/(${guid})(?:/|$)`, "i").exec(url.pathname)?.[1];
  return {
    issuers: bothVersions(issuer),
    audiences: bothForms(audience),
    tenant: directory,
    tenantRequired: tenant !== undefined || entraV1.test(issuer) || entraV2.test(issuer),
    jwksUrl: jwks === undefined ? undefined : secureUrl(jwks, "key set"),
  };
}

/** Keys and issuers fetched over plain http could be anybody's, except from this machine. */
export function secureUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname))) return url;
  throw new LecternError("config", `The ${what} URL must be https (plain http only on loopback).`, {
    fix: "Check --issuer and --jwks.",
  });
}

/** Entra ID signs for one application under its v1 or v2 name, depending on the application's manifest. Source: learn.microsoft.com, access tokens. */
function bothVersions(issuer: string): readonly string[] {
  const v1 = entraV1.exec(issuer)?.[1];
  const v2 = entraV2.exec(issuer)?.[1];
  if (v1 !== undefined) return [issuer, `https://login.microsoftonline.com/${v1}/v2.0`];
  if (v2 !== undefined) return [issuer, `https://sts.windows.net/${v2}/`];
  return [issuer];
}

/** v2 tokens name the application id, v1 tokens its URI. */
function bothForms(audience: string): readonly string[] {
  const id = new RegExp(`^(?:api://)?(${guid})$`, "i").exec(audience)?.[1];
  return id === undefined ? [audience] : [id, `api://${id}`];
}
