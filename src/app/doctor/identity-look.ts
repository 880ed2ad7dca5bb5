import http from "node:http";
import type { Environment } from "../../config/env.ts";
import type { World } from "./world.ts";

/** What the identity endpoint of this host says to one plain request. */
export interface IdentityLook {
  /** Its host and port. */
  readonly where: string;
  /** The variable that names it; undefined for the address that every virtual machine of Azure has. */
  readonly variable: string | undefined;
  /** Its status, or why there is none. */
  readonly said: number | "refused" | "silent";
}

/** Long enough for an endpoint on the same machine, in milliseconds. */
const patienceMs = 800;

/** Azure's Instance Metadata Service; other clouds have theirs at the same address. */
const metadataHost = "http://169.254.169.254";

/** Asks for a token once, as the identity library does again and again for minutes, to learn why it does. What comes is thrown away. */
export async function lookAtIdentity(world: World, env: Environment, signal: AbortSignal): Promise<IdentityLook> {
  const { url, variable } = endpointOf(env);
  const told = (said: IdentityLook["said"]): IdentityLook => ({ where: url.host, variable, said });
  const late = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const socket = await world.connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port, signal: late });
    if (url.protocol === "https:") {
      socket.destroy();
      return told("silent");
    }
    const headers = { Metadata: "true", "X-IDENTITY-HEADER": env.IDENTITY_HEADER ?? "" };
    return told(await statusOf(http.get(url, { headers, createConnection: () => socket, signal: late })));
  } catch (error) {
    return told((error as { code?: unknown }).code === "ECONNREFUSED" ? "refused" : "silent");
  }
}

function endpointOf(env: Environment): { readonly url: URL; readonly variable: string | undefined } {
  const query = "resource=https%3A%2F%2Fai.azure.com&api-version=";
  const variable = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"].find((name) => env[name]);
  const given = variable === undefined ? undefined : env[variable];
  const base = given !== undefined && URL.canParse(given) ? given : metadataHost;
  const isHost = base === metadataHost || variable === "AZURE_POD_IDENTITY_AUTHORITY_HOST";
  return isHost
    ? {
        url: new URL(`/metadata/identity/oauth2/token?${query}2018-02-01`, base),
        variable: base === given ? variable : undefined,
      }
    : { url: new URL(`?${query}2019-08-01`, base), variable };
}

function statusOf(request: http.ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    request.on("response", (response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    request.on("error", reject);
  });
}
