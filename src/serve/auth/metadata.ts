import type { FrontHandler, Routes } from "../http/front.ts";
import type { HeaderMap } from "../http/headers.ts";
import { sendJson } from "../http/reply.ts";

/** Source: RFC 9728 section 3: the well-known part stands before the resource's own path; clients in the field ask for the bare one too. */
const wellKnown = "/.well-known/oauth-protected-resource";

export interface ResourceMetadataOptions {
  /** Of the MCP endpoint, for example "/mcp". */
  readonly path: string;
  /** How the outside reaches this server, where a proxy stands in between: `https://kb.example.com`. Default: the Host of each request. */
  readonly publicUrl: string | undefined;
  readonly issuer: string;
  readonly scopes: readonly string[];
}

export function metadataUrlOf(
  { path, publicUrl }: Pick<ResourceMetadataOptions, "path" | "publicUrl">,
  headers: HeaderMap,
): string {
  return `${baseUrl(publicUrl, headers)}${wellKnown}${path}`;
}

function baseUrl(publicUrl: string | undefined, headers: HeaderMap): string {
  return publicUrl?.replace(/\/$/, "") ?? `http://${headers.get("host") ?? "localhost"}`;
}

/** Says where tokens for this server come from. Source: RFC 9728. */
export function metadataRoutes(options: ResourceMetadataOptions): Routes {
  const describe: FrontHandler = ({ headers }, response) =>
    sendJson(
      response,
      200,
      JSON.stringify({
        resource: `${baseUrl(options.publicUrl, headers)}${options.path}`,
        authorization_servers: [options.issuer],
        ...(options.scopes.length === 0 ? {} : { scopes_supported: options.scopes }),
        bearer_methods_supported: ["header"],
      }),
    );
  const methods = { GET: describe, HEAD: describe };
  return new Map([
    [wellKnown, methods],
    [`${wellKnown}${options.path}`, methods],
  ]);
}
