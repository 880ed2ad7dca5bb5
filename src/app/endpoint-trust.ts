import { normaliseEndpoint } from "../azure/endpoint.ts";
import type { Config, ConfigNotice } from "../config/config.ts";
import { type Origin, trustOf } from "../config/settings.ts";
import { visible } from "../config/visible.ts";
import { isLecternError, LecternError } from "../core/errors.ts";
import { oneLine } from "../core/neutralise.ts";
import { hashOf, openApprovals } from "./approvals.ts";

/** Settings that decide where a credential goes and who can read it on the way. */
const routes = ["azure.endpoint", "azure.baseUrl", "azure.backends", "azure.headers", "azure.keyHeader", "azure.caFile"] as const;
type Route = (typeof routes)[number];

/** What is about to be proven to an endpoint, and where it comes from. */
export interface Proof {
  /** As messages name it: `the API key`, `an Entra token`. */
  readonly what: string;
  /** `token`: given in code, which answers for the host. */
  readonly kind: "key" | "entra" | "token";
  readonly origin: Origin;
}

/** One address a credential would be sent to. */
interface Destination {
  readonly path: Route;
  readonly url: URL;
  readonly isAzure: boolean;
  readonly isLoopback: boolean;
}

/**
 * Refuses to send a credential where a less trusted place than its own says: a project's file or `.env` does not get the user's key or token,
 * unless the user approved exactly these settings. Azure's own hosts over https are the exception where nothing of the user's is at stake:
 * for Entra tokens (only Azure itself reads them) and for keys of the project's `.env`. Throws `config`; gives what the user should know.
 */
export function checkDestinations(config: Config, proof: Proof): readonly ConfigNotice[] {
  const destinations = destinationsOf(config);
  if (proof.kind === "entra") for (const destination of destinations) checkTokenHost(config, destination);
  const weaker = weakerRoutes(config, proof);
  const doubtful = weaker.filter((path) => !isHarmless(path, destinations, proof));
  const replaced = weaker.find((path) => replacesUsersOwn(config, path));
  const needsApproval = doubtful.length > 0 || replaced !== undefined;
  if (needsApproval && !endpointApproval(config).isApproved) {
    throw refusal(config, { destinations, proof, path: doubtful[0] ?? replaced!, replaced: doubtful.length === 0 });
  }
  return destinations.flatMap((destination) => clearText(config, destination, proof));
}

/** What a project's files say about where credentials go, for the user to approve; empty where they say nothing. */
export function endpointApproval(config: Config): {
  readonly lines: readonly string[];
  readonly isApproved: boolean;
  approve(): void;
  revoke(): void;
} {
  const named = routes.filter((path) => trustOf[originOf(config, path).kind] < 3);
  const parts = named.map((path) => [path, originOf(config, path).name, settingOf(config, path)]);
  const hash = hashOf([config.root, parts]);
  const approvals = openApprovals(config, "endpoints");
  return {
    lines: parts.map(([path, name, value]) => `${path} = ${visible(JSON.stringify(value))}   (${name})`),
    isApproved: named.length > 0 && approvals.has(hash),
    approve: () => approvals.add(hash, `${config.root}: ${named.join(", ")}`),
    revoke: () => approvals.remove(hash),
  };
}

function weakerRoutes(config: Config, proof: Proof): readonly Route[] {
  return routes.filter((path) => {
    if (settingOf(config, path) === undefined || (path === "azure.endpoint" && config.azure.baseUrl !== undefined)) return false;
    if (path === "azure.keyHeader" && proof.kind !== "key") return false;
    return trustOf[originOf(config, path).kind] < trustOf[proof.origin.kind];
  });
}

/** Whether sending there gives nothing away although a less trusted place says so. */
function isHarmless(path: Route, destinations: readonly Destination[], proof: Proof): boolean {
  const hosts = destinations.filter((destination) => destination.path === path);
  if (hosts.length === 0) return false;
  // Only Azure's own front sees a token, and it refuses one without a role there; checkTokenHost has seen to the rest.
  if (proof.kind !== "key") return hosts.every((host) => host.isAzure && host.url.protocol === "https:");
  if (proof.origin.kind !== "dotenv") return false;
  return hosts.every((host) => host.isLoopback || (host.isAzure && host.url.protocol === "https:"));
}

const replacesUsersOwn = (config: Config, path: Route): boolean =>
  (config.overridden.get(path) ?? []).some((origin) => trustOf[origin.kind] === 3);

function refusal(
  config: Config,
  doubt: {
    readonly destinations: readonly Destination[];
    readonly proof: Proof;
    readonly path: Route;
    readonly replaced: boolean;
  },
): LecternError {
  const { destinations, proof, path, replaced } = doubt;
  const origin = originOf(config, path);
  const host = destinations.find((destination) => destination.path === path)?.url.host;
  const where = `${path === "azure.endpoint" ? "The endpoint" : path}${host ? ` (${visible(host)})` : ""}`;
  const message = replaced
    ? `${where} comes from ${origin.name}, a file of the project, in place of your own (${config.overridden.get(path)!.at(-1)!.name}).`
    : `${where} comes from ${origin.name}, a file of the project, but ${proof.what} comes from ${proof.origin.name}: what is yours is not sent where a project says.`;
  const own =
    path === "azure.endpoint"
      ? "name it yourself (AZURE_OPENAI_ENDPOINT in the environment, or --endpoint)"
      : "set it in your own configuration file";
  return new LecternError("config", message, {
    fix: `Check it; then ${own}, or approve what the project says: lectern mcp trust --endpoint.`,
  });
}

function checkTokenHost(config: Config, { path, url, isAzure, isLoopback }: Destination): void {
  const { origins, azure } = config;
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  const vouched = origins.get("azure.trustedHosts");
  const trusted = vouched && trustOf[vouched.kind] === 3 ? (azure.trustedHosts ?? []) : [];
  const isTrusted = trusted.some((entry) => entry.toLowerCase() === host || entry.toLowerCase() === url.host.toLowerCase());
  if (!isAzure && !isTrusted) {
    throw new LecternError(
      "config",
      `An Entra token is only sent to Azure's own hosts; ${visible(host)} (${originOf(config, path).name}) is none.`,
      {
        fix: `Use an API key for this gateway, or list ${visible(host)} under azure.trustedHosts in your own configuration (the user's file or --config).`,
      },
    );
  }
  if (url.protocol === "https:" || isLoopback) return;
  throw new LecternError(
    "config",
    `An Entra token is only sent over https; ${originOf(config, path).name} begins with http://.`,
    {
      fix: "Write https:// in the endpoint.",
    },
  );
}

/** A key in clear text is the user's own choice where the user named the endpoint, and none of a project. */
function clearText(config: Config, { path, url, isLoopback }: Destination, proof: Proof): readonly ConfigNotice[] {
  if (url.protocol === "https:" || isLoopback || proof.kind !== "key") return [];
  const origin = originOf(config, path);
  return [
    {
      code: "clear_text",
      message: `${origin.name} begins with http://: the API key and your questions travel in clear text. Use https:// where the gateway has it.`,
    },
  ];
}

function destinationsOf(config: Config): readonly Destination[] {
  const { endpoint, baseUrl, backends = [] } = config.azure;
  const first = baseUrl === undefined ? destination(config, "azure.endpoint", endpoint ?? "") : gateway(config, baseUrl);
  return [first, ...backends.map((backend) => destination(config, "azure.backends", backend.endpoint))];
}

/** Whether a part of an address is still to be filled in: `https://<resource>.openai.azure.com`. */
export const holdsPlaceholder = (address: string): boolean => /<[^<>]+>/.test(address);

/** Read exactly as the wire client reads it, so that both mean the same host. */
function destination(config: Config, path: Route, given: string): Destination {
  try {
    const { root, kind } = normaliseEndpoint(given);
    const url = new URL(root);
    return { path, url, isAzure: kind === "azure", isLoopback: isLoopback(url) };
  } catch (error) {
    const { message, fix } = isLecternError(error) ? error : { message: "is no URL", fix: undefined };
    // Copied from a page like it stands there: to name the form once more would not help.
    if (holdsPlaceholder(given)) {
      throw new LecternError("config", `${originOf(config, path).name} still holds a placeholder: ${oneLine(given, 100)}`, {
        fix: "Put your own resource's name in its place; the Azure portal shows the whole address under Keys and Endpoint.",
        cause: error,
      });
    }
    throw new LecternError("config", `${originOf(config, path).name}: ${message}.`, { cause: error, ...(fix ? { fix } : {}) });
  }
}

/** `baseUrl` is used verbatim, so it must be a whole URL. */
function gateway(config: Config, baseUrl: string): Destination {
  if (URL.canParse(baseUrl) && /^https?:\/\//i.test(baseUrl)) {
    const found = destination(config, "azure.baseUrl", baseUrl);
    if (found.url.host === new URL(baseUrl).host) return found;
  }
  throw new LecternError("config", `${originOf(config, "azure.baseUrl").name}: azure.baseUrl is no whole URL.`, {
    fix: "Write it with its scheme: https://gateway.example.com/openai/v1.",
  });
}

const isLoopback = (url: URL): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i.test(url.hostname);

const settingOf = (config: Config, path: Route): unknown => config.azure[path.slice("azure.".length) as keyof Config["azure"]];

/** A value without an origin was given in code, which is the user's own. */
const originOf = (config: Config, path: string): Origin => config.origins.get(path) ?? { kind: "flag", name: path };
