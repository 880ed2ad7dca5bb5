import { LecternError } from "../../core/errors.ts";
import type { Caller } from "../../core/served-tools.ts";
import type { Routes } from "../http/front.ts";
import { isRefusal, type Refusal, refuse } from "../http/refusal.ts";
import { type Authenticator, openDoor } from "./authenticator.ts";
import type { OidcAuthOptions } from "./oidc.ts";
import type { TokenAuthOptions } from "./token.ts";

/** Who may call. `oidc` takes access tokens of an OpenID provider, Entra ID in particular; `token` takes fixed ones. */
export type AuthOptions =
  | { readonly type: "none" }
  | ({ readonly type: "token" } & TokenAuthOptions)
  | ({
      readonly type: "oidc";
      /** How the outside reaches this server, where a proxy stands in between: `https://kb.example.com`. Default: the Host of each request. */
      readonly publicUrl?: string;
    } & OidcAuthOptions);

/** A last word on every request: gives the caller, perhaps changed, or undefined to refuse it (403). */
export type Access = (caller: Caller) => Caller | undefined | Promise<Caller | undefined>;

export interface OpenedAuth {
  readonly authenticator: Authenticator;
  /** What clients may read without a token, to learn where to get one. */
  readonly routes: Routes;
}

/** Loads and sets up what was chosen. Throws a LecternError `config` for settings that protect nothing. */
export async function openAuth(
  auth: AuthOptions,
  options: { readonly path: string; readonly access?: Access },
): Promise<OpenedAuth> {
  const opened = await openByType(auth, options.path);
  const { access } = options;
  return access === undefined ? opened : { ...opened, authenticator: withAccess(opened.authenticator, access) };
}

async function openByType(auth: AuthOptions, path: string): Promise<OpenedAuth> {
  switch (auth.type) {
    case "none":
      return { authenticator: openDoor, routes: new Map() };
    case "token": {
      const { tokenAuthenticator } = await import("./token.ts");
      return { authenticator: tokenAuthenticator(auth), routes: new Map() };
    }
    case "oidc": {
      const { advertisedScope, oidcAuthenticator } = await import("./oidc.ts");
      const { metadataRoutes, metadataUrlOf } = await import("./metadata.ts");
      const { publicUrl, issuer } = auth;
      if (publicUrl !== undefined && !URL.canParse(publicUrl)) throw new LecternError("config", "The public URL is not a URL.");
      const scope = advertisedScope(auth);
      const scopes = scope === undefined ? [] : [scope];
      return {
        authenticator: oidcAuthenticator(auth, (headers) => metadataUrlOf({ path, publicUrl }, headers)),
        routes: metadataRoutes({ path, publicUrl, issuer, scopes }),
      };
    }
    default:
      // From plain JavaScript anything can come; it must not open the door.
      throw new LecternError("config", "There is no such kind of authentication.", { fix: "Use none, token or oidc." });
  }
}

function withAccess(inner: Authenticator, access: Access): Authenticator {
  const decide = async (found: Caller | Refusal): Promise<Caller | Refusal> => {
    if (isRefusal(found)) return found;
    return (await access(found)) ?? refuse(403, "This caller may not use this server.");
  };
  return {
    ...inner,
    authenticate: (headers) => {
      const found = inner.authenticate(headers);
      return found instanceof Promise ? found.then(decide) : decide(found);
    },
  };
}
