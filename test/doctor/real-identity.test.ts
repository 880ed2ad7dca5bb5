import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { makeAuthority } from "./certificates.ts";
import { lecternFolder, writeFile } from "./folder.ts";
import { type Handler, proxies, serves } from "./harness.ts";

interface Check {
  readonly id: string;
  readonly status: string;
  readonly cause: string;
  readonly fix: string | null;
}

/** The doctor with the real identity library on a host with a managed identity, in a process of its own: the library reads the real environment. */
async function onHost(roles: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<readonly Check[]> {
  await using emulator = await startEmulator({ config: { identity: { principals: [{ kind: "system", roles }] } } });
  const { managedEndpoint, managedHeader } = emulator.identity!;
  const folder = lecternFolder({ config: { azure: { trustedHosts: ["127.0.0.1"] } } });
  const args = ["--config", folder.configFile, "--endpoint", emulator.url, "--deployment", "default"];
  return await doctor(args, { ...folder.env, IDENTITY_ENDPOINT: managedEndpoint, IDENTITY_HEADER: managedHeader, ...env });
}

async function doctor(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string = process.cwd(),
): Promise<readonly Check[]> {
  const child = spawn(process.execPath, [resolve("src/cli/main.ts"), "doctor", "--json", ...args], {
    env: { ...env },
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return (JSON.parse(await text(child.stdout)) as { checks: Check[] }).checks;
}

const unwell = (checks: readonly Check[]) => checks.filter(({ status }) => status === "warn" || status === "fail");

describe.concurrent("with a managed identity", () => {
  test("a healthy one is seen as what it is: which credential, for whom, whose, until when", async () => {
    const checks = await onHost(["Cognitive Services OpenAI User"]);
    expect(unwell(checks)).toEqual([]);
    expect(checks.find(({ id }) => id === "credential")!.cause).toMatch(
      /^token from ManagedIdentityCredential in \d+ ms: aud https:\/\/ai\.azure\.com, oid [0-9a-f-]{36}, tenant [0-9a-f-]{36}, ends in (59|60) min\.$/,
    );
  });

  test("one that owns the resource but has no role on it is told the role and the command", async () => {
    const [finding, ...others] = unwell(await onHost(["Owner"]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: "deployment", status: "fail", cause: expect.stringContaining("[role-missing]") });
    expect(finding!.fix).toMatch(
      /az role assignment create --assignee-object-id [0-9a-f-]{36} --role "Cognitive Services OpenAI User"/,
    );
  });

  test("AZURE_CLIENT_ID of another identity is named as what stands in the way", async () => {
    const [finding, ...others] = unwell(
      await onHost(["Azure AI User"], { AZURE_CLIENT_ID: "11111111-2222-3333-4444-555555555555" }),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      id: "credential",
      status: "fail",
      cause: expect.stringContaining("[client-id-not-assigned]"),
    });
    expect(finding!.fix).toContain("unset AZURE_CLIENT_ID");
  });
});

/** Only on Linux can a test say what the system trusts: there OpenSSL, and so Node, looks into this file. */
const systemStore: readonly (readonly [string, string, string])[] =
  process.platform === "linux" ? [["the operating system trusts its root", "SSL_CERT_FILE", "EnvironmentCredential"]] : [];

test.each([["LECTERN_CA_FILE names its root", "LECTERN_CA_FILE", "the client secret in .env"] as const, ...systemStore])(
  "a network that inspects TLS is no obstacle to the sign-in where %s, as for a question",
  async (_, variable, source) => {
    await using stack = new AsyncDisposableStack();
    const hosts = ["contoso.openai.azure.com", "login.microsoftonline.com"];
    const tenant = "11111111-2222-3333-4444-555555555555";
    const inspector = makeAuthority("Inspecting Proxy");
    const front = stack.use(
      await serves(signIn(`https://login.microsoftonline.com/${tenant}`), inspector.issue({ names: hosts })),
    );
    const onward = Object.fromEntries(hosts.map((host) => [`${host}:443`, front.port]));
    const proxy = stack.use(await proxies({ onward }));
    const folder = lecternFolder({});
    const principal = {
      AZURE_TENANT_ID: tenant,
      AZURE_CLIENT_ID: "66666666-7777-8888-9999-000000000000",
      AZURE_CLIENT_SECRET: "a-secret-of-the-test",
    };
    const inDotenv = source !== "EnvironmentCredential";
    const lines = Object.entries(principal).map(([name, value]) => `${name}=${value}`);
    if (inDotenv) writeFileSync(join(folder.cwd, ".env"), lines.join("\n"));
    const env = {
      ...folder.env,
      ...(inDotenv ? {} : principal),
      HTTPS_PROXY: proxy.url,
      [variable]: writeFile("root.pem", inspector.cert),
    };
    const checks = await doctor(["--endpoint", "https://contoso.openai.azure.com", "--deployment", "default"], env, folder.cwd);
    expect(checks.find(({ id }) => id === "credential")).toMatchObject({
      status: "ok",
      cause: expect.stringMatching(new RegExp(`^token from ${source} `)),
    });
  },
);

/** As much of Entra as a client secret needs. */
const signIn =
  (authority: string): Handler =>
  (request, response) => {
    const token = { token_type: "Bearer", expires_in: 3600, ext_expires_in: 3600, access_token: "a.token.of-entra" };
    const discovery = {
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(request.url?.includes("/oauth2/v2.0/token") ? token : discovery));
  };
