import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign, verify } from "node:crypto";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { TokenFacts } from "../gate.ts";
import type { Principal, Tenant } from "./tenant.ts";

const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const keyId = "lectern-emulator-1";

/** Signs and reads the tokens of one emulated tenant. The key is made when the first token is. */
export class TokenSigner {
  readonly #tenant: Tenant;
  readonly #now: () => number;
  #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

  constructor(tenant: Tenant, now: () => number) {
    this.#tenant = tenant;
    this.#now = now;
  }

  #keyPair(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
    this.#keys ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
    return this.#keys;
  }

  /** Seconds since 1970. */
  seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  /** An access token as Entra gives to applications and managed identities (version 1.0 claims). */
  issue(principal: Principal, audience: string): string {
    const now = this.seconds();
    const header = part({ typ: "JWT", alg: "RS256", kid: keyId });
    const claims = part({
      aud: audience,
      iss: `https://sts.windows.net/${this.#tenant.id}/`,
      iat: now,
      nbf: now,
      exp: now + this.#tenant.tokenLifetimeSeconds,
      appid: principal.clientId,
      idtyp: "app",
      oid: principal.objectId,
      sub: principal.objectId,
      tid: this.#tenant.id,
      uti: randomUUID().replaceAll("-", ""),
      ver: "1.0",
    });
    const signature = sign("sha256", Buffer.from(`${header}.${claims}`), this.#keyPair().privateKey);
    return `${header}.${claims}.${signature.toString("base64url")}`;
  }

  /** What a token says; undefined where its signature, tenant or times are not right. */
  read(token: string): TokenFacts | undefined {
    const [header = "", body = "", signature = "", ...more] = token.split(".");
    if (more.length > 0 || this.#keys === undefined) return undefined;
    const declared = parseJson(Buffer.from(header, "base64url").toString());
    if (!isJsonObject(declared) || declared.alg !== "RS256") return undefined;
    const signed = Buffer.from(`${header}.${body}`);
    if (!verify("sha256", signed, this.#keys.publicKey, Buffer.from(signature, "base64url"))) return undefined;
    const claims = parseJson(Buffer.from(body, "base64url").toString());
    if (!isJsonObject(claims) || typeof claims.exp !== "number" || typeof claims.nbf !== "number") return undefined;
    const now = this.seconds();
    if (claims.exp <= now || claims.nbf > now || claims.tid !== this.#tenant.id) return undefined;
    const principal = this.#tenant.principals.find((each) => each.objectId === claims.oid);
    if (principal === undefined) return undefined;
    return { principal: principal.objectId, audience: String(claims.aud), grants: principal.grants };
  }

  /** The public key, as an OpenID provider publishes it. */
  jwks(): JsonObject {
    const jwk = createPublicKey(this.#keyPair().publicKey.export({ type: "spki", format: "pem" })).export({ format: "jwk" });
    return { keys: [{ kty: "RSA", use: "sig", kid: keyId, x5t: keyId, n: jwk.n ?? "", e: jwk.e ?? "" }] };
  }
}
