import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { JsonObject } from "../../src/core/json.ts";

export const tenant = "7f1d2c3b-4a5e-4f60-8a71-92b3c4d5e6f7";
export const audience = "api://kb-test";

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An OpenID provider on loopback with one signing key that can be changed. */
export async function fakeIssuer() {
  let current: { readonly kid: string; readonly pair: KeyPair };
  const published: JsonObject[] = [];
  let made = 0;
  const seen = { keys: 0, discovery: 0 };
  const state = { down: false };
  const rotate = async (): Promise<void> => {
    current = { kid: `k${++made}`, pair: await generateKeyPair("RS256") };
    published.push({ ...((await exportJWK(current.pair.publicKey)) as JsonObject), kid: current.kid, alg: "RS256", use: "sig" });
  };
  await rotate();
  const server = createServer((request, response) => {
    if (state.down) {
      response.writeHead(500).end();
      return;
    }
    const isKeys = request.url?.endsWith("/keys") === true;
    seen[isKeys ? "keys" : "discovery"]++;
    const body = isKeys ? { keys: published } : { issuer, jwks_uri: `${issuer}/keys` };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${tenant}/v2.0`;
  const now = (): number => Math.floor(Date.now() / 1000);
  return {
    issuer,
    jwks: `${issuer}/keys`,
    seen,
    state,
    rotate,
    /** Takes back all keys and publishes a new one. */
    withdraw: () => {
      published.length = 0;
      return rotate();
    },
    /** A good access token, but for the claims and header parts given; a claim of undefined is left out. */
    token: (claims: Readonly<Record<string, unknown>> = {}, header: Readonly<Record<string, unknown>> = {}) => {
      const times = { iat: now() - 10, nbf: now() - 10, exp: now() + 3600 };
      const good = { iss: issuer, aud: audience, tid: tenant, oid: "alice", sub: "pairwise", scp: "Kb.Read Kb.Other", ...times };
      return new SignJWT({ ...good, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: current.kid, typ: "JWT", ...header })
        .sign(current.pair.privateKey);
    },
    now,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
