import type { DpopSession, OAuthClientProvider, StoredOAuthTokens } from "@modelcontextprotocol/client";
import { LecternError } from "../../core/errors.ts";
import type { Sdk } from "../engine.ts";
import type { ClientCredentials } from "./types.ts";

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

function authenticationMethod(credentials: ClientCredentials): string {
  if (credentials.privateKey !== undefined) return "private_key_jwt";
  return credentials.secret === undefined ? "none" : "client_secret_basic";
}

async function tokenRequest(credentials: ClientCredentials, scope: string | undefined): Promise<URLSearchParams> {
  const params = new URLSearchParams({ grant_type: credentials.assertion === undefined ? "client_credentials" : jwtBearer });
  if (credentials.assertion !== undefined) params.set("assertion", await credentials.assertion());
  const wanted = scope ?? credentials.scope;
  if (wanted !== undefined) params.set("scope", wanted);
  return params;
}

const noBrowser = (): never => {
  throw new LecternError("auth", "This client signs in without a person; there is nothing to open");
};

/** The engine's view of a registered client without a person. Tokens live in memory only. */
export function clientCredentialsProvider(sdk: Sdk, credentials: ClientCredentials): OAuthClientProvider {
  const { clientId, secret, privateKey, issuer } = credentials;
  let tokens: StoredOAuthTokens | undefined;
  let dpop: Promise<DpopSession> | undefined;
  return {
    redirectUrl: undefined,
    clientMetadata: {
      client_name: "lectern",
      redirect_uris: [],
      grant_types: [credentials.assertion === undefined ? "client_credentials" : jwtBearer],
      token_endpoint_auth_method: authenticationMethod(credentials),
      ...(credentials.scope !== undefined && { scope: credentials.scope }),
    },
    clientInformation: () => ({
      client_id: clientId,
      ...(secret !== undefined && { client_secret: secret }),
      ...(issuer !== undefined && { issuer }),
    }),
    tokens: () => tokens,
    saveTokens: (received) => {
      tokens = received;
    },
    redirectToAuthorization: noBrowser,
    saveCodeVerifier: () => {},
    codeVerifier: noBrowser,
    prepareTokenRequest: (scope) => tokenRequest(credentials, scope),
    ...(privateKey !== undefined && {
      addClientAuthentication: sdk.createPrivateKeyJwtAuth({
        issuer: clientId,
        subject: clientId,
        privateKey: privateKey.pem,
        alg: privateKey.algorithm,
      }),
    }),
    ...(credentials.sendResource === false && { validateResourceURL: async () => undefined }),
    ...(credentials.dpop === true && {
      dpop: () => {
        dpop ??= sdk.DpopSession.create();
        return dpop;
      },
    }),
  };
}
