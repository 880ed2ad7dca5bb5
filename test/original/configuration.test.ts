import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { credentialFor } from "../../src/app/credential.ts";
import { type Config, describeAzureConfig, loadConfig, validateAzureEnvironment } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-original-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const key = "0123456789abcdef0123456789abcdef";
const azure = { AZURE_OPENAI_ENDPOINT: "https://contoso.openai.azure.com", AZURE_OPENAI_DEPLOYMENT_NAME: "gpt" };

/** A project folder of its own with these files. */
function project(files: Readonly<Record<string, string>>): string {
  const cwd = mkdtempSync(join(folder, "project-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  return cwd;
}

const load = (env: Readonly<Record<string, string>>, cwd = folder): Promise<Config> =>
  loadConfig({ env: { HOME: folder, XDG_CONFIG_HOME: folder, ...env }, cwd });

test("all missing variables are named in one message, and a key is not among them", () => {
  expect(validateAzureEnvironment({})).toEqual({
    ok: false,
    missing: ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_DEPLOYMENT_NAME"],
    message: "Not set: AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_DEPLOYMENT_NAME.",
  });
  expect(validateAzureEnvironment({ ...azure, AZURE_OPENAI_DEPLOYMENT_NAME: "  " }).missing).toEqual([
    "AZURE_OPENAI_DEPLOYMENT_NAME",
  ]);
  expect(validateAzureEnvironment(azure).ok).toBe(true);
});

test("a flag wins over the environment, that over .env, that over lectern.config.json", async () => {
  const cwd = project({
    "lectern.config.json": JSON.stringify({ azure: { deployment: "from-file", endpoint: "https://file.openai.azure.com" } }),
    ".env": "AZURE_OPENAI_DEPLOYMENT_NAME=from-dotenv\n",
  });
  const env = { HOME: folder, XDG_CONFIG_HOME: folder };
  const deployment = async (options: object): Promise<string | undefined> =>
    (await loadConfig({ env, cwd, ...options })).azure.deployment;
  expect(await deployment({})).toBe("from-dotenv");
  expect(await deployment({ env: { ...env, AZURE_OPENAI_DEPLOYMENT_NAME: "from-env" } })).toBe("from-env");
  const flags = { deployment: "from-flag" };
  expect(await deployment({ env: { ...env, AZURE_OPENAI_DEPLOYMENT_NAME: "from-env" }, flags })).toBe("from-flag");
  rmSync(join(cwd, ".env"));
  expect(await deployment({})).toBe("from-file");
});

test("a key wins over an identity, says so where both are there, and LECTERN_AUTH turns it round", async () => {
  const both = { ...azure, AZURE_OPENAI_API_KEY: key, AZURE_CLIENT_ID: "app" };
  const byDefault = credentialFor(await load(both));
  expect(byDefault.credential.type).toBe("api_key");
  expect(byDefault.notices.map((notice) => notice.code)).toEqual(["key_wins"]);
  const turned = credentialFor(await load({ ...both, LECTERN_AUTH: "entra" }));
  expect(turned.credential.type).toBe("entra");
  expect(turned.notices.map((notice) => notice.code)).toEqual(["identity_wins"]);
});

test.each([
  ["service_principal", { AZURE_CLIENT_ID: "app", AZURE_TENANT_ID: "t", AZURE_CLIENT_SECRET: "s" }],
  ["workload_identity", { AZURE_CLIENT_ID: "app", AZURE_FEDERATED_TOKEN_FILE: "/token" }],
  ["user_assigned_managed_identity", { AZURE_CLIENT_ID: "app" }],
  ["default_chain", {}],
  ["none", { AZURE_OPENAI_API_KEY: key, AZURE_CLIENT_ID: "app" }],
])("the summary names the kind of identity: %s", async (identity, env) => {
  expect(describeAzureConfig(await load({ ...azure, ...env })).identity).toBe(identity);
});

test("the summary of the Azure configuration holds everything but the secrets", async () => {
  const summary = describeAzureConfig(await load({ ...azure, AZURE_OPENAI_API_KEY: key, AZURE_CLIENT_SECRET: key }));
  expect(summary).toMatchObject({
    endpoint: azure.AZURE_OPENAI_ENDPOINT,
    deployment: "gpt",
    apiVersion: "v1",
    auth: "key",
    hasApiKey: true,
    emulator: false,
  });
  expect(JSON.stringify(summary)).not.toContain(key);
});

describe("a secret does not leave by way of a project file", () => {
  test("an API key in lectern.config.json is refused, and the fix says to rotate it", async () => {
    const cwd = project({ "lectern.config.json": JSON.stringify({ azure: { apiKey: key } }) });
    const failure = await load(azure, cwd).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "config", fix: expect.stringMatching(/rotate the key.*AZURE_OPENAI_API_KEY/) });
    expect(String(failure)).not.toContain(key);
  });

  test("the user's key is not sent to an endpoint that a project file names", async () => {
    const cwd = project({
      "lectern.config.json": JSON.stringify({ azure: { endpoint: "https://evil.example", deployment: "gpt" } }),
    });
    const config = await load({ AZURE_OPENAI_API_KEY: key }, cwd);
    expect(() => credentialFor(config)).toThrow(
      expect.objectContaining({ code: "config", message: expect.stringMatching(/evil/) }),
    );
  });

  test.each(["https://openai.azure.com.evil.example", "https://contoso-openai.azure.com", "http://127.0.0.1:8080"])(
    "an Entra token is not sent to %s",
    async (endpoint) => {
      const config = await load({ ...azure, AZURE_OPENAI_ENDPOINT: endpoint });
      expect(() => credentialFor(config)).toThrow(/only sent to Azure's own hosts/);
    },
  );
});
