import type { Agent, AgentOptions as HttpsAgentOptions } from "node:https";
import type { PeerCertificate, TLSSocket } from "node:tls";
import type { Origin } from "./wire.ts";

/** Certificate failures that another list of trusted roots could mend. */
export const untrustedCodes: ReadonlySet<string> = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/**
 * Roots to trust: Node's own, those of the operating system where asked for, and extra ones. Undefined for Node's own alone,
 * so that nothing is loaded where nothing is special.
 */
export function trustedRoots(options: { ca?: string | undefined; system: boolean }): string[] | undefined {
  const { ca, system } = options;
  if (ca === undefined && !system) return undefined;
  const tls = process.getBuiltinModule("node:tls");
  const usual = tls.getCACertificates("default");
  return [...usual, ...(system ? tls.getCACertificates("system") : []), ...(ca === undefined ? [] : [ca])];
}

/** How long the look at an untrusted certificate may take, in milliseconds. */
const lookMs = 3_000;

/**
 * Who issued the certificate that a host shows, to name an inspecting proxy. Connects without trusting, through the proxy
 * where there is one, and sends nothing. Undefined where it cannot be told; never throws.
 */
export async function issuerOf(origin: Origin): Promise<string | undefined> {
  if (!origin.secure) return undefined;
  const https = process.getBuiltinModule("node:https");
  const options: HttpsAgentOptions = { ...origin.agentOptions, keepAlive: false, rejectUnauthorized: false };
  const agent = new https.Agent(options);
  try {
    return await lookAtIssuer(agent, origin);
  } catch {
    return undefined;
  } finally {
    agent.destroy();
  }
}

function lookAtIssuer(agent: Agent, { hostname, port }: Origin): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too slow")), lookMs);
    // An OPTIONS request that is destroyed as soon as the connection stands: the agent alone knows the way through a proxy.
    const request = process
      .getBuiltinModule("node:https")
      .request({ agent, hostname, port, servername: hostname, method: "OPTIONS" });
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      finish();
      request.destroy();
    };
    request.on("error", (error) => settle(() => reject(error)));
    request.on("socket", (socket) => {
      const tell = (): void => settle(() => resolve(issuerName(socket as TLSSocket)));
      // Through a proxy the socket comes with its handshake done.
      if (issuerName(socket as TLSSocket) === undefined) socket.once("secureConnect", tell);
      else tell();
    });
  });
}

function issuerName(socket: TLSSocket): string | undefined {
  const certificate: Partial<PeerCertificate> | null = socket.getPeerCertificate();
  const name = certificate?.issuer?.CN ?? certificate?.issuer?.O;
  return Array.isArray(name) ? name[0] : name;
}
