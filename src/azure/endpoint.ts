import { LecternError } from "../core/errors.ts";

export type Cloud = "public" | "government" | "china";

/** An endpoint as the client uses it. */
export interface Endpoint {
  /** Scheme, host, port and a gateway's path prefix; no slash at the end. */
  readonly root: string;
  readonly host: string;
  /** `azure`: a known Azure host, whose paths are ours to choose; `gateway`: anything else, whose path is kept. */
  readonly kind: "azure" | "gateway";
  readonly cloud: Cloud;
  /** Scope of access tokens in this cloud. */
  readonly scope: string;
  /** Name of the Azure resource, where the host tells it. */
  readonly resource: string | undefined;
  /** Deployment and api-version found in what was pasted. */
  readonly deployment: string | undefined;
  readonly apiVersion: string | undefined;
  /** What was given and what is used instead, where they differ. */
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

const azureHosts: readonly { readonly suffix: string; readonly cloud: Cloud }[] = [
  { suffix: ".openai.azure.com", cloud: "public" },
  { suffix: ".cognitiveservices.azure.com", cloud: "public" },
  { suffix: ".services.ai.azure.com", cloud: "public" },
  { suffix: ".api.cognitive.microsoft.com", cloud: "public" },
  { suffix: ".openai.azure.us", cloud: "government" },
  { suffix: ".cognitiveservices.azure.us", cloud: "government" },
  { suffix: ".services.ai.azure.us", cloud: "government" },
  { suffix: ".api.cognitive.microsoft.us", cloud: "government" },
  { suffix: ".openai.azure.cn", cloud: "china" },
  { suffix: ".cognitiveservices.azure.cn", cloud: "china" },
  { suffix: ".services.ai.azure.cn", cloud: "china" },
  { suffix: ".api.cognitive.azure.cn", cloud: "china" },
];

/** Sovereign scopes as of 2026-11; `credential.scope` overrides them. */
const scopes: Readonly<Record<Cloud, string>> = {
  public: "https://ai.azure.com/.default",
  government: "https://cognitiveservices.azure.us/.default",
  china: "https://cognitiveservices.azure.cn/.default",
};

const loopback = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i;

/**
 * Makes one endpoint of whatever people paste: a bare resource name, a host, a URL with `/openai`, a full request URL with
 * api-version, a Foundry project URL. Paths are cut only on known Azure hosts; elsewhere only a full request path is.
 * Throws LecternError "config" for what is no endpoint.
 */
export function normaliseEndpoint(given: string): Endpoint {
  const cleaned = withoutWrapping(given);
  if (cleaned === "") throw notAnEndpoint("is empty");
  // As the bare name of a resource it would go out in DNS queries and messages.
  if (/^([0-9a-f]{32}|[a-z0-9]{60,})$/i.test(cleaned)) throw notAnEndpoint("looks like an API key");
  const url = toUrl(cleaned);
  const host = url.hostname.toLowerCase();
  if (isPortal(host)) throw notAnEndpoint("is the address of a portal, not of a resource");
  const known = azureHosts.find(({ suffix }) => `.${host}`.endsWith(suffix));
  if (known !== undefined && host.length <= known.suffix.length) throw notAnEndpoint("names no resource");
  const prefix = known === undefined ? gatewayPrefix(url.pathname) : "";
  const root = `${url.origin}${prefix}`;
  const deployment = /\/deployments\/([^/]+)/.exec(url.pathname)?.[1];
  const cloud = known?.cloud ?? "public";
  const apiVersion = datedVersion(url);
  return {
    root,
    host: url.host,
    kind: known === undefined ? "gateway" : "azure",
    cloud,
    scope: scopes[cloud],
    resource: known === undefined || known.suffix.startsWith(".api.") ? undefined : host.slice(0, -known.suffix.length),
    deployment: deployment === undefined ? undefined : decoded(deployment),
    apiVersion,
    notices: noticesFor(cleaned, url, root),
  };
}

/** What people copy along: quotes and brackets of all kinds, invisible characters, the variable's name, punctuation behind. */
function withoutWrapping(given: string): string {
  const visible = given.replace(/[\u200b-\u200f\u2060\ufeff]/g, "").trim();
  if (/^<[^>:/]*>$/.test(visible)) throw notAnEndpoint("is a placeholder");
  return visible
    .replace(/^(export )?[A-Z][A-Z0-9_]* *= */, "")
    .replace(/^["'`<(“”‘’«»]+|["'`>)“”‘’«»,;]+$/g, "")
    .trim()
    .replace(/^(https?)(:\/|\/\/)(?!\/)/i, "$1://");
}

/** Whether a host is a portal in which resources are looked at. A key must not go there. */
export function isPortal(host: string): boolean {
  return /^(?:(?:www\.)?ml|portal|ai|oai)\.azure\.(?:com|us|cn)$/i.test(host);
}

function toUrl(cleaned: string): URL {
  const bareName = /^[a-z0-9][a-z0-9-]{1,62}$/i.test(cleaned) && !loopback.test(cleaned);
  if (bareName) return new URL(`https://${cleaned}.openai.azure.com`);
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(cleaned);
  const hostOnly = /^(\[[^\]]*\]|[^/:?]*)/.exec(cleaned)![0];
  const address = hasScheme ? cleaned : `${loopback.test(hostOnly) ? "http" : "https"}://${cleaned}`;
  if (!URL.canParse(address)) throw notAnEndpoint("is no URL");
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw notAnEndpoint(`begins with ${url.protocol}//`);
  if (url.username !== "" || url.password !== "") throw notAnEndpoint("holds a user name or password");
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9_][a-z0-9._-]*)$/.test(url.hostname))
    throw notAnEndpoint("holds no host name that can be right");
  // The zone of a private endpoint is for its DNS; certificates and requests bear the usual name.
  url.hostname = url.hostname.replace(/^([^.]+)\.privatelink(\..*azure\.\w+)$/, "$1$2");
  return url;
}

function decoded(deployment: string): string {
  try {
    return decodeURIComponent(deployment);
  } catch {
    throw notAnEndpoint("holds a deployment's name that is not encoded as URLs are");
  }
}

function notAnEndpoint(why: string): LecternError {
  return new LecternError("config", `The Azure OpenAI endpoint ${why}`, {
    fix: "Set AZURE_OPENAI_ENDPOINT to https://<resource>.openai.azure.com, or run with --emulator.",
  });
}

/** A gateway's own path stays; `/openai` and what follows it are cut only because requests put them there again. */
function gatewayPrefix(path: string): string {
  return path.replace(/\/openai(\/+(v1|deployments|responses)(\/.*)?)?\/*$/, "").replace(/\/+$/, "");
}

function datedVersion(url: URL): string | undefined {
  const version = url.searchParams.get("api-version") ?? undefined;
  // The v1 API takes no dated version; other APIs on the host, such as /models of Foundry, have versions of their own.
  const isOthers = /\/openai\/v1(\/|$)|^\/(models|api)(\/|$)/.test(url.pathname);
  return version === undefined || isOthers || !isDated(version) ? undefined : version;
}

/** True for api-versions of the classic API, 2024-10-21 or 2025-03-01-preview for example. */
export function isDated(apiVersion: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(-preview)?$/.test(apiVersion);
}

function noticesFor(cleaned: string, url: URL, root: string): Endpoint["notices"] {
  const bare = cleaned.replace(/\/+$/, "").toLowerCase();
  const same = [root, url.host, `${url.protocol}//${url.host}`].some((form) => form.toLowerCase() === bare);
  if (same) return [];
  const shown = `${url.origin}${url.pathname}`;
  const project = /\/api\/projects\//.test(url.pathname) ? " A Foundry project's models are served by its resource." : "";
  const given = url.origin === root && /^\/*$/.test(url.pathname) ? cleaned.split(/[?#]/)[0]! : shown;
  return [{ code: "endpoint_normalised", message: `You gave ${given}; ${root} is used.${project}` }];
}
