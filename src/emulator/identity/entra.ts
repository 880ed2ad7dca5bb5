import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { JsonObject } from "../../core/json.ts";
import { readBody } from "../http.ts";
import type { Certificates } from "./certificate.ts";
import { audienceOf } from "./managed.ts";
import type { Principal, Tenant } from "./tenant.ts";
import type { TokenSigner } from "./tokens.ts";

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

const maxBodyBytes = 256 * 1024;
/** Resources that exist in the emulated tenant; a token for another one cannot be had. */
const resources = ["https://ai.azure.com", "https://cognitiveservices.azure.com", "https://management.azure.com"];

function refusal(status: number, error: string, code: number, text: string): Reply {
  const body = {
    error,
    error_description: `AADSTS${code}: ${text}`,
    error_codes: [code],
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  };
  return { status, body };
}

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

function checkProof(form: URLSearchParams, tenant: Tenant, client: Principal): Reply | undefined {
  const assertion = form.get("client_assertion");
  if (assertion !== null) {
    const right = tenant.federatedToken === null ? assertion.length > 0 : same(assertion, tenant.federatedToken);
    return right
      ? undefined
      : refusal(401, "invalid_client", 70021, "No matching federated identity record found for presented assertion.");
  }
  if (client.secret !== null && same(form.get("client_secret") ?? "", client.secret)) return undefined;
  const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client.clientId}'.`;
  return refusal(401, "invalid_client", 7000215, text);
}

function token(form: URLSearchParams, tenant: Tenant, signer: TokenSigner): Reply {
  if (form.get("grant_type") !== "client_credentials") {
    return refusal(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  }
  const id = form.get("client_id") ?? "";
  const client = tenant.principals.find((principal) => principal.kind === "application" && principal.clientId === id);
  if (client === undefined) {
    return refusal(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${id.slice(0, 80)}' was not found in the directory.`,
    );
  }
  const refused = checkProof(form, tenant, client);
  if (refused !== undefined) return refused;
  const scope = form.get("scope") ?? "";
  if (!scope.endsWith("/.default")) {
    return refusal(
      400,
      "invalid_scope",
      1002012,
      `The provided value for scope ${scope.slice(0, 120)} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
    );
  }
  const audience = audienceOf(scope);
  if (!resources.includes(audience)) {
    return refusal(
      400,
      "invalid_resource",
      500011,
      `The resource principal named ${audience.slice(0, 120)} was not found in the tenant.`,
    );
  }
  const lifetime = tenant.tokenLifetimeSeconds;
  const body = {
    token_type: "Bearer",
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: signer.issue(client, audience),
  };
  return { status: 200, body };
}

function openIdConfiguration(authority: string, tenantId: string): JsonObject {
  const base = `${authority}/${tenantId}`;
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ["code", "id_token", "token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: "EU",
    cloud_instance_name: "localhost",
  };
}

async function answer(request: IncomingMessage, tenant: Tenant, signer: TokenSigner): Promise<Reply> {
  const authority = `https://${request.headers.host ?? "127.0.0.1"}`;
  const path = URL.parse(request.url ?? "/", authority)?.pathname ?? "/";
  const [, tenantId = "", rest = ""] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (tenantId !== tenant.id) {
    return refusal(
      400,
      "invalid_tenant",
      90002,
      `Tenant '${tenantId.slice(0, 80)}' not found. Check to make sure you have the correct tenant ID.`,
    );
  }
  if (rest === "v2.0/.well-known/openid-configuration") return { status: 200, body: openIdConfiguration(authority, tenantId) };
  if (rest === "discovery/v2.0/keys") return { status: 200, body: signer.jwks() };
  if (rest === "oauth2/v2.0/token" && request.method === "POST") {
    return token(new URLSearchParams(await readBody(request, maxBodyBytes)), tenant, signer);
  }
  return { status: 404, body: { error: "not_found" } };
}

async function handle(request: IncomingMessage, response: ServerResponse, tenant: Tenant, signer: TokenSigner): Promise<void> {
  const { status, body } = await answer(request, tenant, signer);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store, no-cache" });
  response.end(JSON.stringify(body));
}

/** The token endpoint of an emulated Entra tenant: client secrets and federated tokens, over https. */
export function createEntraServer(tenant: Tenant, signer: TokenSigner, { cert, key }: Certificates): Server {
  return process.getBuiltinModule("node:https").createServer({ cert, key }, (request, response) => {
    handle(request, response, tenant, signer).catch(() => response.destroy());
  });
}
