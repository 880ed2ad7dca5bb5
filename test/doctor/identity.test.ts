import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { expect, test } from "vitest";
import { credentialFinding } from "../../src/app/doctor/credential-errors.ts";
import { loadConfig } from "../../src/config/load.ts";
import { testFaults } from "./fault.ts";
import { lecternFolder } from "./folder.ts";
import { answers, emulated, jwt, type Setup, serves } from "./harness.ts";

const client = "11111111-2222-3333-4444-555555555555";
const tenant = "66666666-7777-8888-9999-000000000000";
const servicePrincipal = { AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant, AZURE_CLIENT_SECRET: "s3cret-value" };

/** Signs in with an identity whose sign-in goes as told. */
const signingIn =
  (token: (signal: AbortSignal) => Promise<string>, env: Readonly<Record<string, string>> = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { env: healthy } = stack.use(await emulated());
    const { AZURE_OPENAI_API_KEY: _, ...rest } = healthy;
    return {
      env: { ...rest, LECTERN_AUTH: "entra", ...env },
      config: { azure: { trustedHosts: ["127.0.0.1"] } },
      limits: { tokenMs: 200 },
      world: (world) => ({
        token: async ({ signal }) => ({ token: await token(signal), source: "EnvironmentCredential" }),
        // The metadata address of every cloud swallows packets here.
        connect: (to) => (to.host === "127.0.0.1" ? world.connect(to) : aborted(to.signal)),
      }),
    };
  };

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("no connection in time")), { once: true }));

/** The host's own endpoint answers alike whatever is asked, and the library asks on and on. */
const metadata =
  (status: number) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const host = stack.use(await serves(answers(status, {})));
    return signingIn(aborted, { AZURE_POD_IDENTITY_AUTHORITY_HOST: host.url })(stack);
  };

/** The sign-in fails as the identity library makes it fail. */
const failing = (error: unknown, env: Readonly<Record<string, string>> = {}) =>
  signingIn(async () => {
    const { explainEntraFailure } = await import("../../src/azure/entra-errors.ts");
    throw explainEntraFailure(error, { type: "entra" });
  }, env);

const entra = (code: string, words: string): AuthenticationError =>
  new AuthenticationError(401, {
    error: "invalid_client",
    error_description: `AADSTS${code}: ${words} Trace ID: 0 Correlation ID: 0`,
  });

const unavailable = (...messages: readonly string[]): AggregateAuthenticationError =>
  new AggregateAuthenticationError(
    messages.map((message) => new CredentialUnavailableError(message)),
    "ChainedTokenCredential authentication failed.",
  );

testFaults([
  {
    named: "credential: client-secret-rejected",
    when: "the client secret is wrong",
    says: [/wrong \(AADSTS7000215\)/, /az ad app credential reset --id 11111111/],
    setup: failing(entra("7000215", "Invalid client secret provided."), servicePrincipal),
  },
  {
    named: "credential: client-secret-rejected",
    when: "the client secret has expired",
    says: [/expired \(AADSTS7000222\)/],
    setup: failing(entra("7000222", "The provided client secret keys are expired."), servicePrincipal),
  },
  {
    named: "credential: client-unknown",
    when: "the application is of another tenant",
    says: [new RegExp(client), new RegExp(tenant)],
    setup: failing(entra("700016", "Application with identifier was not found in the directory."), servicePrincipal),
  },
  {
    named: "credential: tenant-unknown",
    when: "the tenant does not exist",
    says: [new RegExp(tenant), /az account show --query tenantId/],
    setup: failing(entra("90002", "Tenant not found."), servicePrincipal),
  },
  {
    named: "credential: scope-unknown",
    when: "the scope names no service",
    says: [/AZURE_OPENAI_SCOPE/],
    setup: failing(entra("500011", "The resource principal was not found in the tenant."), {
      AZURE_OPENAI_SCOPE: "https://nothing.example/.default",
    }),
  },
  {
    named: "credential: sign-in-expired",
    when: "the developer's sign-in is over",
    says: [/az login/],
    setup: failing(entra("700082", "The refresh token has expired due to inactivity.")),
  },
  {
    named: "credential: client-id-not-assigned",
    when: "AZURE_CLIENT_ID is set on a host with a system-assigned identity",
    says: [new RegExp(client), /unset AZURE_CLIENT_ID/],
    setup: failing(
      new AuthenticationError(400, {
        error: "invalid_request",
        error_description: "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
      }),
      { AZURE_CLIENT_ID: client, IDENTITY_ENDPOINT: "http://127.0.0.1:1/msi/token", IDENTITY_HEADER: "header" },
    ),
  },
  {
    named: "credential: no-managed-identity",
    when: "the host has a metadata endpoint but no identity",
    says: [/no managed identity is assigned/, /identity assign/],
    setup: failing(unavailable("ManagedIdentityCredential: Authentication failed. invalid_request: Identity not found")),
  },
  {
    named: "credential: identity-endpoint-fails",
    when: "the identity endpoint of the host answers with errors",
    says: [/IDENTITY_ENDPOINT/],
    setup: failing(unavailable("ManagedIdentityCredential authentication failed. Response had error status code 500"), {
      IDENTITY_ENDPOINT: "http://127.0.0.1:1/msi/token",
      IDENTITY_HEADER: "header",
    }),
  },
  {
    named: "credential: identity-silent",
    when: "the metadata endpoint swallows packets",
    says: [/169\.254\.169\.254/, /AZURE_TOKEN_CREDENTIALS=dev/],
    setup: signingIn(() => new Promise(() => {})),
  },
  {
    named: "credential: no-managed-identity",
    when: "the metadata endpoint answers 404 to whoever asks",
    says: [/answers 404/, /az vm identity assign/, /AZURE_TOKEN_CREDENTIALS=dev/],
    setup: metadata(404),
  },
  {
    named: "credential: identity-endpoint-fails",
    when: "the metadata endpoint answers 500 to whoever asks",
    says: [/answers 500 again and again/, /where AZURE_POD_IDENTITY_AUTHORITY_HOST is a leftover, unset it/],
    setup: metadata(500),
  },
  {
    named: "credential: identity-endpoint-fails",
    when: "MSI_ENDPOINT is a leftover at which nothing listens",
    says: [/Nothing listens at the identity endpoint 127\.0\.0\.1:9 \(MSI_ENDPOINT\)/],
    setup: signingIn(aborted, { MSI_ENDPOINT: "http://127.0.0.1:9/msi/token" }),
  },
  {
    named: "credential: identity-endpoint-fails",
    when: "the identity endpoint takes no more requests",
    says: [/\(IDENTITY_ENDPOINT\) gives no token: too many\. \[/],
    setup: failing(
      unavailable(
        "ManagedIdentityCredential: Authentication failed. Message too many: Error(s): Not Available - Timestamp: Not Available.",
        "Azure CLI could not be found.",
      ),
      { IDENTITY_ENDPOINT: "http://127.0.0.1:1/msi/token", IDENTITY_HEADER: "header" },
    ),
  },
  {
    named: "credential: identity-ambiguous",
    when: "several identities are on the host",
    says: [/export AZURE_CLIENT_ID=/, /az identity list/],
    setup: failing(
      unavailable(
        "ManagedIdentityCredential: Authentication failed. Message invalid_request: Error(s): Not Available - Timestamp: Not Available - Description: Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request - Correlation ID: Not Available",
        "Azure CLI could not be found. Please visit https://aka.ms/azure-cli and authenticate using 'az login'.",
      ),
    ),
  },
  {
    named: "credential: workload-identity-fails",
    when: "the federated token's file is empty",
    says: [/\/dev\/null \(AZURE_FEDERATED_TOKEN_FILE\) is empty/, /azure\.workload\.identity\/use/],
    setup: failing(
      unavailable(
        "WorkloadIdentityCredential: is unavailable. No content on the file /dev/null.",
        "Azure CLI could not be found.",
      ),
      { AZURE_FEDERATED_TOKEN_FILE: "/dev/null", AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant },
    ),
  },
  {
    named: "credential: token-audience-wrong",
    when: "a token of the older form names Azure Resource Manager by its id",
    says: [/797f4846\S+ \(Azure Resource Manager\)/],
    setup: signingIn(async () => jwt({ aud: "797f4846-ba00-4fd7-ba43-dac1f8f63013" })),
  },
  {
    named: "credential: token-expired",
    when: "the token begins in two hours by this machine's clock",
    says: [/begins at .* too early/, /clock/],
    setup: signingIn(async () =>
      jwt({ aud: "https://ai.azure.com", nbf: Date.now() / 1000 + 7200, exp: Date.now() / 1000 + 10_800 }),
    ),
  },
  {
    named: "credential: authority-unreachable",
    when: "login.microsoftonline.com cannot be reached",
    says: [/login\.microsoftonline\.com\) .* through the proxy proxy\.example:3128 \(HTTPS_PROXY\)/],
    setup: failing(new AuthenticationError(400, "endpoints_resolution_error: Endpoints cannot be resolved"), {
      ...servicePrincipal,
      HTTPS_PROXY: "http://proxy.example:3128",
    }),
  },
  {
    named: "credential: no-credential",
    when: "there is neither a key nor an identity",
    says: [/EnvironmentCredential, .*AzureCliCredential/, /az login; or set AZURE_OPENAI_API_KEY/],
    setup: failing(
      unavailable(
        "EnvironmentCredential is unavailable. No underlying credential could be used.",
        "ManagedIdentityCredential: Attempted to use the IMDS endpoint, but it is not available.",
        "AzureCliCredential: Azure CLI could not be found. Please visit https://aka.ms/azure-cli for installation instructions.",
      ),
    ),
  },
  {
    named: "credential: no-credential",
    when: "a key is set, but the settings ask for an identity",
    says: [/the API key that is set is not used/, /LECTERN_AUTH=key/],
    setup: failing(unavailable("Azure CLI could not be found."), { AZURE_OPENAI_API_KEY: "0".repeat(32) }),
  },
  {
    named: "credential: token-failed",
    when: "the credential fails in a way nobody foresaw",
    says: [/flux capacitor/],
    setup: failing(new AuthenticationError(418, { error: "teapot", error_description: "the flux capacitor is empty" })),
  },
]);

testFaults([
  {
    named: "credential: token-audience-wrong",
    when: "the token is for Microsoft Graph",
    says: [/graph\.microsoft\.com/, /AZURE_OPENAI_SCOPE/],
    setup: signingIn(async () => jwt({ aud: "https://graph.microsoft.com" }), {
      AZURE_OPENAI_SCOPE: "https://graph.microsoft.com/.default",
    }),
  },
  {
    named: "credential: token-expired",
    when: "the token is over by this machine's clock",
    says: [/clock/],
    setup: signingIn(async () => jwt({ aud: "https://ai.azure.com", exp: 1_600_000_000 })),
  },
]);

test("an endpoint of a sovereign cloud, and a sign-in in the public one, are told apart from a wrong scope", async () => {
  const error = entra("500011", "The resource principal named https://cognitiveservices.azure.us was not found.");
  const config = await loadConfig({ cwd: lecternFolder({}).cwd, env: {} });
  const asked = { config, scope: "https://cognitiveservices.azure.us/.default", tooLate: false, seconds: 1, look: undefined };
  const there = credentialFinding(error, { ...asked, cloud: "government" });
  expect([there.id, there.fix]).toEqual([
    "scope-unknown",
    "export AZURE_AUTHORITY_HOST=https://login.microsoftonline.us (service principal, workload identity), or az cloud set --name AzureUSGovernment && az login.",
  ]);
  expect(credentialFinding(error, { ...asked, cloud: "public" }).fix).toMatch(/^unset AZURE_OPENAI_SCOPE/);
});
