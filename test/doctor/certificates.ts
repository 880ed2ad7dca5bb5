import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** Signs a certificate for host names and addresses. */
  issue(options: { readonly names: readonly string[]; readonly validFrom?: Date; readonly validTo?: Date }): Certificate;
}

const day = 24 * 3600 * 1000;

/** A certificate authority made on the spot: X.509 v3 over P-256, so that no key lies in the repository and no tool is needed. */
export function makeAuthority(organisation: string): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = distinguished({ organisation, common: `${organisation} Root` });
  const dates = { validFrom: new Date(Date.now() - day), validTo: new Date(Date.now() + 30 * day) };
  const basic = extension("551d13", sequence(der(0x01, Buffer.from([0xff]))), true);
  const cert = certificate({
    subject: name,
    issuer: name,
    key: keys.publicKey,
    signer: keys.privateKey,
    ...dates,
    extensions: [basic],
  });
  return {
    cert,
    key: pemKey(keys.privateKey),
    issue({ names, validFrom = dates.validFrom, validTo = dates.validTo }) {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const alternatives = names.map((entry) => {
        const octets = /^\d+(\.\d+){3}$/.test(entry) ? Buffer.from(entry.split(".").map(Number)) : undefined;
        return octets === undefined ? der(0x82, Buffer.from(entry)) : der(0x87, octets);
      });
      const subject = distinguished({ common: names[0]! });
      const extensions = [extension("551d11", sequence(...alternatives), false)];
      const signed = certificate({
        subject,
        issuer: name,
        key: own.publicKey,
        signer: keys.privateKey,
        validFrom,
        validTo,
        extensions,
      });
      return { cert: signed, key: pemKey(own.privateKey) };
    },
  };
}

const pemKey = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

interface CertificateOptions {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly extensions: readonly Buffer[];
}

function certificate({ subject, issuer, key, signer, validFrom, validTo, extensions }: CertificateOptions): string {
  const ecdsaWithSha256 = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    issuer,
    sequence(time(validFrom), time(validTo)),
    subject,
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = createSign("sha256").update(body).sign(signer);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function distinguished({ organisation, common }: { organisation?: string; common: string }): Buffer {
  const part = (oid: string, value: string): Buffer =>
    der(0x31, sequence(der(0x06, Buffer.from(oid, "hex")), der(0x0c, Buffer.from(value))));
  return sequence(...(organisation === undefined ? [] : [part("55040a", organisation)]), part("550403", common));
}

function extension(oid: string, value: Buffer, critical: boolean): Buffer {
  const flag = critical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(der(0x06, Buffer.from(oid, "hex")), ...flag, der(0x04, value));
}

const time = (date: Date): Buffer => der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));

/** One DER element: tag, length, content. Source: ITU-T X.690. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
