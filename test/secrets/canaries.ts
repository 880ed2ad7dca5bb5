import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { shared } from "../support/shared.ts";

/** A planted secret. */
export interface Canary {
  readonly kind: string;
  readonly text: string;
}

/** Secrets of our own making, each of a look that real ones have; none opens anything. */
const own: readonly Canary[] = [
  { kind: "azure key", text: "9c1f0b7d3e5a48629b8c7d6e5f4a3b21" },
  { kind: "azure key of 84", text: `Kq7${"Zx9Bc4Vn8Ml2".repeat(6)}AzureOai1` },
  { kind: "bearer", text: "Bearer nightjar.Walrus~91-xyz" },
  { kind: "jwt", text: "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOiJuaWdodGphciJ9.c2lnbmF0dXJl" },
  { kind: "password in a URL", text: "https://nightjar:W4lrus-Pass@proxy.example" },
  { kind: "connection string", text: "Endpoint=sb://x.example/;SharedAccessKeyName=r;SharedAccessKey=TmlnaHRqYXJXYWxydXM5MQ==" },
  { kind: "private key", text: "-----BEGIN EC PRIVATE KEY-----\nTmlnaHRqYXJXYWxydXM5MQ\n-----END EC PRIVATE KEY-----" },
  { kind: "signature in a query", text: "https://x.example/blob?sv=2024-01-01&sig=Nightjar91Walrus%2Fabc%3D" },
  { kind: "github token", text: "ghp_Nightjar0Walrus1Nightjar2Walrus3abcd" },
];

/** The planted secrets of the references where they are here, and our own. */
export function canaries(): readonly Canary[] {
  const path = shared("data/security/secret-canaries.jsonl");
  const given = path === undefined ? [] : readFileSync(path, "utf8").trim().split("\n");
  return [...own, ...given.map((line) => JSON.parse(line) as Canary)];
}

/** The part of a secret that must be nowhere: the name of a field or a scheme before it may stay. */
function core({ text }: Canary): readonly string[] {
  const value =
    /^Bearer (.+)$/.exec(text)?.[1] ?? /:\/\/[^:/@]+:([^@]+)@/.exec(text)?.[1] ?? /(?:Key|sig)=([^;&]+);?$/.exec(text)?.[1];
  const lines = (value ?? text).split("\n").filter((line) => !/^-----/.test(line));
  return lines.filter((line) => line.length >= 8);
}

/** Every form of a secret that is searched for. */
function forms(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString("base64");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    base64,
    base64.replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
  ];
}

/** Fails with the kinds of the secrets that stand in an output, raw, in JSON, percent-encoded or in base64. */
export function expectNoSecrets(output: string, planted: readonly Canary[]): void {
  const found = planted.filter((canary) => core(canary).some((part) => forms(part).some((form) => output.includes(form))));
  expect(found.map(({ kind }) => kind)).toEqual([]);
}
