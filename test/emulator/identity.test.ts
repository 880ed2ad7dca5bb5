import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { chatPath, errorOf, responsesPath, sendTo, withEmulator } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-identity-"));
const caFile = join(folder, "ca.pem");
const tokenFile = join(folder, "federated.token");
const userAssigned = "22222222-2222-4222-8222-222222222222";
let emulator: Emulator;

beforeAll(async () => {
  const principals = [
    { kind: "system" },
    { kind: "user", clientId: userAssigned, roles: ["Owner"] },
    { kind: "application", roles: ["Cognitive Services OpenAI User"] },
  ] as const;
  emulator = await startEmulator({ config: { identity: { principals, federatedToken: "the-federated-token" } } });
  writeFileSync(caFile, emulator.identity!.ca);
  writeFileSync(tokenFile, "the-federated-token");
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Got {
  readonly token?: string;
  readonly expiresOnTimestamp?: number;
  readonly error?: string;
}

async function signIn(args: readonly string[], env: Record<string, string>): Promise<Got> {
  const script = join(import.meta.dirname, "identity-child.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], {
    env: { PATH: process.env.PATH ?? "", NODE_EXTRA_CA_CERTS: caFile, ...env },
    timeout: 20_000,
  });
  return JSON.parse(stdout) as Got;
}

const appService = (): Record<string, string> => ({
  IDENTITY_ENDPOINT: emulator.identity!.managedEndpoint,
  IDENTITY_HEADER: emulator.identity!.managedHeader,
});
const entra = (): Record<string, string> => ({ AZURE_AUTHORITY_HOST: emulator.identity!.authority });
const bearer = (token: string | undefined) => ({ anonymous: true, headers: { authorization: `Bearer ${token}` } });
const ask = { model: "default", input: "hi" };

const flows = [
  ["a managed identity of App Service, through DefaultAzureCredential", () => signIn(["default"], appService())],
  ["a managed identity of App Service, by itself", () => signIn(["managed"], appService())],
  [
    "a virtual machine's identity, at the metadata service",
    () => signIn(["managed"], { AZURE_POD_IDENTITY_AUTHORITY_HOST: emulator.identity!.metadataHost }),
  ],
  [
    "a client secret, at the token endpoint over https",
    () => {
      const { tenantId, clientId, clientSecret } = emulator.identity!;
      return signIn(["secret", "https://cognitiveservices.azure.com/.default", tenantId, clientId!, clientSecret!], entra());
    },
  ],
  [
    "a federated token of a workload",
    () => {
      const { tenantId, clientId } = emulator.identity!;
      const workload = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId!, AZURE_FEDERATED_TOKEN_FILE: tokenFile };
      return signIn(["workload"], { ...entra(), ...workload });
    },
  ],
] as const;

// Each flow is a process of its own; started together they take the time of two.
const started = new Map<string, Promise<Got>>();
beforeAll(() => {
  for (const [name, flow] of flows) started.set(name, flow());
});

test.each(flows)("the real @azure/identity signs in with %s, and the resource takes its token", async (name) => {
  const got = await started.get(name)!;
  expect(got.error).toBeUndefined();
  expect(got.expiresOnTimestamp!).toBeGreaterThan(Date.now());
  expect((await sendTo(emulator, responsesPath, ask, bearer(got.token))).status).toBe(200);
});

test("common mistakes come back in Entra's words", async () => {
  const { tenantId, clientId } = emulator.identity!;
  const [secret, unknown] = await Promise.all([
    signIn(["secret", "https://ai.azure.com/.default", tenantId, clientId!, "wrong"], entra()),
    signIn(["managed", "https://ai.azure.com/.default", "", "33333333-3333-4333-8333-333333333333"], appService()),
  ]);
  expect(secret.error).toContain("AADSTS7000215");
  expect(unknown.error).toContain("No User Assigned or Delegated Managed Identity found");
});

test("a role that only manages the resource is a 401 that names the data action", async () => {
  const url = `/msi/token?api-version=2019-08-01&resource=${encodeURIComponent("https://ai.azure.com")}&client_id=${userAssigned}`;
  const headers = { "x-identity-header": emulator.identity!.managedHeader };
  const { body } = await sendTo(emulator, url, null, { method: "GET", headers });
  const sent = await sendTo(emulator, responsesPath, ask, bearer(String(body.access_token)));
  expect([sent.status, errorOf(sent).code]).toEqual([401, "PermissionDenied"]);
  expect(errorOf(sent).message).toContain("Microsoft.CognitiveServices/accounts/OpenAI/responses/write");
  const chat = { messages: [{ role: "user", content: "hi" }] };
  const classic = await sendTo(
    emulator,
    "/openai/deployments/classic/chat/completions?api-version=2024-10-21",
    chat,
    bearer(String(body.access_token)),
  );
  expect(errorOf(classic).message).toContain(
    "`Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST /openai/deployments/{deployment-id}/chat/completions`",
  );
});

test("a token for another audience, a forged one and a key as bearer on a dated path get the unwrapped 401", async () => {
  const identity = emulator.identity!;
  const forged = `${identity.token().split(".").slice(0, 2).join(".")}.AAAA`;
  const dated = "/openai/deployments/classic/chat/completions?api-version=2024-10-21";
  const sent = await Promise.all([
    sendTo(emulator, responsesPath, ask, bearer(identity.token("https://management.azure.com"))),
    sendTo(emulator, responsesPath, ask, bearer(forged)),
    sendTo(emulator, dated, { messages: [] }, bearer(emulator.key)),
  ]);
  for (const each of sent) expect([each.status, each.body.statusCode]).toEqual([401, 401]);
  expect((await sendTo(emulator, responsesPath, ask, bearer(emulator.key))).status).toBe(200);
});

test("a Foundry project's path takes tokens only, with their own audience and role", async () => {
  const path = "/api/projects/demo/openai/v1/responses";
  const { identity } = emulator;
  expect((await sendTo(emulator, path, ask)).status).toBe(401);
  expect((await sendTo(emulator, path, ask, bearer(identity!.token()))).status).toBe(200);
  expect((await sendTo(emulator, path, ask, bearer(identity!.token("https://cognitiveservices.azure.com")))).status).toBe(401);
  const roles = ["Cognitive Services OpenAI User"];
  await withEmulator({ config: { identity: { principals: [{ kind: "system", roles }] } } }, async (other) => {
    const token = other.identity!.token();
    expect((await sendTo(other, responsesPath, ask, bearer(token))).status).toBe(200);
    expect(errorOf(await sendTo(other, path, ask, bearer(token))).message).toContain("accounts/AIServices/agents/write");
  });
});

test("a token expires by the clock, and by a fault in the middle of a conversation", async () => {
  let now = Date.now();
  await withEmulator({ now: () => now, config: { identity: { tokenLifetimeSeconds: 600 } } }, async (timed) => {
    const token = timed.identity!.token();
    expect((await sendTo(timed, responsesPath, ask, bearer(token))).status).toBe(200);
    now += 601_000;
    expect((await sendTo(timed, responsesPath, ask, bearer(token))).status).toBe(401);
    const fresh = timed.identity!.token();
    const expire = { ...bearer(fresh), headers: { ...bearer(fresh).headers, "x-emulate-fault": "expire-token" } };
    expect((await sendTo(timed, chatPath, {}, expire)).status).toBe(401);
    expect((await sendTo(timed, responsesPath, ask, bearer(fresh))).status).toBe(401);
    expect((await sendTo(timed, responsesPath, ask, bearer(timed.identity!.token()))).status).toBe(200);
  });
});

test("the certificate of the token endpoint is signed by an authority made at this start, for loopback only", async () => {
  const ca = new X509Certificate(emulator.identity!.ca);
  expect(ca.ca).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  await withEmulator({ config: { identity: {} } }, async (other) => expect(other.identity!.ca).not.toBe(emulator.identity!.ca));
});
