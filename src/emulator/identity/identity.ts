import { randomBytes } from "node:crypto";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createCertificates } from "./certificate.ts";
import { createEntraServer } from "./entra.ts";
import { createTenant, type IdentityConfig, type Tenant } from "./tenant.ts";
import { TokenSigner } from "./tokens.ts";

/** What a program needs to sign in at the emulated tenant. */
export interface EmulatedIdentity {
  readonly tenantId: string;
  /** The first application, for client secrets and workload identity; null where none is configured. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  /** For AZURE_AUTHORITY_HOST: `https://127.0.0.1:PORT`. Credentials also need `disableInstanceDiscovery: true`. */
  readonly authority: string;
  /** The authority's certificate as PEM: write it to a file for NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  /** For IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  readonly managedEndpoint: string;
  readonly managedHeader: string;
  /** For AZURE_POD_IDENTITY_AUTHORITY_HOST. */
  readonly metadataHost: string;
  /** An access token for tests that need none of the flows; of the system-assigned identity, or the first principal. */
  token(audience?: string): string;
}

/** The emulated tenant, ready to sign; its https endpoint is opened only when it is configured. */
export interface TenantKeeper {
  readonly tenant: Tenant;
  readonly signer: TokenSigner;
}

export function createTenantKeeper(config: IdentityConfig, now: () => number): TenantKeeper {
  const tenant = createTenant(config, randomBytes(24).toString("base64url"));
  return { tenant, signer: new TokenSigner(tenant, now) };
}

export interface OpenIdentity extends AsyncDisposable {
  readonly identity: EmulatedIdentity;
}

function listening(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
}

/** Opens the https token endpoint at a free port of `host`. `url` is the emulator's own address. */
export async function openIdentity({ tenant, signer }: TenantKeeper, host: string, url: string): Promise<OpenIdentity> {
  const certificates = createCertificates();
  const server = createEntraServer(tenant, signer, certificates);
  await listening(server, host);
  const { port } = server.address() as AddressInfo;
  const application = tenant.principals.find((principal) => principal.kind === "application");
  const first = tenant.principals.find((principal) => principal.kind === "system") ?? tenant.principals[0];
  const identity: EmulatedIdentity = {
    tenantId: tenant.id,
    clientId: application?.clientId ?? null,
    clientSecret: application?.secret ?? null,
    authority: `https://${host}:${port}`,
    ca: certificates.ca,
    managedEndpoint: `${url}/msi/token`,
    managedHeader: tenant.identityHeader,
    metadataHost: url,
    token: (audience = "https://ai.azure.com") => (first === undefined ? "" : signer.issue(first, audience)),
  };
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return { identity, [Symbol.asyncDispose]: close };
}
