import { digest } from "../seeded.ts";

/** Roles on the resource, and the data actions they hold. Roles that manage a resource hold none: Owner is not enough. */
const roleGrants = new Map<string, readonly string[]>([
  ["Cognitive Services OpenAI User", ["OpenAI"]],
  ["Cognitive Services OpenAI Contributor", ["OpenAI"]],
  ["Cognitive Services User", ["OpenAI"]],
  ["Azure AI User", ["OpenAI", "AIServices"]],
  ["Azure AI Developer", ["OpenAI"]],
  ["Azure AI Project Manager", ["OpenAI", "AIServices"]],
  ["Owner", []],
  ["Contributor", []],
  ["Reader", []],
]);

/** Names of the roles that a configuration may give. */
export const roles: readonly string[] = [...roleGrants.keys()];

/** An identity that can get tokens. */
export interface Principal {
  readonly kind: "system" | "user" | "application";
  readonly clientId: string;
  readonly objectId: string;
  /** Secret of an application. */
  readonly secret: string | null;
  /** Data actions that its roles hold. */
  readonly grants: readonly string[];
}

export interface Tenant {
  readonly id: string;
  readonly tokenLifetimeSeconds: number;
  readonly principals: readonly Principal[];
  /** What `X-IDENTITY-HEADER` must be. */
  readonly identityHeader: string;
  /** The only federated token that is taken; null: any that is not empty. */
  readonly federatedToken: string | null;
}

/** How a configuration describes an identity. */
export interface PrincipalConfig {
  readonly kind: Principal["kind"];
  readonly clientId?: string;
  readonly secret?: string;
  readonly roles?: readonly string[];
}

export interface IdentityConfig {
  readonly tenantId?: string;
  readonly tokenLifetimeSeconds?: number;
  readonly principals?: readonly PrincipalConfig[];
  readonly identityHeader?: string;
  readonly federatedToken?: string;
}

/** A GUID that depends on its text alone. */
function guid(text: string): string {
  const hex = digest("guid", text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const defaultRoles = ["Azure AI User"];
const defaultPrincipals: readonly PrincipalConfig[] = [{ kind: "system" }, { kind: "application" }];
const anHour = 3_600;

/** The tenant of a configuration: by default one system-assigned identity and one application, both with the role Azure AI User. */
export function createTenant(config: IdentityConfig, secret: string): Tenant {
  const id = config.tenantId ?? guid("tenant");
  const principals = (config.principals ?? defaultPrincipals).map((each, index): Principal => {
    const clientId = each.clientId ?? guid(`client ${index}`);
    const grants = new Set((each.roles ?? defaultRoles).flatMap((role) => roleGrants.get(role) ?? []));
    const own = each.kind === "application" ? (each.secret ?? secret) : null;
    return { kind: each.kind, clientId, objectId: guid(`object ${clientId}`), secret: own, grants: [...grants] };
  });
  return {
    id,
    principals,
    tokenLifetimeSeconds: config.tokenLifetimeSeconds ?? anHour,
    identityHeader: config.identityHeader ?? secret,
    federatedToken: config.federatedToken ?? null,
  };
}
