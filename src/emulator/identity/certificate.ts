import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { bits, bool, explicit, implicit, integer, octets, oid, sequence, set, tagged, time, utf8 } from "./der.ts";

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
const day = 24 * 60 * 60 * 1000;

/** A certificate authority made at start, and a server certificate it signed, all PEM. */
export interface Certificates {
  /** To be trusted by clients (NODE_EXTRA_CA_CERTS). */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Extension {
  readonly id: string;
  readonly critical?: boolean;
  readonly value: Buffer;
}

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly signer: KeyObject;
  readonly extensions: readonly Extension[];
}

const nameOf = (common: string): Buffer => sequence(set(sequence(oid("2.5.4.3"), utf8(common))));

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** An X.509 v3 certificate (RFC 5280), signed with ECDSA and SHA-256, valid from yesterday for a year. */
function certificate({ name, publicKey, issuer, signer, extensions }: Subject): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  const listed = extensions.map(({ id, critical, value }) =>
    sequence(oid(id), ...(critical === true ? [bool(true)] : []), octets(value)),
  );
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + 365 * day))),
    nameOf(name),
    spki,
    explicit(3, sequence(...listed)),
  );
  const signature = sign("sha256", body, { key: signer, dsaEncoding: "der" });
  return pem("CERTIFICATE", sequence(body, ecdsaWithSha256, bits(signature)));
}

const keyId = (key: KeyObject): Buffer =>
  createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();

const keyUsage = (flags: number, unused: number): Extension => ({
  id: "2.5.29.15",
  critical: true,
  value: bits(Buffer.from([flags]), unused),
});

/** Makes an authority of its own and a certificate for this machine's loopback names. Nothing is written to disk. */
export function createCertificates(): Certificates {
  const authority = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const server = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const issuer = "Lectern emulator CA";
  const authorityId = keyId(authority.publicKey);
  const ca = certificate({
    name: issuer,
    issuer,
    publicKey: authority.publicKey,
    signer: authority.privateKey,
    extensions: [
      { id: "2.5.29.19", critical: true, value: sequence(bool(true)) },
      keyUsage(0b0000_0110, 1),
      { id: "2.5.29.14", value: octets(authorityId) },
    ],
  });
  const host = "localhost";
  const loopback4 = implicit(7, Buffer.from([127, 0, 0, 1]));
  const loopback6 = implicit(7, Buffer.from([...Array<number>(15).fill(0), 1]));
  const cert = certificate({
    name: host,
    issuer,
    publicKey: server.publicKey,
    signer: authority.privateKey,
    extensions: [
      { id: "2.5.29.19", critical: true, value: sequence() },
      keyUsage(0b1000_0000, 7),
      { id: "2.5.29.37", value: sequence(oid("1.3.6.1.5.5.7.3.1")) },
      { id: "2.5.29.17", value: sequence(implicit(2, Buffer.from(host)), loopback4, loopback6) },
      { id: "2.5.29.35", value: sequence(tagged(0x80, authorityId)) },
    ],
  });
  return { ca, cert, key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}
