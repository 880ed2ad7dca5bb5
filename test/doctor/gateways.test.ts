import { expect, test } from "vitest";
import { makeAuthority } from "./certificates.ts";
import { testFaults } from "./fault.ts";
import { answers, blamed, emulated, examine, type Handler, jwt, network, passesOn, type Setup, serves } from "./harness.ts";

const key = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF";

/** A key in use, and a gateway that answers as told. */
const behind =
  (handler: Handler) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const gateway = stack.use(await serves(handler));
    return { env: { AZURE_OPENAI_ENDPOINT: gateway.url, AZURE_OPENAI_DEPLOYMENT_NAME: "default", AZURE_OPENAI_API_KEY: key } };
  };

/** Signed in with an identity whose token says this of itself. */
const withToken =
  (handler: Handler, claims: object = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const gateway = stack.use(await serves(handler));
    const token = jwt({ aud: "https://ai.azure.com", oid: "the-object-id", tid: "the-tenant", ...claims });
    return {
      env: { AZURE_OPENAI_ENDPOINT: gateway.url, AZURE_OPENAI_DEPLOYMENT_NAME: "default" },
      config: { azure: { trustedHosts: ["127.0.0.1"] } },
      world: () => ({ token: async () => ({ token, source: null }) }),
    };
  };

const noKey = {
  statusCode: 401,
  message: "Access denied due to missing subscription key. Make sure to include subscription key when making requests.",
};
const wantsKey = (name: string, type: string) =>
  answers(401, noKey, {
    "www-authenticate": `AzureApiManagementKey realm="https://gw.example/openai",name="${name}",type="${type}"`,
  });

testFaults([
  {
    named: "deployment: gateway-wants-key",
    when: "the gateway says in which header it looks for its key",
    says: [/"X-Team-Key"/, /"keyHeader": "X-Team-Key"/],
    setup: behind(wantsKey("X-Team-Key", "header")),
  },
  {
    named: "deployment: gateway-wants-key",
    when: "the gateway looks for its key in the query",
    says: [/in the query, as "subscription-key"/, /azure\.baseUrl, with \?subscription-key=/],
    setup: behind(wantsKey("subscription-key", "query")),
  },
  {
    named: "deployment: gateway-wants-key",
    when: "the gateway looks for a token and says so",
    says: [/found no credential where it looks for one \(401\)/, /"keyHeader"/, /LECTERN_AUTH=entra and list 127\.0\.0\.1 under/],
    setup: behind(answers(401, { statusCode: 401, message: "JWT not present." })),
  },
  {
    named: "deployment: gateway-wants-key",
    when: "a web server before it wants a password",
    says: [/it asks for Basic/],
    setup: behind(
      answers(401, "<html><title>401 Authorization Required</title></html>", { "www-authenticate": 'Basic realm="x"' }),
    ),
  },
  {
    named: "deployment: path-unknown",
    when: "azure.baseUrl has a wrong path",
    says: [/Correct azure\.baseUrl: .* \/responses or \/chat\/completions .* \(now \/wrong\/v1 on /],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      const { AZURE_OPENAI_ENDPOINT: _, ...rest } = env;
      return { env: rest, config: { azure: { baseUrl: `${emulator.url}/wrong/v1` } } };
    },
  },
  {
    named: "deployment: api-unsupported",
    when: "Responses is asked of a gateway that has the path of chat only",
    says: [/it serves Chat Completions/, /--api auto/],
    setup: async (stack) => {
      const setup = await behind((request, response) => {
        const isChat = request.url!.endsWith("/chat/completions");
        const answer = { choices: [{ index: 0, message: { content: "OK" }, finish_reason: "stop" }] };
        response.writeHead(isChat ? 200 : 404, { "content-type": "application/json" });
        response.end(JSON.stringify(isChat ? answer : { error: { code: "404", message: "Resource not found" } }));
      })(stack);
      return { ...setup, env: { ...setup.env, LECTERN_API: "responses" } };
    },
  },
  {
    named: "deployment: quota-used-up",
    when: "the budget of the key is spent",
    says: [/is used up \(429\)/, /Waiting a moment does not help/],
    setup: behind(answers(429, { error: { message: "You exceeded your current quota.", code: "insufficient_quota" } })),
  },
  {
    named: "deployment: quota-used-up",
    when: "the gateway's call volume is spent",
    says: [/is used up \(403\)/, /begins anew in 13 h/],
    setup: behind(answers(403, { statusCode: 403, message: "Out of call volume quota. Quota will be replenished in 12:33:10." })),
  },
  {
    named: "deployment: service-down",
    when: "the gateway has lost what stands behind it and answers with a page",
    says: [/answered 502 \("502 Bad Gateway"\)/],
    setup: behind(answers(502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")),
  },
  {
    named: "deployment: deployment-unknown",
    when: "the gateway knows the model by another name",
    says: [/Invalid model name passed in model=default/, /AZURE_OPENAI_DEPLOYMENT_NAME/],
    setup: behind(
      answers(400, { error: { message: "Invalid model name passed in model=default.", param: "model", code: "400" } }),
    ),
  },
  {
    named: "deployment: path-unknown",
    when: "the service says what it does not find",
    says: [/\(404\): Project not found/],
    setup: behind(answers(404, { error: { code: "NotFound", message: "Project not found" } })),
  },
  {
    named: "deployment: content-filtered",
    when: "the content filter refuses the doctor's own question",
    says: [/"Reply with OK\."/, /content filter and the block lists/],
    setup: behind(answers(400, { error: { code: "content_filter", message: "filtered", param: "prompt" } })),
  },
  {
    named: "deployment: resource-blocked",
    when: "the subscription is disabled",
    says: [/subscription behind \S+ is disabled/, /az account list/],
    setup: behind(
      answers(403, { error: { code: "ReadOnlyDisabledSubscription", message: "The subscription 's' is disabled." } }),
    ),
  },
  {
    named: "deployment: role-missing",
    when: "the service answers 403 where it used to answer 401",
    says: [/az role assignment create --assignee-object-id the-object-id/],
    setup: withToken(answers(403, { error: { code: "PermissionDenied", message: "Principal does not have access." } })),
  },
  {
    named: "deployment: token-refused",
    when: "this machine's clock is an hour behind the service's",
    says: [/clock is 60 minutes behind the service's/, /timedatectl/],
    setup: withToken(
      answers(
        401,
        { statusCode: 401, message: "Access token is expired." },
        { date: new Date(Date.now() + 3.6e6).toUTCString() },
      ),
    ),
  },
  {
    named: "deployment: token-refused",
    when: "the service says that the token has expired",
    says: [/it says that it has expired/, /az login/],
    setup: withToken(answers(401, { error: { code: "Unauthorized", message: "Access token has expired." } })),
  },
  {
    named: "deployment: tls-port",
    when: "plain http is spoken to a port of TLS",
    says: [/AZURE_OPENAI_ENDPOINT=https:\/\/127\.0\.0\.1:/],
    setup: async (stack) => {
      const gateway = stack.use(await serves(answers(200, {}), makeAuthority("Gateway").issue({ names: ["127.0.0.1"] })));
      const endpoint = gateway.url.replace("https:", "http:");
      return { env: { AZURE_OPENAI_ENDPOINT: endpoint, AZURE_OPENAI_DEPLOYMENT_NAME: "d", AZURE_OPENAI_API_KEY: key } };
    },
  },
  {
    named: "deployment: tls-port",
    when: "a web server says that plain http was sent to its port of TLS",
    says: [/speaks TLS on this port/],
    setup: behind(answers(400, "<html><title>400</title><center>The plain HTTP request was sent to HTTPS port</center></html>")),
  },
  {
    named: "connection: tls-intercepted",
    when: "the gateway has a certificate that it signed itself",
    says: [/is self-signed/, /LECTERN_CA_FILE=/],
    setup: async (stack) => {
      const gateway = stack.use(await serves(answers(200, {}), makeAuthority("Gateway")));
      const endpoint = `https://gw.corp.example:${gateway.port}`;
      return {
        env: { AZURE_OPENAI_ENDPOINT: endpoint, AZURE_OPENAI_DEPLOYMENT_NAME: "d", AZURE_OPENAI_API_KEY: key },
        world: network({ "gw.corp.example": { port: gateway.port } }),
      };
    },
  },
]);

test.each([
  [407, "proxy-wants-sign-in", "wants a sign-in (407)"],
  [503, "proxy-refuses", "cannot reach gw.corp.example itself (503)"],
])("a proxy for plain http that answers %i in the gateway's place is blamed itself", async (status, fault, says) => {
  await using stack = new AsyncDisposableStack();
  const proxy = stack.use(await serves(answers(status, "<html><title>Proxy</title></html>")));
  const env = { AZURE_OPENAI_ENDPOINT: "http://gw.corp.example", AZURE_OPENAI_DEPLOYMENT_NAME: "d", AZURE_OPENAI_API_KEY: key };
  const reports = await examine({ env: { ...env, HTTP_PROXY: proxy.url }, world: network({ "gw.corp.example": {} }) });
  const { findings } = reports.find(({ id }) => id === "deployment")!;
  expect(findings.map(({ id }) => id)).toEqual([fault]);
  expect(findings[0]!.cause).toContain(says);
});

test("no part of the key that a gateway echoes is reported", async () => {
  await using stack = new AsyncDisposableStack();
  const echo = `You sent ${key.slice(0, 20)}****${key.slice(-12)}, that is ${Buffer.from(key).toString("hex")}`;
  const reports = await examine(await behind(answers(400, { error: { message: echo } }))(stack));
  expect(blamed(reports)).toEqual(["deployment: request-refused"]);
  const told = JSON.stringify(reports);
  expect(told).toMatch(/You sent \[redacted\]\*+\[redacted\], that is \[redacted\]/);
});

test("a warning about a further backend does not hide what fails there, and what fails is named first", async () => {
  await using stack = new AsyncDisposableStack();
  const { emulator, env } = stack.use(await emulated());
  const gateway = stack.use(await serves(passesOn(emulator.url, (answer) => answer)));
  const endpoint = `${gateway.url}/openai/deployments/other/chat/completions`;
  const backends = [{ endpoint, deployment: "gone" }];
  const reports = await examine({ env, config: { azure: { backends } } });
  expect(blamed(reports)).toEqual(["backend:2: deployment-unknown", "backend:2: deployment-contradicted"]);
  // Where the backend is configured, not where the first endpoint is.
  expect(reports.find(({ id }) => id === "backend:2")!.fix).toMatch(
    /^Set the deployment's own name \(azure\.backends\[0\]\.deployment\)/,
  );
});
