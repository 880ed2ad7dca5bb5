import { join } from "node:path";
import { testFaults } from "./fault.ts";
import { emulated, jwt, type Setup } from "./harness.ts";

/** A healthy emulator with more variables; the doctor then blames only those. */
const healthyWith =
  (env: Readonly<Record<string, string>>, more: Partial<Setup> = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { env: healthy } = stack.use(await emulated());
    return { ...more, env: { ...healthy, ...env } };
  };

/** Signed in with an identity; the token is taken by a gateway that checks none. */
const signedInWith =
  (env: Readonly<Record<string, string>>) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { emulator, env: healthy } = stack.use(await emulated());
    const { AZURE_OPENAI_API_KEY: _, ...rest } = healthy;
    return {
      env: { ...rest, LECTERN_AUTH: "entra", ...env },
      config: { azure: { trustedHosts: ["127.0.0.1"], headers: { "api-key": emulator.key } } },
      world: () => ({
        token: async () => ({ token: jwt({ aud: "https://ai.azure.com" }), source: null }),
        ...openedOn(emulator),
      }),
    };
  };

function openedOn(emulator: { readonly url: string; readonly key: string }) {
  return {
    openModel: async () => {
      const { createAzureModel } = await import("../../src/azure/model.ts");
      const credential = { type: "api_key", key: emulator.key } as const;
      const model = createAzureModel({ endpoint: emulator.url, deployment: "default", credential });
      return { model, notices: [], async [Symbol.asyncDispose]() {} };
    },
  };
}

testFaults([
  {
    named: "configuration: settings-missing",
    when: "endpoint and deployment are not set",
    says: [/AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME are not set/, /^lectern init /m, /--emulator/],
    setup: () => ({}),
  },
  {
    named: "configuration: settings-invalid",
    when: "a variable holds a value that cannot be used",
    says: [/AZURE_OPENAI_API_VERSION/],
    setup: () => ({ env: { AZURE_OPENAI_API_VERSION: "newest" } }),
  },
  {
    named: "environment: ca-file-no-pem",
    when: "the certificate file is not in PEM form",
    says: [/LECTERN_CA_FILE/, /openssl x509 -inform der/],
    setup: healthyWith({ LECTERN_CA_FILE: join(process.cwd(), "package.json") }),
  },
  {
    named: "endpoint: endpoint-malformed",
    when: "the key stands where the endpoint should",
    says: [/looks like an API key/],
    setup: healthyWith({ AZURE_OPENAI_ENDPOINT: "0123456789abcdef".repeat(2) }),
  },
  {
    named: "credential: key-malformed",
    when: "the endpoint stands where the key should",
    says: [/an address/, /keys list/],
    setup: healthyWith({ AZURE_OPENAI_API_KEY: "https://contoso.openai.azure.com" }),
  },
  {
    named: "endpoint: pin-unknown",
    when: "the pin is misspelt",
    says: [/"spar"/, /spare/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      return { env, config: { azure: { backends: [{ name: "spare", endpoint: emulator.url }], pin: "spar" } } };
    },
  },
  {
    named: "environment: openai-variables",
    when: "OPENAI_BASE_URL stands beside AZURE_*",
    says: [/OPENAI_BASE_URL/, /unset OPENAI_BASE_URL/],
    setup: healthyWith({ OPENAI_BASE_URL: "https://api.openai.com/v1" }),
  },
  {
    named: "environment: both-credentials",
    when: "a key and a service principal are both set",
    says: [/AZURE_CLIENT_SECRET/, /LECTERN_AUTH=entra/],
    setup: healthyWith({ AZURE_CLIENT_SECRET: "s3cret-value" }),
  },
  {
    named: "environment: client-secret-shadows-identity",
    when: "a client secret is set on a host with a managed identity",
    says: [/the secret comes first/, /unset AZURE_CLIENT_SECRET/],
    setup: signedInWith({
      AZURE_CLIENT_SECRET: "s3cret-value",
      AZURE_CLIENT_ID: "11111111-2222-3333-4444-555555555555",
      AZURE_TENANT_ID: "66666666-2222-3333-4444-555555555555",
      IDENTITY_ENDPOINT: "http://127.0.0.1:1/msi/token",
      IDENTITY_HEADER: "header",
    }),
  },
  {
    named: "environment: service-principal-incomplete",
    when: "a client secret is set without its tenant",
    says: [/AZURE_TENANT_ID is not/],
    setup: signedInWith({ AZURE_CLIENT_SECRET: "s3cret-value", AZURE_CLIENT_ID: "11111111-2222-3333-4444-555555555555" }),
  },
  {
    named: "environment: identity-endpoint-half-set",
    when: "IDENTITY_ENDPOINT is set and IDENTITY_HEADER is not",
    says: [/IDENTITY_HEADER is not/],
    setup: signedInWith({ IDENTITY_ENDPOINT: "http://127.0.0.1:1/msi/token" }),
  },
  {
    named: "environment: token-credentials-unknown",
    when: "AZURE_TOKEN_CREDENTIALS is misspelt",
    says: [/"ManagedIdentity"/, /ManagedIdentityCredential/],
    setup: signedInWith({ AZURE_TOKEN_CREDENTIALS: "ManagedIdentity" }),
  },
  {
    named: "environment: federated-token-missing",
    when: "the federated token file is not mounted",
    says: [/\/var\/run\/secrets\/nowhere/],
    setup: signedInWith({ AZURE_FEDERATED_TOKEN_FILE: "/var/run/secrets/nowhere" }),
  },
  {
    named: "endpoint: deployment-malformed",
    when: "the deployment's name was kept with its quotes",
    says: [/"default", with its quotes/, /docker --env-file/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env: { ...env, AZURE_OPENAI_DEPLOYMENT_NAME: '"default"' } };
    },
  },
  {
    named: "credential: key-missing",
    when: "a key is asked for and none is set",
    says: [/AZURE_OPENAI_API_KEY is not set/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env: { ...env, AZURE_OPENAI_API_KEY: "", LECTERN_AUTH: "key" } };
    },
  },
  {
    named: "environment: tenant-malformed",
    when: "the tenant is a sentence",
    says: [/"my tenant!"/, /az account show --query tenantId/],
    setup: signedInWith({ AZURE_TENANT_ID: "my tenant!" }),
  },
  {
    named: "environment: authority-malformed",
    when: "the authority is plain http",
    says: [/"http:\/\/login\.example"/, /login\.microsoftonline\.us/],
    setup: signedInWith({ AZURE_AUTHORITY_HOST: "http://login.example" }),
  },
  {
    named: "environment: client-certificate-missing",
    when: "the certificate of the service principal is not there",
    says: [/\/nowhere\/client\.pem/, /unset AZURE_CLIENT_CERTIFICATE_PATH/],
    setup: signedInWith({
      AZURE_CLIENT_CERTIFICATE_PATH: "/nowhere/client.pem",
      AZURE_CLIENT_ID: "11111111-2222-3333-4444-555555555555",
      AZURE_TENANT_ID: "66666666-7777-8888-9999-000000000000",
    }),
  },
  {
    named: "environment: proxy-malformed",
    when: "HTTPS_PROXY has no scheme",
    says: [/HTTPS_PROXY/, /http:\/\/<host>:<port>/],
    setup: healthyWith({ HTTPS_PROXY: "proxy.corp.example" }),
  },
  {
    named: "environment: tls-verification-off",
    when: "certificates are not checked",
    says: [/NODE_TLS_REJECT_UNAUTHORIZED/, /LECTERN_CA_FILE/],
    setup: healthyWith({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }),
  },
  {
    named: "environment: ca-file-missing",
    when: "NODE_EXTRA_CA_CERTS names a file that is not there",
    says: [/\/etc\/nowhere\.pem/],
    setup: healthyWith({ NODE_EXTRA_CA_CERTS: "/etc/nowhere.pem" }),
  },
  {
    named: "endpoint: endpoint-malformed",
    when: "the endpoint is no address",
    says: [/https:\/\/<resource>\.openai\.azure\.com/],
    setup: healthyWith({ AZURE_OPENAI_ENDPOINT: "https://" }),
  },
  {
    named: "endpoint: endpoint-placeholder",
    when: "the endpoint is still the placeholder of a page",
    says: [/your-resource/, /Keys and Endpoint/],
    setup: healthyWith({ AZURE_OPENAI_ENDPOINT: "https://your-resource.openai.azure.com" }),
  },
  {
    named: "endpoint: endpoint-is-portal",
    when: "the portal's address was pasted",
    says: [/ai\.azure\.com is a web portal/],
    setup: healthyWith({ AZURE_OPENAI_ENDPOINT: "https://ai.azure.com/resource/deployments" }),
  },
  {
    named: "endpoint: endpoint-is-openai",
    when: "OpenAI's own address was pasted",
    says: [/api\.openai\.com/],
    setup: healthyWith({ AZURE_OPENAI_ENDPOINT: "https://api.openai.com/v1" }),
  },
  {
    named: "endpoint: deployment-contradicted",
    when: "the pasted address names another deployment",
    says: [/"classic"/, /"default"/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      const pasted = `${emulator.url}/openai/deployments/classic/chat/completions`;
      return { env: { ...env, AZURE_OPENAI_ENDPOINT: pasted } };
    },
  },
  {
    named: "credential: key-malformed",
    when: "the key was pasted with its quotes",
    says: [/quotes/, /az cognitiveservices account keys list/],
    setup: healthyWith({ AZURE_OPENAI_API_KEY: '"0123456789"' }),
  },
  {
    named: "credential: key-is-a-token",
    when: "an access token was set as the key",
    says: [/access token/, /az login/],
    setup: healthyWith({ AZURE_OPENAI_API_KEY: jwt({ aud: "https://ai.azure.com" }) }),
  },
  {
    named: "credential: credential-withheld",
    when: "a project file names the endpoint for the user's own key",
    says: [/endpoint/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      return {
        env: { AZURE_OPENAI_API_KEY: env.AZURE_OPENAI_API_KEY },
        projectConfig: { azure: { endpoint: emulator.url.replace("127.0.0.1", "localhost"), deployment: "default" } },
      };
    },
  },
]);
