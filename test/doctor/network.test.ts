import { type Certificate, makeAuthority } from "./certificates.ts";
import { testFaults } from "./fault.ts";
import { writeFile } from "./folder.ts";
import { emulated, network, passesOn, proxies, type Setup, serves } from "./harness.ts";

const host = "contoso.openai.azure.com";
const authority = makeAuthority("Contoso Test Authority");
const trusted = { LECTERN_CA_FILE: writeFile("root.pem", authority.cert) };

const azureEnv = {
  AZURE_OPENAI_ENDPOINT: `https://${host}`,
  AZURE_OPENAI_DEPLOYMENT_NAME: "default",
  AZURE_OPENAI_API_KEY: "0123456789abcdef0123456789abcdef",
};

/** Azure as it is seen from here: an emulator behind TLS under an Azure name. */
async function azure(stack: AsyncDisposableStack, certificate: Certificate = authority.issue({ names: [host] })) {
  const { emulator } = stack.use(await emulated({ key: azureEnv.AZURE_OPENAI_API_KEY }));
  const front = stack.use(
    await serves(
      passesOn(emulator.url, (answer) => answer),
      certificate,
    ),
  );
  const openModel = async () => {
    const { createAzureModel } = await import("../../src/azure/model.ts");
    const model = createAzureModel({
      endpoint: emulator.url,
      deployment: "default",
      credential: { type: "api_key", key: emulator.key },
    });
    return { model, notices: [], async [Symbol.asyncDispose]() {} };
  };
  return { port: front.port, openModel };
}

/** A run against Azure's name, with a name service and a network as given. */
const seen =
  (how: Parameters<typeof network>[0][string], env: Readonly<Record<string, string>> = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { port, openModel } = await azure(stack);
    const place = "tcp" in how ? how : { port, ...how };
    return { env: { ...azureEnv, ...trusted, ...env }, world: (world) => ({ ...network({ [host]: place })(world), openModel }) };
  };

/** The same with a certificate that is not what it should be. */
const showing =
  (certificate: () => Certificate, env: Readonly<Record<string, string>> = trusted) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { port, openModel } = await azure(stack, certificate());
    return { env: { ...azureEnv, ...env }, world: (world) => ({ ...network({ [host]: { port } })(world), openModel }) };
  };

/** The same through a proxy that refuses. */
const throughProxy =
  (refusal: string) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const proxy = stack.use(await proxies({ refuse: refusal }));
    return { env: { ...azureEnv, HTTPS_PROXY: proxy.url }, world: network({}) };
  };

const day = 24 * 3600 * 1000;

testFaults([
  {
    named: "dns: name-unknown",
    when: "the resource's name is misspelt",
    says: [/contoso\.openai\.azure\.com does not exist/, /az cognitiveservices account show -n contoso/],
    setup: () => ({ env: azureEnv, world: network({}) }),
  },
  {
    named: "dns: name-service-silent",
    when: "the name service does not answer",
    says: [/did not answer/, /VPN/],
    setup: () => ({ env: azureEnv, world: network({ [host]: { dns: "EAI_AGAIN" } }) }),
  },
  {
    named: "dns: name-blocked",
    when: "a filtering name service answers 0.0.0.0",
    says: [/0\.0\.0\.0/, /hosts file/],
    setup: () => ({ env: azureEnv, world: network({ [host]: { addresses: ["0.0.0.0"] } }) }),
  },
  {
    named: "dns: private-link-public-address",
    when: "the private endpoint's name resolves to a public address",
    says: [/20\.50\.1\.2/, /az network private-dns link vnet create .* -z privatelink\.openai\.azure\.com/],
    setup: seen({ addresses: ["20.50.1.2"], aliases: ["contoso.privatelink.openai.azure.com", "eastus2.prod.example"] }),
  },
  {
    named: "connection: connection-refused",
    when: "nothing listens on the port",
    says: [/refuses the connection/],
    setup: () => ({ env: azureEnv, world: network({ [host]: { tcp: "ECONNREFUSED" } }) }),
  },
  {
    named: "connection: egress-blocked",
    when: "only a proxy leads out and none is configured",
    says: [/through a proxy/, /export HTTPS_PROXY=/],
    setup: () => ({ env: azureEnv, world: network({ [host]: { tcp: "ETIMEDOUT" } }) }),
  },
  {
    named: "connection: egress-blocked",
    when: "HTTP_PROXY is set but HTTPS_PROXY is not",
    says: [/HTTP_PROXY is set, but HTTPS_PROXY is not/],
    setup: () => ({ env: { ...azureEnv, HTTP_PROXY: "http://proxy:8080" }, world: network({ [host]: { tcp: "ENETUNREACH" } }) }),
  },
  {
    named: "connection: private-address-unreachable",
    when: "the private address cannot be reached without the VPN",
    says: [/10\.20\.0\.4/, /VPN/],
    setup: () => ({ env: azureEnv, world: network({ [host]: { addresses: ["10.20.0.4"], tcp: "ETIMEDOUT" } }) }),
  },
  {
    named: "connection: proxy-unreachable",
    when: "the proxy is gone",
    says: [/127\.0\.0\.1:9 \(HTTPS_PROXY\)/],
    setup: () => ({ env: { ...azureEnv, HTTPS_PROXY: "http://127.0.0.1:9" }, world: network({}) }),
  },
  {
    named: "connection: proxy-wants-sign-in",
    when: "the proxy answers 407",
    says: [/407/, /http:\/\/<user>:<password>@/],
    setup: throughProxy("407 Proxy Authentication Required"),
  },
  {
    named: "connection: proxy-refuses",
    when: "the proxy does not know the host",
    says: [/403/, /allowed at the proxy/],
    setup: throughProxy("403 Forbidden"),
  },
  {
    named: "connection: proxy-refuses",
    when: "the proxy itself does not reach the host",
    says: [/cannot reach contoso\.openai\.azure\.com itself \(502\)/, /NO_PROXY/],
    setup: throughProxy("502 Bad Gateway"),
  },
  {
    named: "connection: proxy-refuses",
    when: "NO_PROXY names the domain without its dot",
    says: [/\(403\)/, /write "\.azure\.com"/],
    setup: async (stack) => {
      const setup = await throughProxy("403 Forbidden")(stack);
      return { ...setup, env: { ...setup.env, NO_PROXY: "localhost, azure.com" } };
    },
  },
  {
    named: "connection: proxy-refuses",
    when: "what listens at the proxy's port is no HTTP proxy",
    says: [/does not answer as an HTTP proxy/, /HTTPS_PROXY/],
    setup: async (stack) => {
      const proxy = stack.use(await proxies({ refuse: "no status at all" }));
      return { env: { ...azureEnv, HTTPS_PROXY: proxy.url }, world: network({}) };
    },
  },
  {
    named: "connection: egress-blocked",
    when: "NO_PROXY exempts the host from the proxy that leads out",
    says: [/NO_PROXY \(\.azure\.com\) exempts this host/, /take contoso\.openai\.azure\.com out of NO_PROXY/],
    setup: seen({ tcp: "ETIMEDOUT" }, { HTTPS_PROXY: "http://proxy.example:8080", NO_PROXY: ".azure.com" }),
  },
  {
    named: "connection: egress-blocked",
    when: "the proxy stands in ALL_PROXY alone",
    says: [/ALL_PROXY is set, but HTTPS_PROXY is not/],
    setup: seen({ tcp: "ETIMEDOUT" }, { ALL_PROXY: "http://proxy.example:8080" }),
  },
  {
    named: "dns: private-link-public-address",
    when: "the private endpoint's name resolves to a public address beside the private one",
    says: [/the public address 20\.50\.1\.2, beside a private one/],
    setup: seen({ addresses: ["10.1.0.4", "20.50.1.2"], aliases: [`contoso.privatelink.openai.azure.com`] }),
  },
  {
    named: "connection: tls-intercepted",
    when: "a network inspects TLS with a certificate of its own",
    says: [/Zscaler-like Inspection/, /LECTERN_CA_FILE/],
    setup: showing(() => makeAuthority("Zscaler-like Inspection").issue({ names: [host] })),
  },
  {
    named: "connection: tls-wrong-name",
    when: "the certificate is another host's",
    says: [/other\.example/],
    setup: showing(() => authority.issue({ names: ["other.example"] })),
  },
  {
    named: "connection: tls-expired",
    when: "the certificate is out of date",
    says: [/clock/],
    setup: showing(() =>
      authority.issue({ names: [host], validFrom: new Date(Date.now() - 9 * day), validTo: new Date(Date.now() - day) }),
    ),
  },
  {
    named: "connection: tls-not-spoken",
    when: "https is asked of a plain http port",
    says: [/does not speak TLS/],
    setup: async (stack) => {
      const plain = stack.use(await serves((_, response) => void response.end("hello")));
      return { env: { ...azureEnv, ...trusted }, world: network({ [host]: { port: plain.port } }) };
    },
  },
  {
    named: "credential: key-is-openai",
    when: "the key is one of OpenAI's own service",
    says: [/OpenAI's own service/, /az cognitiveservices account keys list -n contoso/],
    setup: seen({}, { AZURE_OPENAI_API_KEY: "sk-proj-0123456789abcdefghij" }),
  },
  {
    named: "endpoint: endpoint-unencrypted",
    when: "a gateway elsewhere is asked over plain http",
    says: [/in clear/, /https:\/\/gateway\.example/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      const front = stack.use(await serves(passesOn(emulator.url, (answer) => answer)));
      const openModel = (await azure(stack)).openModel;
      const place = { "gateway.example": { port: front.port } };
      return {
        env: { ...env, AZURE_OPENAI_ENDPOINT: "http://gateway.example" },
        world: (world) => ({ ...network(place)(world), openModel }),
      };
    },
  },
  {
    named: "deployment: private-endpoint-bypassed",
    when: "the resource takes no public access and its name resolves to a public address",
    says: [/private endpoint is not used/, /20\.50\.1\.2/, /private-dns link vnet create/],
    setup: async (stack) => {
      const { emulator } = stack.use(await emulated({ key: azureEnv.AZURE_OPENAI_API_KEY, config: { network: "private" } }));
      const front = stack.use(
        await serves(
          passesOn(emulator.url, (answer) => answer),
          authority.issue({ names: [host] }),
        ),
      );
      return { env: { ...azureEnv, ...trusted }, world: network({ [host]: { port: front.port } }) };
    },
  },
]);
