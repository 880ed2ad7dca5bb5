import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { type RefusalId, Refused } from "./refusals/table.ts";
import type { Route } from "./routes.ts";

/** What a token of the emulated Entra tenant says, once its signature, issuer and times were found right. */
export interface TokenFacts {
  readonly principal: string;
  readonly audience: string;
  /** Data actions that the principal's roles hold: `OpenAI`, `AIServices`. */
  readonly grants: readonly string[];
}

/** Reads tokens; undefined for one that is not this tenant's, broken or expired. */
type TokenReader = (token: string) => TokenFacts | undefined;

export type Network = "open" | "firewall" | "virtual_network" | "private" | "blocked";

const networkRefusals: Readonly<Record<Exclude<Network, "open">, RefusalId>> = {
  firewall: "403-vnet-firewall",
  virtual_network: "403-vnet-wrong-endpoint",
  private: "403-public-access-disabled",
  blocked: "403-blocked",
};

const audiences = ["https://ai.azure.com", "https://cognitiveservices.azure.com"];

export interface Gate {
  readonly key: string;
  readonly network: Network;
  readonly readToken: TokenReader;
  /** Tokens that count as expired, by fault. */
  readonly expired: Set<string>;
}

const bearerOf = (headers: IncomingHttpHeaders): string | undefined =>
  /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];

function sameKey(given: string, key: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(key);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Data action and operation of a route, as Azure names them. The v1 Responses action is reported; the others are its classic ones. */
function required(route: Route, method: string): { grant: string; action: string; operation: string } {
  if (route.project) return { grant: "AIServices", action: "", operation: `${method} /api/projects/{projectName}/openai/*` };
  const openAi = "Microsoft.CognitiveServices/accounts/OpenAI";
  if (route.kind === "models") return { grant: "OpenAI", action: `${openAi}/models/read`, operation: `${method} /openai/models` };
  if (route.kind === "stored" || route.api === "responses") {
    const path = route.family === "v1" ? "/openai/v1/responses" : "/openai/responses";
    const action = `${openAi}/responses/${method === "GET" ? "read" : "write"}`;
    return { grant: "OpenAI", action, operation: `${method} ${path}` };
  }
  const name = route.api === "chat" ? "chat/completions" : "embeddings";
  const path = route.family === "v1" ? `/openai/v1/${name}` : `/openai/deployments/{deployment-id}/${name}`;
  return { grant: "OpenAI", action: `${openAi}/deployments/${name}/action`, operation: `${method} ${path}` };
}

function checkToken(gate: Gate, token: string, route: Route, method: string): void {
  const facts = gate.expired.has(token) ? undefined : gate.readToken(token);
  const audience = facts?.audience.replace(/\/$/, "");
  const fits = audience !== undefined && audiences.includes(audience) && !(route.project && audience !== audiences[0]);
  if (facts === undefined || !fits) throw new Refused("401-token-bad-audience-or-missing");
  const { grant, action, operation } = required(route, method);
  if (facts.grants.includes(grant)) return;
  const named = { principal: facts.principal, action, operation };
  throw new Refused(route.project ? "401-role-missing-foundry" : "401-role-missing-long", named);
}

/**
 * Lets a request pass, or throws Refused: network rules first, then the key (`api-key`, or as bearer on v1 only) or an Entra token.
 * Foundry project paths take tokens only.
 */
export function checkAccess(gate: Gate, route: Route, method: string, headers: IncomingHttpHeaders): void {
  if (gate.network !== "open") throw new Refused(networkRefusals[gate.network]);
  const given = headers["api-key"];
  if (typeof given === "string" && !route.project) {
    if (sameKey(given, gate.key)) return;
    throw new Refused("401-key-wrong");
  }
  const bearer = bearerOf(headers);
  if (bearer === undefined) throw new Refused(route.project ? "401-token-bad-audience-or-missing" : "401-key-wrong");
  if (route.family === "v1" && !route.project && sameKey(bearer, gate.key)) return;
  const looksLikeToken = bearer.split(".").length === 3;
  if (!looksLikeToken && route.family === "v1" && !route.project) throw new Refused("401-key-wrong");
  checkToken(gate, bearer, route, method);
}

/** Whether the request bears the emulator's key, in either way. */
export function holdsKey(gate: Gate, headers: IncomingHttpHeaders): boolean {
  const given = headers["api-key"] ?? bearerOf(headers);
  return typeof given === "string" && sameKey(given, gate.key);
}

/** The bearer of a request, for the fault that makes it expire. */
export const bearerToken = bearerOf;

/** Names a local server may be called by. */
const localHosts = /^(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)(?::\d+)?$/i;

/** Listening on every address, the emulator cannot know its names; an address cannot be rebound. */
const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";

/**
 * True for a request that a web page may have been tricked into sending (DNS rebinding): a Host that is not this machine's, or the
 * Origin of another. `allowed` holds the host that the emulator was told to listen on.
 */
export function isForeign(headers: IncomingHttpHeaders, allowed: string): boolean {
  const own = (given: string): boolean => {
    if (localHosts.test(given)) return true;
    const name = given.replace(/:\d+$/, "").replace(/^\[(.+)\]$/, "$1");
    return name.toLowerCase() === allowed.toLowerCase() || (isWildcard(allowed) && isIP(name) !== 0);
  };
  if (!own(headers.host ?? "")) return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  const found = /^https?:\/\/(.+)$/.exec(origin);
  return found === null || !own(found[1]!);
}
