import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "../../core/json.ts";
import type { Answer } from "../http.ts";
import type { Principal, Tenant } from "./tenant.ts";
import type { TokenSigner } from "./tokens.ts";

interface Asked {
  readonly tenant: Tenant;
  readonly signer: TokenSigner;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}

const json = (status: number, body: JsonObject): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});

/** The identity asked for: by client id, or the system-assigned one (or the only one there is). */
function findIdentity(tenant: Tenant, clientId: string | null): Principal | undefined {
  const managed = tenant.principals.filter((principal) => principal.kind !== "application");
  if (clientId !== null) return managed.find((principal) => principal.clientId === clientId);
  return managed.find((principal) => principal.kind === "system");
}

/** The audience of a resource or scope: without `/.default` and the last slash. */
export const audienceOf = (resource: string): string => resource.replace(/\/\.default$/, "").replace(/\/$/, "");

/** App Service and Container Apps: `GET /msi/token` with `X-IDENTITY-HEADER`, api-version 2019-08-01. */
function appService({ tenant, signer, url, headers }: Asked): Answer {
  if (headers["x-identity-header"] !== tenant.identityHeader) {
    return json(401, { statusCode: 401, message: "Unauthorized. X-IDENTITY-HEADER is missing or wrong." });
  }
  const resource = url.searchParams.get("resource");
  if (resource === null) return json(400, { statusCode: 400, message: "The query parameter 'resource' is missing." });
  const identity = findIdentity(tenant, url.searchParams.get("client_id"));
  if (identity === undefined) {
    const message = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
    return json(400, { statusCode: 400, message });
  }
  return json(200, {
    access_token: signer.issue(identity, audienceOf(resource)),
    expires_on: String(signer.seconds() + tenant.tokenLifetimeSeconds),
    resource,
    token_type: "Bearer",
    client_id: identity.clientId,
  });
}

/** A virtual machine's metadata service; `@azure/identity` asks for its path with a slash at the end. */
function metadataService({ tenant, signer, url, headers }: Asked): Answer {
  if (headers.metadata !== "true") {
    return json(400, { error: "invalid_request", error_description: "Required metadata header not specified" });
  }
  const resource = url.searchParams.get("resource");
  if (resource === null) {
    return json(400, { error: "invalid_request", error_description: "Required query variable 'resource' is missing" });
  }
  const identity = findIdentity(tenant, url.searchParams.get("client_id"));
  if (identity === undefined) return json(400, { error: "invalid_request", error_description: "Identity not found" });
  const lifetime = String(tenant.tokenLifetimeSeconds);
  return json(200, {
    access_token: signer.issue(identity, audienceOf(resource)),
    client_id: identity.clientId,
    expires_in: lifetime,
    expires_on: String(signer.seconds() + tenant.tokenLifetimeSeconds),
    ext_expires_in: lifetime,
    not_before: String(signer.seconds()),
    resource,
    token_type: "Bearer",
  });
}

/** Answers the managed-identity endpoints; undefined for other paths. */
export function answerManaged(asked: Asked, method: string): Answer | undefined {
  if (method !== "GET") return undefined;
  if (asked.url.pathname === "/msi/token") return appService(asked);
  return /^\/metadata\/identity\/oauth2\/token\/?$/.test(asked.url.pathname) ? metadataService(asked) : undefined;
}
